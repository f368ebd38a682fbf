"""fathom serve."""

from __future__ import annotations

import contextlib
import sys
from typing import Annotated

import typer

from fathom.cli import options, output
from fathom.messages import phrase

HELP = phrase("Answer predictions over HTTP, with a page to try the model, until Ctrl-C.")


def serve(
    model: options.ModelName,
    host: Annotated[
        str, typer.Option("--host", help=phrase("The address; any but loopback needs a token."))
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help=phrase("The port; 0 takes a free one."))] = 8000,
    token: Annotated[
        str | None,
        typer.Option(
            "--token", envvar="FATHOM_TOKEN", help=phrase("What callers must send; better through FATHOM_TOKEN.")
        ),
    ] = None,
    workers: Annotated[int, typer.Option("--workers", min=1, max=64, help=phrase("Processes that answer."))] = 1,
    store: options.StoreFolder = None,
    as_json: options.Json = False,
) -> None:
    """Serve a stored model."""
    from fathom.cli.stores import opened
    from fathom.serving.enrol import keeping
    from fathom.serving.serve import bind
    from fathom.serving.serve import serve as run

    opened_store = opened(store)
    path = opened_store.model_path(model)
    with bind(host, port) as listener:
        port = listener.getsockname()[1]  # a port that is free, to be told before the server takes it
    if as_json:
        output.print_json({"model": model, "path": str(path), "host": host, "port": port})
        sys.stdout.flush()
    with contextlib.suppress(KeyboardInterrupt):  # the way to stop it, not a failure
        run(path, host=host, port=port, token=token, workers=workers, keep=keeping(opened_store, path))
