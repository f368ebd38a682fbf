"""The commands. Nothing heavy is imported until a command runs."""

from fathom.cli.app import main

__all__ = ["main"]
