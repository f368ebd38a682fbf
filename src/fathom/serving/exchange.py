"""One HTTP request and its answer, as plain ASGI messages."""

from __future__ import annotations

import asyncio
import itertools
import os
import time
from collections.abc import Mapping
from contextvars import copy_context
from dataclasses import dataclass, replace
from operator import itemgetter
from typing import Any, TypeVar

import orjson
from starlette.types import Receive, Scope, Send

from fathom.messages import LANGUAGES, phrase
from fathom.serving.batching import SMALL, Batcher
from fathom.serving.inference import Question
from fathom.serving.limits import Limits
from fathom.serving.models import Models
from fathom.serving.refusal import Refusal

R = TypeVar("R")

JSON = b"application/json"
LONGEST_ID = 128
_start = os.urandom(6).hex()
_numbers = itertools.count(1)


@dataclass(slots=True)
class State:
    """What the routes share."""

    models: Models
    batcher: Batcher
    limits: Limits
    host: str = "127.0.0.1"
    port: int = 8000
    draining: bool = False


@dataclass(slots=True)
class Exchange:
    """A request whose body has arrived, and the state to answer it with."""

    scope: Scope
    state: State
    body: bytes
    deadline: float
    id: str

    @property
    def media(self) -> str:
        """The body's media type, lower case, without parameters."""
        return self.content_type.partition(";")[0].strip().lower()

    @property
    def content_type(self) -> str:
        """The header, "" where it was not sent."""
        return header(self.scope, b"content-type").decode("latin-1")

    def reader(self, readers: Mapping[str, R]) -> R:
        """What reads the body's media type, or JSON where none is named; a Refusal with 415 where nothing does."""
        media = self.media or "application/json"
        if media not in readers:
            remedy = phrase("Send application/json.")
            raise Refusal(415, phrase("'{media}' is not read here.", media=media), remedy=remedy)
        return readers[media]

    async def ask(self, question: Question, *, heavy: bool = False) -> bytes:
        """The answer to `question`, written by the model's thread; a `heavy` one never on the event loop."""
        size = max(len(self.body), SMALL + 1) if heavy else len(self.body)
        context, write = copy_context(), question.write  # the language that was asked for
        question = replace(question, write=lambda *told: context.run(write, *told))
        return await self.state.batcher.submit(question, self.deadline, size)  # type: ignore[no-any-return]

    @property
    def path(self) -> dict[str, Any]:
        """The parameters in the path."""
        params: dict[str, Any] = self.scope.get("path_params", {})
        return params


def header(scope: Scope, name: bytes) -> bytes:
    """A request header, b"" where it was not sent."""
    for key, value in scope["headers"]:
        if key == name:
            return bytes(value)
    return b""


def language(scope: Scope) -> str:
    """The language that the request asks for, of those that fathom speaks; "" where it asks for none of them.

    >>> language({"headers": [(b"accept-language", b"de, ko-KR;q=0.8, en;q=0.5")]})
    'ko'
    """
    given = header(scope, b"accept-language")
    if not given:
        return ""
    wanted = []
    for each in given.decode("latin-1").lower().split(","):
        name, _, weight = each.partition(";q=")
        try:
            wanted.append((-float(weight or 1), name.strip()[:2]))
        except ValueError:
            continue
    known = [name for weight, name in sorted(wanted, key=itemgetter(0)) if name in LANGUAGES and weight < 0]
    return known[0] if known else ""


def expected_size(scope: Scope, limits: Limits) -> int:
    """Bytes that the body will have; the most it may have where the sender does not say."""
    length = header(scope, b"content-length")
    if length:
        return int(length)
    return limits.body if header(scope, b"transfer-encoding") else 0


def request_id(scope: Scope) -> str:
    """The id that the sender gave in X-Request-Id, or one that no other request of this server has."""
    given = header(scope, b"x-request-id")
    if given and len(given) <= LONGEST_ID and given.isascii() and given.decode("latin-1").isprintable():
        return given.decode("ascii")
    return f"{_start}-{next(_numbers)}"


async def respond(
    send: Send, status: int, body: bytes, media: bytes = JSON, headers: tuple[tuple[bytes, bytes], ...] = ()
) -> None:
    """Send a whole answer."""
    start = [(b"content-type", media), (b"content-length", b"%d" % len(body)), *headers]
    await send({"type": "http.response.start", "status": status, "headers": start})
    await send({"type": "http.response.body", "body": body})


async def refuse(send: Send, refusal: Refusal, id: str | None = None) -> None:
    """Send why there is no answer."""
    headers = tuple((name.encode(), value.encode("latin-1")) for name, value in refusal.headers.items())
    await respond(send, refusal.status, orjson.dumps(refusal.body(id)), headers=headers)


async def read_body(receive: Receive, deadline: float) -> bytes:
    """The whole body; 408 where it does not arrive in time."""
    message = await receive()
    if not message.get("more_body"):
        return bytes(message.get("body", b""))
    parts = [message["body"]]
    try:
        async with asyncio.timeout(deadline - time.monotonic()):
            while message.get("more_body"):
                message = await receive()
                if message["type"] == "http.disconnect":
                    raise Refusal(400, phrase("The sender hung up."))
                parts.append(message.get("body", b""))
    except TimeoutError:
        raise Refusal(408, phrase("The body did not arrive in time."), headers={"connection": "close"}) from None
    return b"".join(parts)
