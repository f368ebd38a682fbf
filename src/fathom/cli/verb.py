"""A verb's command, whose help is told in the person's language: Typer has English words of its own for the frame."""

from __future__ import annotations

import re
from typing import Any

import typer.core

from fathom.cli.language import OPTION
from fathom.messages import phrase

BRACKET = re.compile(r"\[[^\[\]]*\]$")


def languages() -> tuple[str, str]:
    """The line of `--language`, which is heard before any verb is loaded."""
    return f"{OPTION} [en|ko]", phrase("What to speak; else the locale's language.")


class Verb(typer.core.TyperCommand):
    """One verb."""

    def format_usage(self, ctx: Any, formatter: Any) -> None:
        """Write the first line."""
        formatter.write_usage(ctx.command_path, " ".join(self.collect_usage_pieces(ctx)), prefix=phrase("Usage: "))

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Write arguments and options, a section each."""
        told: dict[str, list[tuple[str, str]]] = {"argument": [], "option": []}
        for parameter in self.get_params(ctx):
            if record := parameter.get_help_record(ctx):
                told[parameter.param_type_name].append((record[0], _framed(record[1])))
        told["option"].insert(-1, languages())
        for kind, heading in (("argument", phrase("Arguments")), ("option", phrase("Options"))):
            if told[kind]:
                with formatter.section(heading):
                    formatter.write_dl(told[kind])


def _framed(help: str) -> str:
    """A parameter's help with what Typer says about it, such as its default, in the person's language."""
    if help == "Show this message and exit.":
        return phrase("Show this and leave.")
    told = {"required": phrase("required"), "default: ": phrase("default: "), "env var: ": phrase("env var: ")}
    return BRACKET.sub(lambda found: re.sub("|".join(told), lambda word: told[word[0]], found[0]), help)
