"""How much a server takes on at once."""

from __future__ import annotations

from dataclasses import dataclass

from fathom.data.media import MOST_PIXELS


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds that keep memory flat and answers timely whatever arrives.

    >>> Limits(queue=8).queue
    8
    """

    body: int = 32 * 2**20  # bytes of one request; more is answered 413
    held: int = 256 * 2**20  # bytes of all requests that wait or run; more is answered 503
    queue: int = 256  # requests that wait or run; more are answered 503 with Retry-After
    batch: int = 64  # requests that the model answers at once
    rows: int = 100_000  # rows of one request
    pixels: int = MOST_PIXELS  # of one picture
    seconds: float = 30.0  # from arrival to answer; work that is older is dropped and answered 504
    drain: float = 2.0  # between SIGTERM and closing the door, so that a load balancer sees "not ready"
    finish: float = 15.0  # for requests in flight after the door is closed
    hosts: tuple[str, ...] = ()  # further names by which the server may be called
