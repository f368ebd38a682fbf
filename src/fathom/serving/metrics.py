"""`GET /metrics`: what Prometheus collects. Names follow OpenTelemetry's conventions for HTTP servers."""

from __future__ import annotations

import time
from collections.abc import Iterable

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from fathom.serving.batching import Batcher
from fathom.serving.direct import Fact, Reply, fact
from fathom.serving.exchange import State

SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
SIZES = (1, 2, 4, 8, 16, 32, 64, 128)
TEXT = b"text/plain; version=0.0.4; charset=utf-8"


class Meters:
    """The server's own registry, so that several servers in one process do not mix."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.duration = Histogram(
            "http_server_request_duration_seconds",
            "Seconds from a request's arrival to the end of its answer",
            ("http_request_method", "http_route", "http_response_status_code"),
            buckets=SECONDS,
            registry=self.registry,
        )
        self.batch = Histogram(
            "fathom_batch_size", "Requests that the model answered at once", buckets=SIZES, registry=self.registry
        )
        self.rows = Counter("fathom_requests_answered", "Requests that the model answered", registry=self.registry)

    def watch(self, jobs: int) -> None:
        """Count a batch of this many jobs."""
        self.batch.observe(jobs)
        self.rows.inc(jobs)

    def follow(self, batcher: Batcher) -> None:
        """Read the queue's own figures whenever metrics are asked for."""
        self.registry.register(_Queue(batcher))


class _Queue:
    """Figures that the batcher keeps anyway, so that the hot path does not count twice."""

    def __init__(self, batcher: Batcher) -> None:
        self.batcher = batcher

    def collect(self) -> Iterable[Metric]:
        """The queue as it stands."""
        batcher = self.batcher
        yield GaugeMetricFamily("fathom_queue_depth", "Requests that wait for the model", batcher.depth)
        yield GaugeMetricFamily("fathom_running", "Requests that the model is answering", batcher.running)
        yield CounterMetricFamily(
            "fathom_rejected", "Requests turned away because the queue was full", batcher.rejected
        )
        yield CounterMetricFamily("fathom_expired", "Requests dropped past their deadline", batcher.expired)


class Metered:
    """An ASGI layer that takes the time of every request, labelled by the route's template and never by its path."""

    def __init__(self, app: ASGIApp, meters: Meters) -> None:
        self.app = app
        self.duration = meters.duration
        self.known: dict[tuple[str, str, int], Histogram] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, and note method, route, status and seconds."""
        start = time.perf_counter()
        status = 500

        async def noting(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self.app(scope, receive, noting)
        finally:
            self.observe(scope, status, time.perf_counter() - start)

    def observe(self, scope: Scope, status: int, seconds: float) -> None:
        """Count one answer."""
        route = getattr(scope.get("route"), "path", "") or "other"
        method = scope["method"] if scope["method"] in METHODS else "_OTHER"
        key = (method, route, status)
        histogram = self.known.get(key)
        if histogram is None:
            histogram = self.known[key] = self.duration.labels(*map(str, key))
        histogram.observe(seconds)


METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH"})


def routes(state: State, meters: Meters) -> list[Fact]:
    """The route of the metrics."""

    def metrics(state: State, path: dict[str, str]) -> Reply:
        return Reply(generate_latest(meters.registry), media=TEXT)

    content = {200: {"description": "Prometheus text", "content": {"text/plain": {"schema": {"type": "string"}}}}}
    return [fact(state, "/metrics", metrics, summary="Metrics", tags=["operation"], responses=content)]
