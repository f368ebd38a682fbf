"""One of several processes that answer on a socket they share; started by `workers`, settings on standard input."""

from __future__ import annotations

import json
import socket
import sys

from fathom.serving.app import create_app
from fathom.serving.limits import Limits
from fathom.serving.serve import server


def main() -> None:
    """Answer until told to stop."""
    settings = json.load(sys.stdin)
    bounds = settings.pop("limits")
    limits = Limits(**{**bounds, "hosts": tuple(bounds["hosts"])})
    with socket.socket(fileno=settings.pop("descriptor")) as listener:
        server(create_app(settings.pop("model"), limits=limits, alone=False, **settings)).run([listener])


if __name__ == "__main__":
    main()
