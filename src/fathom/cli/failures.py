"""What an error becomes: what, where and next on stderr, an exit code, and never a traceback for a person's mistake."""

from __future__ import annotations

import contextlib
import difflib
import errno
import os
import re
import shlex
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from typing import Any

import typer

from fathom.cli import output
from fathom.errors import FathomError, TrainingError
from fathom.messages import again, phrase

# Typer has carried Click inside or beside it by version; the common base of its usage errors is the same by both ways.
USAGE_ERROR: type[Exception] = typer.BadParameter.__mro__[1]
FAULTS: dict[str, Any] = {"prefix": "fathom-fault-", "suffix": ".txt", "delete": False, "encoding": "utf-8"}
REFUSALS = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EACCES, errno.EPERM, errno.ENOENT, errno.EMFILE)


class Code(IntEnum):
    """The exit codes."""

    OK = 0
    FOUND = 1
    MISTAKE = 2
    BROKEN = 70
    INTERRUPTED = 130

    @property
    def meaning(self) -> str:
        """The code in words."""
        return again(MEANINGS[self])


MEANINGS = {
    Code.OK: phrase("done"),
    Code.FOUND: phrase(
        "done, and something was found or failed: an error in the data, no model trained, a sick installation"
    ),
    Code.MISTAKE: phrase("nothing done: wrong usage, or data, a file or a model that cannot be used as asked"),
    Code.BROKEN: phrase("a fault of fathom itself"),
    Code.INTERRUPTED: phrase("stopped by Ctrl-C; what was done is kept"),
}


WRONG = "Invalid value for '(.+)': Input should be"
USAGE: tuple[tuple[str, Callable[..., str]], ...] = (  # what Typer says of wrong usage, and how fathom says it
    (r"No such option: (\S+?)\.?", lambda name: phrase("No such option: {name}", name=name)),
    (r"Missing argument '(.+)'\.", lambda name: phrase("Missing argument '{name}'.", name=name)),
    (r"Missing option '(.+)'\.", lambda name: phrase("Missing option '{name}'.", name=name)),
    (r"Option '(.+)' requires an argument\.", lambda name: phrase("Option '{name}' needs a value.", name=name)),
    (r"Option '(.+)' does not take a value\.", lambda name: phrase("Option '{name}' takes no value.", name=name)),
    (
        r"Got unexpected extra arguments?(?:\(s\))? \((.+)\)",
        lambda names: phrase("There is too much: {names}", names=names),
    ),
    (rf"{WRONG} a valid number,.*", lambda name: phrase("The value of '{name}' must be a number", name=name)),
    (rf"{WRONG} a valid integer,.*", lambda name: phrase("The value of '{name}' must be a whole number", name=name)),
    (
        rf"{WRONG} greater than or equal to (.+)",
        lambda name, least: phrase("The value of '{name}' must be at least {least}", name=name, least=least),
    ),
    (
        rf"{WRONG} less than or equal to (.+)",
        lambda name, most: phrase("The value of '{name}' must be at most {most}", name=name, most=most),
    ),
)


@dataclass
class Outcome:
    """The exit code that a command ends with."""

    code: int = Code.OK


@contextmanager
def told(*, as_json: bool, command: Sequence[str]) -> Iterator[Outcome]:
    """Run the body; an error is told on stderr (with --json also as an object on stdout) and becomes an exit code."""
    outcome = Outcome()
    try:
        yield outcome
    except typer.Exit as leave:
        outcome.code = leave.exit_code
    except (KeyboardInterrupt, typer.Abort):
        outcome.code = Code.INTERRUPTED
        output.say(f"\n{_stopped(command)}")
    except BrokenPipeError:
        _close_quietly()  # the reader had enough, as in `fathom models | head`
    except (FathomError, USAGE_ERROR) as error:
        outcome.code = Code.FOUND if isinstance(error, TrainingError) else Code.MISTAKE
        _tell(mistake(error, command), as_json)
    except Exception as error:
        outcome.code = Code.BROKEN if (known := system_mistake(error)) is None else Code.MISTAKE
        _tell(mistake(known or _fault(error), command), as_json)


def mistake(error: Exception, command: Sequence[str]) -> FathomError:
    """The error in fathom's own words: a usage error gets the option that was meant, or the command's help, as next."""
    verb = next((word for word in command if not word.startswith("-")), "")
    if isinstance(error, FathomError):
        error.where = error.where or f"fathom {verb}"
        return error
    what = getattr(error, "format_message", error.__str__)().splitlines()[0]
    remedy = phrase("`{verb} --help` shows what can be said.", verb=f"fathom {verb}".strip())
    if possible := getattr(error, "possibilities", None):
        what = str(getattr(error, "message", what))
        near = difflib.get_close_matches(str(getattr(error, "option_name", "")), possible, 1, 0)[0]
        remedy = phrase("Did you mean {near}?", near=near)
    elif "--predict" in what and "Missing" in what:
        remedy = phrase("Name the column to predict: --predict COLUMN. `fathom check DATA` lists the columns.")
    return FathomError(_reworded(what, _given(error, command)), where=f"fathom {verb}".strip(), remedy=remedy)


def _reworded(what: str, given: str) -> str:
    """Typer's own words, which are English, as far as they are known, in the person's language; and what was given."""
    said = next((say(*found.groups()) for asked, say in USAGE if (found := re.fullmatch(asked, what))), what)
    return phrase("{said} (not {given})", said=said, given=given) if given else said


def _given(error: Exception, command: Sequence[str]) -> str:
    """What was given as the value of the option that the error is about; "" where the message says it."""
    option = next((name for name in getattr(getattr(error, "param", None), "opts", ()) if name in command), None)
    if option is None or command.index(option) + 1 >= len(command):
        return ""
    value = command[command.index(option) + 1]
    return "" if repr(value) in str(error) else repr(value)


def system_mistake(error: BaseException) -> FathomError | None:
    """The error in a person's words where the machine refused something that the person can mend; else None."""
    if isinstance(error, MemoryError):
        return FathomError(
            phrase("There is not enough memory."), remedy=phrase("Close other programs, or give fewer rows or columns.")
        )
    if not isinstance(error, OSError) or error.errno not in REFUSALS:
        return None
    remedy = phrase("Check the path, its permissions and the free space.")
    return FathomError(f"{error.strerror}.", where=str(error.filename or ""), remedy=remedy)


def _fault(error: Exception) -> FathomError:
    """One line for an error that nobody foresaw; the traceback goes to a file."""
    place = ""
    with (
        contextlib.suppress(OSError),
        tempfile.NamedTemporaryFile("w", **FAULTS) as file,
    ):  # a full disk is no reason to fail
        file.write("".join(traceback.format_exception(error)))
        place = file.name
    return FathomError(
        phrase(
            "This is a fault of fathom, not yours: {kind}: {error}",
            kind=type(error).__name__,
            error=str(error).partition("\n")[0][:200],
        ),
        where=place,
        remedy=phrase("Report it with that file, which holds the traceback, and the output of `fathom doctor`."),
    )


def _tell(error: FathomError, as_json: bool) -> None:
    output.say(phrase("error: {error}", error=error))
    if as_json:
        output.print_json({"error": {"what": error.what, "where": error.where, "next": error.remedy}})


def _stopped(command: Sequence[str]) -> str:
    if command[:1] not in (["compare"], ["train"]):
        return phrase("Stopped. Nothing was changed.")
    line = shlex.join(["fathom", *command])
    return phrase("Stopped. What was done is kept; the same command goes on from there:\n  {line}", line=line)


def _close_quietly() -> None:
    """Point stdout at nothing, so that the interpreter's last flush is silent too."""
    with Path(os.devnull).open("w") as nothing:
        os.dup2(nothing.fileno(), sys.stdout.fileno())
