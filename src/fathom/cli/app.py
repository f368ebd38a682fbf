"""The `fathom` command: its verbs by name, each loaded when it is called for, and what becomes of its errors."""

from __future__ import annotations

import difflib
import sys
from collections.abc import Sequence
from typing import Any

import typer
import typer.core
import typer.main

from fathom import __version__, catalog
from fathom.cli import failures, output
from fathom.cli.language import heard
from fathom.cli.verb import Verb, languages
from fathom.errors import FathomError
from fathom.messages import again, phrase

VERBS = {  # name: where it is, what it does; in the order of a person's way
    "check": (
        "fathom.cli.verbs.check:check",
        phrase("Show what each column was taken for, and what is wrong with the data."),
    ),
    "advise": (
        "fathom.cli.verbs.advise:advise",
        phrase("Look at the data for some seconds and say what to expect: which family in front, at what cost."),
    ),
    "analyse": (
        "fathom.cli.verbs.analyse:analyse",
        phrase("Say what documents are about, without labels: topics, duplicates, terms to review."),
    ),
    "compare": (
        "fathom.cli.verbs.compare:compare",
        phrase("Train classical and deep models, test them, and say which to use."),
    ),
    "train": ("fathom.cli.verbs.train:train", phrase("Train one learner, test it and store the model.")),
    "test": ("fathom.cli.verbs.test:score", phrase("Score a stored model on rows whose answers are known.")),
    "predict": ("fathom.cli.verbs.predict:predict", phrase("Predict every row of a file with a stored model.")),
    "enrol": (
        "fathom.cli.verbs.enrol:enrol",
        phrase("Make somebody known to a model that recognises faces, or forget somebody."),
    ),
    "verify": ("fathom.cli.verbs.verify:verify", phrase("Say whether two pictures are of one person.")),
    "serve": ("fathom.cli.verbs.serve:serve", phrase("Answer predictions over HTTP, with a page to try the model.")),
    "export": (
        "fathom.cli.verbs.export:export",
        phrase("Write a stored model as other programs read it: ONNX, or a network of the transformers library."),
    ),
    "keep": (
        "fathom.cli.verbs.keep:keep",
        phrase("Put the model of another contender of a study into the store."),
    ),
    "report": ("fathom.cli.verbs.report:report", phrase("Write a study as one HTML page.")),
    "studies": ("fathom.cli.verbs.studies:studies", phrase("List the studies in the store.")),
    "models": ("fathom.cli.verbs.models:models", phrase("List the models in the store.")),
    "tasks": ("fathom.cli.verbs.tasks:tasks", phrase("List the kinds of question that can be asked.")),
    "learners": ("fathom.cli.verbs.learners:learners", phrase("List the ways to learn, and when to prefer each.")),
    "doctor": ("fathom.cli.verbs.doctor:doctor", phrase("Check this installation and machine.")),
}

HELP_NAMES = ["-h", "--help"]


class Verbs(typer.core.TyperGroup):
    """The verbs as a group of commands that imports a verb's file only to run it or to show its own help."""

    def list_commands(self, ctx: Any) -> list[str]:
        """The verbs' names."""
        return list(VERBS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The verb's command, its file imported now; None where there is none."""
        if cmd_name not in VERBS:
            return None
        place = VERBS[cmd_name][0]
        single = _plain()
        single.command(cmd_name, cls=Verb, help=catalog.load(f"{place.partition(':')[0]}:HELP"))(catalog.load(place))
        return typer.main.get_command(single)

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """Write the list of verbs from the table alone."""
        with formatter.section(phrase("Commands")):
            formatter.write_dl([(name, again(summary)) for name, (_, summary) in VERBS.items()])

    def format_epilog(self, ctx: Any, formatter: Any) -> None:
        """Write the exit codes, a line each."""
        with formatter.section(phrase("Exit codes")):
            formatter.write_dl([(str(int(code)), code.meaning) for code in failures.Code])
        with formatter.section(phrase("Environment")):
            formatter.write_dl([(name, again(what)) for name, what in ENVIRONMENT])

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Answer --help and --version here: as parameters they would load all of Typer's value parsing each time."""
        if not args or args[0] in HELP_NAMES:
            self.help = again(HELP)
            output.show(None, ctx.get_help(), as_json=False)
            raise typer.Exit
        if "--version" in args[:2] and set(args) <= {"--version", "--json"}:
            output.show({"version": __version__}, f"fathom {__version__}", "--json" in args)
            raise typer.Exit
        return list(super().parse_args(ctx, args))

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Write the options, --version among them."""
        with formatter.section(phrase("Options")):
            version = ("--version", phrase("Print the version and leave."))
            formatter.write_dl([version, languages(), ("-h, --help", phrase("Show this and leave."))])
        self.format_commands(ctx, formatter)

    def format_usage(self, ctx: Any, formatter: Any) -> None:
        """Write the first line."""
        formatter.write_usage(ctx.command_path, " ".join(self.collect_usage_pieces(ctx)), prefix=phrase("Usage: "))

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """The verb that the arguments name; an error that suggests the nearest."""
        if args[0] not in VERBS and not args[0].startswith("-"):
            near = difflib.get_close_matches(args[0], VERBS, n=1)
            remedy = (
                phrase("Did you mean `fathom {near}`?", near=near[0])
                if near
                else phrase("`fathom --help` lists the commands.")
            )
            raise FathomError(phrase("There is no command '{name}'.", name=args[0]), remedy=remedy)
        return super().resolve_command(ctx, args)


ENVIRONMENT = [
    ("FATHOM_STORE", phrase("the folder of studies and models (else ~/.fathom)")),
    ("FATHOM_TOKEN", phrase("the token that `serve` asks of its callers")),
    ("FATHOM_LANGUAGE", phrase("en or ko, what to speak (else the locale's language)")),
    ("NO_COLOR", phrase("no colours, where it is set")),
]
HELP = phrase(
    "Find out whether classical machine learning is enough for your data, or whether you need deep learning.\n\n"
    "fathom trains both on your own rows under one protocol, tests them on rows that neither has seen, says which "
    "to use and why, and serves the winner."
)


def _plain(**settings: Any) -> typer.Typer:
    return typer.Typer(
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": HELP_NAMES},
        **settings,
    )


app = _plain(cls=Verbs, add_help_option=False)


@app.callback()
def root() -> None:
    """The command without a verb."""


def main(args: Sequence[str] | None = None) -> int:
    """Run the command line; the exit code is returned, and every error has been told on stderr."""
    arguments = list(sys.argv[1:] if args is None else args)
    output.speak_utf8()
    with failures.told(as_json="--json" in arguments, command=arguments) as outcome:
        arguments[:] = heard(arguments)  # before a verb is loaded, so that its help is in that language too
        group = typer.main.get_command(app)
        with group.make_context("fathom", arguments) as context:  # not `main`, which has its own way with errors
            result = group.invoke(context)
        outcome.code = result if isinstance(result, int) else failures.Code.OK
        sys.stdout.flush()
    return int(outcome.code)
