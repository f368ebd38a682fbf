"""The app, composed: guard around metrics around routes, one model behind a queue."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from fathom import __version__
from fathom.messages import phrase
from fathom.model import Model
from fathom.serving import card, enrol, explain, faces, health, invocations, metrics, predict, site, v2
from fathom.serving.batching import Batcher
from fathom.serving.direct import json_of, reference
from fathom.serving.exchange import State
from fathom.serving.guard import OPEN, Guard, check_bind
from fathom.serving.inference import Answering
from fathom.serving.limits import Limits
from fathom.serving.models import Models, Served, load
from fathom.serving.refusal import Refusal
from fathom.serving.remembering import Keeper
from fathom.serving.schema import components


class Service(FastAPI):
    """A FastAPI app whose guard stands before everything else, the framework's own layers included."""

    entrance: ASGIApp
    straight: dict[str, Route]  # by path: what needs neither the router nor the framework's layers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let HTTP in through the guard; there are no web sockets here."""
        if scope["type"] == "http":
            await self.entrance(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
        else:
            await super().__call__(scope, receive, send)

    async def inside(self, scope: Scope, receive: Receive, send: Send) -> None:
        """What the guard has let pass; a path without parameters goes straight to its route."""
        route = self.straight.get(scope["path"])
        if route is None:
            return await super().__call__(scope, receive, send)
        scope["route"] = route
        await route.handle(scope, receive, send)


def create_app(
    model: Model | str | Path,
    *,
    name: str,
    version: str | int | None = None,
    token: str | None = None,
    host: str = "127.0.0.1",
    port: int = 8000,
    limits: Limits | None = None,
    keep: enrol.Keep | None = None,
    alone: bool = True,
) -> FastAPI:
    """The app that answers for `model` (a model, or the folder of one) under `name`.

    `keep` writes a model to which somebody was made known; `alone`: no other process answers for it, so that somebody
    can be made known at all.
    Raises a FathomError where `host` is no loopback address and there is no `token`.
    """
    check_bind(host, token)
    limits = limits or Limits()
    models = Models(load(model, name, version))
    meters = metrics.Meters()
    batcher = Batcher(Answering(models, limits), limits, meters.watch)
    meters.follow(batcher)
    state = State(models, batcher, limits, host, port)
    app = Service(title=f"fathom: {name}", version=__version__, lifespan=_lifespan(state), openapi_url=None)
    app.state.models, app.state.batcher, app.state.serving = models, batcher, state
    routes: list[Route] = [
        *predict.routes(state),
        *explain.routes(state),
        *faces.routes(state),
        *(enrol.routes(state, keep) if alone else ()),
        *site.routes(state, lambda: app.openapi()),
        *card.routes(state),
        *v2.routes(state),
        *invocations.routes(state),
        *health.routes(state),
        *metrics.routes(state, meters),
    ]
    app.router.routes.extend(routes)
    app.straight = {route.path: route for route in routes if "{" not in route.path}
    app.router.redirect_slashes = False
    app.add_exception_handler(HTTPException, _unknown)
    app.openapi = lambda: document(app, models.current, secured=bool(token))  # type: ignore[method-assign]
    app.entrance = metrics.Metered(Guard(app.inside, host, token, limits), meters)
    return app


def document(app: FastAPI, served: Served, *, secured: bool) -> dict[str, Any]:
    """The OpenAPI document, made for the model that is served now."""
    made: dict[str, Any] = get_openapi(title=app.title, version=app.version, routes=app.routes)
    made["components"] = {"schemas": components(served)}
    there = {"model": served.name, "version": served.version}
    operations = [(path, each) for path, methods in made["paths"].items() for each in methods.values()]
    for _, operation in operations:
        for parameter in operation.get("parameters", []):
            parameter["schema"] = {"type": "string", "enum": [there[parameter["name"]]]}
    if secured:
        made["components"]["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
        for path, operation in operations:
            if path not in OPEN:
                operation["security"] = [{"token": []}]
                operation["responses"]["401"] = json_of(reference("Error"), "The token is missing or wrong")
    return made


def _lifespan(state: State) -> Any:
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        served, keeper = state.models.current, None
        if served.memory is not None and served.folder is not None:
            keeper = Keeper(served.memory, served.folder)
            keeper.start()
        state.batcher.start()
        yield
        state.batcher.close()
        if keeper is not None:
            await keeper.stop()

    return lifespan


async def _unknown(request: Request, error: Exception) -> JSONResponse:
    """An address that does not exist, in the shape of every other error."""
    assert isinstance(error, HTTPException)
    return JSONResponse(Refusal(error.status_code, phrase("There is nothing here.")).body(), error.status_code)
