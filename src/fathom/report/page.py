"""The page: one file with everything in it, that asks nothing of the network and runs nothing but its own script."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from fathom.folders import whole_file
from fathom.messages import current, phrase
from fathom.report import parts, wording
from fathom.report.evidence import Evidence
from fathom.report.html import Markup, join, tag
from fathom.report.sections import (
    calibration,
    contenders,
    cost,
    curves,
    errors,
    examples,
    findings,
    importance,
    questions,
    repeat,
    verdict,
)

if TYPE_CHECKING:
    from fathom.protocol.study import Study

SECTIONS: tuple[tuple[str, Callable[[], str], Callable[[Evidence], Markup]], ...] = (
    ("verdict", lambda: phrase("The verdict"), verdict.body),
    ("contenders", lambda: phrase("The contenders"), contenders.body),
    ("curves", lambda: phrase("Learning curves"), curves.body),
    ("cost", lambda: phrase("Quality against cost"), cost.body),
    ("questions", lambda: phrase("Six questions, two families"), questions.body),
    ("errors", lambda: phrase("Where the winner errs"), errors.body),
    ("calibration", lambda: phrase("How sure it may be"), calibration.body),
    ("importance", lambda: phrase("What matters"), importance.body),
    ("examples", lambda: phrase("Examples it gets wrong"), examples.body),
    ("findings", lambda: phrase("What the data check found"), findings.body),
    ("repeat", lambda: phrase("How to repeat the study"), repeat.body),
)
ASSETS = Path(__file__).parent / "assets"


def write(study: Study, path: str | Path) -> Path:
    """Write the study's report to `path`, whole or not at all; a StoreError where that is not possible."""
    path = Path(path)
    text = render(study)
    with whole_file(path) as beside:
        path.parent.mkdir(parents=True, exist_ok=True)
        beside.write_text(text, "utf-8")
    return path


def render(study: Study) -> str:
    """The study's report, one HTML document."""
    evidence = Evidence(study)
    title = phrase("{target}: classical or deep?", target=study.problem.target)
    return "<!doctype html>\n" + tag(
        "html",
        _head(title, study.name),
        tag("body", _top(evidence), _main(evidence), _bottom(), _script()),
        lang=current(),
    )


def _head(title: str, name: str) -> Markup:
    return tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", http_equiv="Content-Security-Policy", content=_policy()),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="color-scheme", content="light dark"),
        tag("meta", name="referrer", content="no-referrer"),
        tag("title", f"{title} · {name} · fathom"),
        tag("style", Markup(_asset("report.css"))),
    )


def _top(evidence: Evidence) -> Markup:
    study = evidence.study
    links = [tag("a", title(), href=f"#{key}") for key, title, _ in SECTIONS]
    return tag(
        "header",
        tag("p", "fathom · ", parts.name(study.name), " · ", study.task, class_="eyebrow"),
        tag("h1", phrase("How deep does “{target}” go?", target=wording.short(study.problem.target, 40)), dir="auto"),
        tag("nav", links, aria_label=phrase("Sections")),
    )


def _main(evidence: Evidence) -> Markup:
    return tag(
        "main",
        [tag("section", tag("h2", title()), body(evidence), id=key) for key, title, body in SECTIONS],
    )


def _bottom() -> Markup:
    return tag(
        "footer",
        tag(
            "p",
            phrase(
                "Made by fathom. Every number here was measured in this study, or is called a forecast; a dash is one "
                "that was not measured."
            ),
        ),
    )


def _script() -> Markup:
    return join(tag("div", id="tip", role="status", hidden=True), tag("script", Markup(_asset("report.js"))))


def _policy() -> str:
    """Nothing from elsewhere; of styles and scripts only those two that are known by their digest."""
    return "; ".join(
        [
            "default-src 'none'",
            "img-src data:",
            f"style-src '{_digest('report.css')}'",
            f"script-src '{_digest('report.js')}'",
            "base-uri 'none'",
            "form-action 'none'",
        ]
    )


@cache
def _asset(name: str) -> str:
    return (ASSETS / name).read_text("utf-8")


def _digest(name: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(_asset(name).encode()).digest()).decode()
