"""`python -m fathom` is the `fathom` command."""

import sys

from fathom.cli import main

if __name__ == "__main__":
    sys.exit(main())
