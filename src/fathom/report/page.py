"""The page of a study: its sections, one after the other."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from fathom.messages import phrase
from fathom.report import parts, shell, wording
from fathom.report.evidence import Evidence
from fathom.report.html import Markup, tag
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


def write(study: Study, path: str | Path) -> Path:
    """Write the study's report to `path`, whole or not at all; a StoreError where that is not possible."""
    return shell.written(render(study), path)


def render(study: Study) -> str:
    """The study's report, one HTML document."""
    evidence = Evidence(study)
    title = phrase("{target}: classical or deep?", target=study.problem.target)
    return shell.document(title, study.name, [_top(evidence), _main(evidence), _bottom()])


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
