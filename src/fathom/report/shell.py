"""What holds a page: one file with everything in it, that asks nothing of the network and runs only its own script."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from pathlib import Path

from fathom.folders import whole_file
from fathom.messages import current
from fathom.report.html import Child, Markup, join, tag

ASSETS = Path(__file__).parent / "assets"
STYLES = ("report.css",)


def document(title: str, name: str, content: Child, styles: tuple[str, ...] = STYLES) -> str:
    """The whole HTML document around the content."""
    head = _head(title, name, "".join(map(_asset, styles)))
    return "<!doctype html>\n" + tag("html", head, tag("body", content, _script()), lang=current())


def written(text: str, path: str | Path) -> Path:
    """Write a page to `path`, whole or not at all; a StoreError where that is not possible."""
    path = Path(path)
    with whole_file(path) as beside:
        path.parent.mkdir(parents=True, exist_ok=True)
        beside.write_text(text, "utf-8")
    return path


def _head(title: str, name: str, style: str) -> Markup:
    return tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", http_equiv="Content-Security-Policy", content=_policy(style)),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="color-scheme", content="light dark"),
        tag("meta", name="referrer", content="no-referrer"),
        tag("title", f"{title} · {name} · fathom"),
        tag("style", Markup(style)),
    )


def _script() -> Markup:
    return join(tag("div", id="tip", role="status", hidden=True), tag("script", Markup(_asset("report.js"))))


def _policy(style: str) -> str:
    """Nothing from elsewhere; of styles and scripts only those two that are known by their digest."""
    return "; ".join(
        [
            "default-src 'none'",
            "img-src data:",
            f"style-src '{_digest(style)}'",
            f"script-src '{_digest(_asset('report.js'))}'",
            "base-uri 'none'",
            "form-action 'none'",
        ]
    )


@cache
def _asset(name: str) -> str:
    return (ASSETS / name).read_text("utf-8")


def _digest(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
