"""Events that are sent to a served model over loopback: how many a second, and how long one takes."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable

import numpy as np

from common import print_table
from fathom.model import Model
from fathom.serving.app import create_app
from fathom.serving.serve import bind, server

CONNECTIONS = (1, 2, 8)


def stream(load: Callable[[], Model], bodies: list[bytes]) -> None:
    """Print what a server of a freshly loaded model makes of the bodies, by how many connections share them.

    Client and server share one process, and its two cores.
    """
    table = []
    for connections in CONNECTIONS:
        with bind("127.0.0.1", 0) as listener:
            port = listener.getsockname()[1]
            running = server(create_app(load(), name="events", port=port))
            thread = threading.Thread(target=running.run, args=([listener],), daemon=True)
            thread.start()
            while not running.started:
                time.sleep(0.01)
            used = time.process_time()
            seconds, times = asyncio.run(sent(port, bodies, connections))
            used = time.process_time() - used
            running.should_exit = True
            thread.join(10)
        spread = 1e3 * np.quantile(times, [0.5, 0.99, 1.0])
        table.append([connections, len(times), len(times) / seconds, 1e3 * used / len(times), *spread])
    print_table(
        ["connections", "events", "events a second", "processor ms an event", "p50 ms", "p99 ms", "slowest ms"], table
    )


async def sent(port: int, bodies: list[bytes], connections: int) -> tuple[float, list[float]]:
    """Send all bodies, each connection its share one after the other; seconds in all, and of each."""
    times: list[float] = []

    async def one(mine: list[bytes]) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        head = f"POST /predict HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: application/json\r\n".encode()
        for body in mine:
            start = time.perf_counter()
            writer.write(head + b"Content-Length: %d\r\n\r\n" % len(body) + body)
            answer = await reader.readuntil(b"\r\n\r\n")
            if b" 200 " not in answer[:16]:
                raise RuntimeError(answer)
            await reader.readexactly(int(answer.lower().split(b"content-length:")[1].split(b"\r\n")[0]))
            times.append(time.perf_counter() - start)
        writer.close()

    start = time.perf_counter()
    await asyncio.gather(*(one(bodies[place::connections]) for place in range(connections)))
    return time.perf_counter() - start, times
