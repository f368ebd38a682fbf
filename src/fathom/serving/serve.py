"""A server process: uvicorn on uvloop and httptools, and a way out that loses no request."""

from __future__ import annotations

import asyncio
import signal
import socket
import sys
from pathlib import Path
from types import FrameType

import orjson
import uvicorn
from fastapi import FastAPI

from fathom.errors import FathomError
from fathom.messages import phrase
from fathom.model import Model
from fathom.serving.app import create_app
from fathom.serving.enrol import Keep
from fathom.serving.exchange import State
from fathom.serving.limits import Limits
from fathom.serving.predict import picture_column
from fathom.serving.schema import example
from fathom.serving.workers import packed, supervise

BACKLOG = 2048
KEEP_ALIVE = 65  # seconds; longer than the 60 that load balancers keep idle connections


class Server(uvicorn.Server):
    """A uvicorn server that, told to stop by SIGTERM, first says "not ready" and only then closes the door."""

    def __init__(self, config: uvicorn.Config, state: State) -> None:
        super().__init__(config)
        self.state = state
        self.loop: asyncio.AbstractEventLoop | None = None

    async def serve(self, sockets: list[socket.socket] | None = None) -> None:
        """Serve until told to stop."""
        self.loop = asyncio.get_running_loop()
        await super().serve(sockets)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """SIGTERM drains and ends with status 0; Ctrl-C stops at once, a second one without waiting."""
        if sig == signal.SIGTERM and self.loop and not self.state.draining:
            self.state.draining = True
            self.loop.call_soon_threadsafe(self._close_later)
        elif sig != signal.SIGTERM:
            self.state.draining = True
            super().handle_exit(sig, frame)

    def _close_later(self) -> None:
        assert self.loop is not None
        self.loop.call_later(self.state.limits.drain, self._close)

    def _close(self) -> None:
        self.should_exit = True


def serve(
    model: Model | str | Path,
    *,
    host: str = "127.0.0.1",
    port: int = 8000,
    token: str | None = None,
    name: str | None = None,
    workers: int = 1,
    limits: Limits | None = None,
    keep: Keep | None = None,
) -> None:
    """Serve a model, or the folder of one, until SIGTERM or Ctrl-C. Port 0 takes a free one; `workers` are processes.

    `keep` writes a model to which somebody was made known over HTTP, and gives its version.

    Raises a FathomError where the address cannot be had, or where it needs a token.
    """
    limits = limits or Limits()
    name = name or name_of(model)
    with bind(host, port) as listener:
        port = listener.getsockname()[1]
        app = create_app(model, name=name, token=token, host=host, port=port, limits=limits, keep=keep)
        if workers > 1 and app.state.models.current.memory is not None:
            raise FathomError(
                phrase("This model remembers what went before; each of several processes would know a part of it."),
                remedy=phrase("Leave --workers out, or split your events by entity between servers."),
            )
        announce(host, port, token, app.state.serving)
        if workers == 1:
            return server(app).run([listener])
        if not isinstance(model, str | Path):
            raise FathomError(
                phrase("Several processes can serve a saved model only."), remedy=phrase("Save it and give its folder.")
            )
        supervise(listener, workers, packed(model, limits, name=name, token=token, host=host, port=port))


def server(app: FastAPI) -> Server:
    """What answers with `app` on a bound socket: `server(app).run([socket])`."""
    state: State = app.state.serving
    config = uvicorn.Config(
        app,
        loop="uvloop" if sys.platform != "win32" else "asyncio",
        http="httptools",
        ws="none",
        lifespan="on",
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_keep_alive=KEEP_ALIVE,
        timeout_graceful_shutdown=int(state.limits.finish),
    )
    return Server(config, state)


def bind(host: str, port: int) -> socket.socket:
    """A socket on this address; a FathomError where it is taken or not ours."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        if sys.platform != "win32":
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(BACKLOG)
    except OSError as error:
        listener.close()
        raise FathomError(
            phrase(
                "The address {host}:{port} cannot be used: {strerror}.",
                host=host,
                port=port,
                strerror=error.strerror or error,
            ),
            remedy=phrase("Choose another port with --port; 0 takes a free one."),
        ) from None
    return listener


def name_of(model: Model | str | Path) -> str:
    """The name of a model folder NAME or NAME/VERSION; a model in memory goes by its learner."""
    if not isinstance(model, str | Path):
        return model.name
    folder = Path(model).resolve()
    return folder.parent.name if folder.name.isdigit() else folder.name


def announce(host: str, port: int, token: str | None, state: State) -> None:
    """Say on stderr where the server is and how to ask it."""
    place = "localhost" if host in ("127.0.0.1", "::1") else f"[{host}]" if ":" in host else host
    url = f"http://{place}:{port}"
    served = state.models.current
    lines = [
        phrase("{name} (version {version}) answers at {url}", name=served.name, version=served.version, url=url),
        phrase("  try it:  {url}/", url=url),
        phrase("  docs:    {url}/docs", url=url),
        phrase("  ask it:  {curl}", curl=curl(url, token, state)),
        *([phrase("  runs on: {runtime}", runtime=served.race)] if served.race else []),
        phrase("Ctrl-C stops it."),
    ]
    sys.stderr.write("\n".join(lines) + "\n")
    sys.stderr.flush()


def curl(url: str, token: str | None, state: State) -> str:
    """A command line that asks the model about a usual row, or about a picture in a file."""
    secret = " -H 'Authorization: Bearer TOKEN'" if token else ""
    served = state.models.current
    if picture_column(served):
        return f"curl{secret} -F image=@picture.png {url}/predict"
    row = orjson.dumps({"row": example(served)}).decode().replace("'", "'\\''")
    return f"curl{secret} --json '{row}' {url}/predict"
