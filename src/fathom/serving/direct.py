"""Routes that FastAPI documents and that are answered without its detours: validation is the model's own."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import orjson
from fastapi.routing import APIRoute
from starlette.types import Receive, Scope, Send

from fathom.messages import phrase, speaking
from fathom.serving import exchange
from fathom.serving.exchange import JSON, Exchange, State
from fathom.serving.refusal import Refusal

Handler = Callable[[Exchange], Awaitable[bytes]]


def reference(name: str) -> dict[str, Any]:
    """A schema by its name among the document's components."""
    return {"$ref": f"#/components/schemas/{name}"}


def json_of(schema: dict[str, Any], description: str = "The answer") -> dict[str, Any]:
    """A response or a request body of JSON."""
    return {"description": description, "content": {"application/json": {"schema": schema}}}


def refusals(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The responses of these statuses, each an error."""
    names = {
        400: "The request cannot be read",
        404: "There is no such thing here",
        408: "The body did not arrive in time",
        413: "The body is too large",
        415: "The body's media type is none of those below",
        422: "The rows do not fit the model: column and row are named",
        500: "The model failed",
        503: "Too busy; Retry-After says when to come back",
        504: "No answer in time",
    }
    return {status: json_of(reference("Error"), names[status]) for status in statuses}


INFERENCE_REFUSALS = refusals(400, 408, 413, 415, 422, 500, 503, 504)


@dataclass(frozen=True, slots=True)
class Reply:
    """A whole answer."""

    body: bytes
    status: int = 200
    media: bytes = JSON
    headers: tuple[tuple[bytes, bytes], ...] = ()

    @classmethod
    def json(cls, data: Any, status: int = 200) -> Reply:
        """An answer of JSON data."""
        return cls(orjson.dumps(data), status)


def _documented() -> None:
    """Stands where FastAPI looks for an endpoint's parameters; there are none that it should read."""


class _Route(APIRoute):
    """A route with its own way to answer."""

    state: State

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, whatever becomes of it, in the language that it asks for."""
        allowed = self.methods or set()
        with speaking(exchange.language(scope)):
            if scope["method"] in allowed:
                return await self.answer(scope, receive, send)
            headers = {"allow": ", ".join(sorted(allowed))}
            await exchange.refuse(send, Refusal(405, phrase("This method is not allowed here."), headers=headers))

    async def answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request by an allowed method."""
        raise NotImplementedError


class Inference(_Route):
    """A route that asks the model: a place in the queue, the body, the handler's question, the answer."""

    handler: Handler

    async def answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer with the handler's JSON, or say why not."""
        state, id = self.state, exchange.request_id(scope)
        deadline = time.monotonic() + state.limits.seconds
        size = exchange.expected_size(scope, state.limits)
        try:
            state.batcher.admit(size)
        except Refusal as refusal:
            return await exchange.refuse(send, refusal, id)
        try:
            body = await exchange.read_body(receive, deadline)
            answer = await self.handler(Exchange(scope, state, body, deadline, id))
        except Refusal as refusal:
            return await exchange.refuse(send, refusal, id)
        finally:
            state.batcher.release(size)
        await exchange.respond(send, 200, answer, headers=((b"x-request-id", id.encode()),))


class Fact(_Route):
    """A route that answers at once from what the server knows by itself; the body is not read."""

    handler: Callable[[State, dict[str, str]], Reply]

    async def answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer with what the handler says of the state, given the path's parameters."""
        try:
            reply = self.handler(self.state, scope.get("path_params", {}))
        except Refusal as refusal:
            return await exchange.refuse(send, refusal)
        await exchange.respond(send, reply.status, reply.body, reply.media, reply.headers)


def inference(state: State, path: str, handler: Handler, **documented: Any) -> Inference:
    """The route `POST path` to `handler`; `documented` goes into the OpenAPI document."""
    route = Inference(path, _documented, methods=["POST"], **_named(path, documented))
    route.state, route.handler = state, handler
    return route


def fact(state: State, path: str, handler: Callable[[State, dict[str, str]], Reply], **documented: Any) -> Fact:
    """The route `GET path` to `handler`; `documented` goes into the OpenAPI document."""
    route = Fact(path, _documented, methods=["GET"], **_named(path, documented))
    route.state, route.handler = state, handler
    return route


def _named(path: str, documented: dict[str, Any]) -> dict[str, Any]:
    """The path's parameters are documented here because FastAPI sees no endpoint that takes them."""
    names = [part[1:-1] for part in path.split("/") if part.startswith("{")]
    extra = dict(documented.pop("openapi_extra", {}))
    if names:
        extra["parameters"] = [
            {"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in names
        ]
    return {"name": documented.get("summary", path), "openapi_extra": extra or None, **documented}
