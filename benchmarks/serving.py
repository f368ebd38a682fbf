"""Serving one row: requests per second and latency of `/predict` against a bare uvicorn echo and MLflow's scorer.

python benchmarks/serving.py [--seconds 5] [--learner gradient-boosting]

Every server runs in a process of its own on loopback and is asked by a load generator in another; the body is the
same row for all. The target is 70 % of the echo's requests per second. MLflow is measured where it is installed.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import importlib.util
import json
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import orjson
import uvloop

from common import heading, print_table

CONCURRENCY = (1, 32)
TARGET = 0.7
WARM = 0.5  # seconds before measuring
PATHS = {"echo": "/", "fathom": "/predict", "mlflow": "/invocations"}


# The load generator --------------------------------------------------------------------------------------------------


class Asker(asyncio.Protocol):
    """One connection that asks again as soon as it is answered."""

    def __init__(self, request: bytes, until: float, times: list[tuple[float, float]], done: asyncio.Future) -> None:
        self.request, self.until, self.times, self.done = request, until, times, done
        self.buffer = b""

    def connection_made(self, transport) -> None:
        self.transport = transport
        self.ask()

    def ask(self) -> None:
        self.start = time.perf_counter()
        self.transport.write(self.request)

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        head, separator, rest = self.buffer.partition(b"\r\n\r\n")
        if not separator:
            return
        length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
        if len(rest) < length:
            return
        now = time.perf_counter()
        if b" 200 " not in head[:16]:
            self.done.set_exception(RuntimeError(self.buffer.decode("utf-8", "replace")))
            return
        self.buffer = b""
        self.times.append((self.start, now))
        if now < self.until:
            self.ask()
        else:
            self.transport.close()
            self.done.set_result(None)


async def load(port: int, path: str, body: bytes, concurrency: int, seconds: float) -> dict[str, float]:
    """Ask for `seconds` on so many connections; requests per second, p50 and p99 in milliseconds."""
    head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: application/json\r\n"
    request = head.encode() + b"Content-Length: %d\r\n\r\n" % len(body) + body
    loop = asyncio.get_running_loop()
    times: list[tuple[float, float]] = []
    start = time.perf_counter()
    waits = []
    for _ in range(concurrency):
        done = loop.create_future()
        asker = Asker(request, start + WARM + seconds, times, done)
        await loop.create_connection(lambda asker=asker: asker, "127.0.0.1", port)
        waits.append(done)
    await asyncio.gather(*waits)
    measured = sorted(end - begin for begin, end in times if begin >= start + WARM)
    return {
        "rate": len(measured) / (times[-1][1] - start - WARM),
        "p50": measured[len(measured) // 2] * 1e3,
        "p99": measured[int(len(measured) * 0.99)] * 1e3,
    }


# The servers ---------------------------------------------------------------------------------------------------------


async def echo(scope, receive, send) -> None:
    """What uvicorn costs by itself: the body comes back."""
    body = (await receive())["body"]
    length = b"%d" % len(body)
    headers = [(b"content-type", b"application/json"), (b"content-length", length)]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def serve_echo(folder: Path, port: int) -> None:
    import uvicorn

    uvicorn.run(echo, port=port, loop="uvloop", http="httptools", lifespan="off", access_log=False, log_level="error")


def serve_fathom(folder: Path, port: int) -> None:
    from fathom.serving.serve import serve

    serve(folder / "model", port=port)


def serve_mlflow(folder: Path, port: int) -> None:
    import uvicorn
    from mlflow import pyfunc
    from mlflow.pyfunc import scoring_server

    app = scoring_server.init(pyfunc.load_model(str(folder / "mlflow")))
    uvicorn.run(app, port=port, loop="uvloop", http="httptools", access_log=False, log_level="error")


SERVERS = {"echo": serve_echo, "fathom": serve_fathom, "mlflow": serve_mlflow}


# The comparison ------------------------------------------------------------------------------------------------------


def prepare(folder: Path, learner: str) -> bytes:
    """Train a model on the sample table, save it; the body that asks about its first row."""
    from fathom import catalog
    from fathom.data.read import read
    from fathom.data.split import split
    from fathom.learner import Run
    from fathom.model import Model

    data = read("sample:customers")
    task = catalog.load(catalog.task("tabular-classification").path)
    problem = task.pose(data, "plan")
    parts = split(data, problem, seed=0)
    entry = catalog.learner(learner)
    fitted = catalog.load(entry.path)()
    fitted.fit(problem, data.take(parts.train), data.take(parts.valid), Run.lasting(60))
    Model(fitted, entry.name, entry.family, problem).save(folder / "model")
    first = data.select([column.name for column in problem.inputs]).frame.row(0, named=True)
    return orjson.dumps(
        {"row": {name: value if _is_json(value) else value.isoformat() for name, value in first.items()}}
    )


def prepare_mlflow(folder: Path, body: bytes) -> bytes:
    """The same boosted trees as MLflow keeps them in their own text format, asked about as many numbers."""
    import lightgbm
    import mlflow
    import numpy as np

    columns = len(json.loads(body)["row"])
    rows = np.random.default_rng(0).normal(size=(600, columns))
    settings = {"objective": "multiclass", "num_class": 3, "verbose": -1}
    booster = lightgbm.train(settings, lightgbm.Dataset(rows, np.arange(600) % 3), 100)
    mlflow.lightgbm.save_model(booster, str(folder / "mlflow"))
    return orjson.dumps({"inputs": rows[:1].tolist()})


def _is_json(value: object) -> bool:
    return value is None or isinstance(value, str | int | float)


@contextlib.contextmanager
def running(kind: str, folder: Path) -> Iterator[int]:
    """A server in a process of its own; yields its port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, __file__, "--role", kind, "--folder", str(folder), "--port", str(port)]
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    try:
        for _ in range(300):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 60) as connection:
                connection.sendall(b"GET /ping HTTP/1.1\r\nHost: localhost\r\n\r\n")
                if connection.recv(100):  # the model is loaded
                    break
            time.sleep(0.1)
        yield port
    finally:
        process.terminate()
        process.wait(30)


def measured(kind: str, port: int, body: bytes, concurrency: int, seconds: float) -> dict[str, float]:
    """What a load generator in its own process measured."""
    command = [sys.executable, __file__, "--role", "load", "--port", str(port), "--kind", kind]
    command += ["--concurrency", str(concurrency), "--seconds", str(seconds)]
    done = subprocess.run(command, input=body, capture_output=True, check=True, timeout=seconds + 60)
    return json.loads(done.stdout)


def compare(seconds: float, learner: str) -> None:
    """Measure every server and print the table."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        bodies = {"echo": prepare(folder, learner)}
        bodies["fathom"] = bodies["echo"]
        if importlib.util.find_spec("mlflow"):
            bodies["mlflow"] = prepare_mlflow(folder, bodies["echo"])
        results = {}
        for kind in bodies:
            with running(kind, folder) as port:
                for concurrency in CONCURRENCY:
                    results[kind, concurrency] = measured(kind, port, bodies[kind], concurrency, seconds)
    show(results, learner)


def show(results: dict, learner: str) -> None:
    """The table."""
    heading(f"Serving one row, {learner}")
    rows = []
    for (kind, concurrency), found in results.items():
        share = found["rate"] / results["echo", concurrency]["rate"]
        goal = f"{TARGET:.0%} {'met' if share >= TARGET else 'MISSED'}" if kind == "fathom" else ""
        rows.append([kind, concurrency, f"{found['rate']:,.0f}", f"{share:.0%}", goal, found["p50"], found["p99"]])
    print_table(["server", "concurrency", "requests/s", "of echo", "goal", "p50 ms", "p99 ms"], rows)
    if ("mlflow", 1) not in results:
        print("mlflow is not installed: not measured.")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--learner", default="gradient-boosting")
    parser.add_argument("--role", choices=["compare", "load", *SERVERS], default="compare", help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--port", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--kind", help=argparse.SUPPRESS)
    parser.add_argument("--concurrency", type=int, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.role == "compare":
        compare(given.seconds, given.learner)
    elif given.role == "load":
        body = sys.stdin.buffer.read()
        print(json.dumps(uvloop.run(load(given.port, PATHS[given.kind], body, given.concurrency, given.seconds))))
    else:
        SERVERS[given.role](given.folder, given.port)


if __name__ == "__main__":
    main()
