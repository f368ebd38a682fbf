"""The page to try the model, the page of the API's documentation, and what they load. Nothing comes from elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from importlib import resources
from typing import Any

from fathom.messages import phrase
from fathom.serving.direct import Fact, Reply, fact
from fathom.serving.exchange import State
from fathom.serving.refusal import Refusal

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; "
    "form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = (
    (b"content-security-policy", POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"cache-control", b"no-cache"),
)
MEDIA = {
    "html": b"text/html; charset=utf-8",
    "css": b"text/css; charset=utf-8",
    "js": b"text/javascript; charset=utf-8",
    "svg": b"image/svg+xml",
}


def routes(state: State, document: Callable[[], dict[str, Any]]) -> list[Fact]:
    """The pages' routes. They are for people, and so not part of the document that they show."""
    files = pages()

    def page(name: str) -> Callable[[State, dict[str, str]], Reply]:
        return lambda state, path: files[name]

    def file(state: State, path: dict[str, str]) -> Reply:
        if path["file"] not in files:
            raise Refusal(404, phrase("There is nothing here."))
        return files[path["file"]]

    def openapi(state: State, path: dict[str, str]) -> Reply:
        return Reply.json(document())

    hidden = {"include_in_schema": False}
    return [
        fact(state, "/", page("index.html"), **hidden),
        fact(state, "/docs", page("docs.html"), **hidden),
        fact(state, "/openapi.json", openapi, **hidden),
        fact(state, "/page/{file}", file, **hidden),
    ]


def pages() -> dict[str, Reply]:
    """Every file of the page, by name, as it is answered. Read once: no path from a request touches the disk."""
    folder = resources.files("fathom.serving") / "page"
    return {
        file.name: Reply(file.read_bytes(), media=MEDIA[file.name.rpartition(".")[2]], headers=HEADERS)
        for file in folder.iterdir()
        if file.name.rpartition(".")[2] in MEDIA
    }
