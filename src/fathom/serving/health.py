"""Routes that a load balancer asks; they need no token and never touch the model."""

from __future__ import annotations

from fathom.messages import phrase
from fathom.serving.direct import Fact, Reply, fact, json_of
from fathom.serving.exchange import State
from fathom.serving.refusal import Refusal


def routes(state: State) -> list[Fact]:
    """Liveness, readiness, and MLflow's ping."""
    yes = {"type": "object", "properties": {"live": {"type": "boolean"}}, "required": ["live"]}
    ready = {"type": "object", "properties": {"ready": {"type": "boolean"}}, "required": ["ready"]}
    failing = {503: json_of(ready, "Not ready: starting or shutting down")}
    return [
        fact(state, "/v2/health/live", live, summary="Live", tags=["health"], responses={200: json_of(yes)}),
        fact(
            state,
            "/v2/health/ready",
            ready_or_not,
            summary="Ready",
            tags=["health"],
            responses={200: json_of(ready), **failing},
        ),
        fact(state, "/ping", ready_or_not, summary="Ping", tags=["health"], responses={200: json_of(ready), **failing}),
    ]


def live(state: State, path: dict[str, str]) -> Reply:
    """The process answers."""
    return Reply.json({"live": True})


def ready_or_not(state: State, path: dict[str, str]) -> Reply:
    """Whether new requests are welcome."""
    ready = is_ready(state)
    return Reply.json({"ready": ready}, 200 if ready else 503)


def is_ready(state: State) -> bool:
    """The model's thread runs and the server is not about to stop."""
    return state.batcher.alive and not state.draining


def known(state: State, path: dict[str, str]) -> None:
    """Raise a Refusal (404) unless the path names the served model, and its version where it names one."""
    served = state.models.current
    if path["model"] != served.name:
        raise Refusal(
            404,
            phrase("There is no model '{model}'.", model=path["model"][:100]),
            remedy=phrase("The model is '{name}'.", name=served.name),
        )
    if path.get("version", served.version) != served.version:
        raise Refusal(
            404,
            phrase("There is no such version."),
            remedy=phrase("The version served is '{version}'.", version=served.version),
        )
