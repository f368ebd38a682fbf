"""The cheat sheet: every task and every learner, one row each. Plain data; imports nothing heavy."""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Iterable
from typing import Any, NoReturn, TypeVar

from fathom.catalog.learner_rows import LEARNERS
from fathom.catalog.preferred import preferred
from fathom.catalog.row import LearnerRow, TaskRow
from fathom.catalog.task_rows import TASKS
from fathom.errors import FathomError, MissingExtra
from fathom.messages import listed, phrase

__all__ = ["LEARNERS", "TASKS", "LearnerRow", "TaskRow", "preferred"]

EXPORTS = {  # what a model can be written as for other programs, and where
    "onnx": "fathom.exports.onnx:write",
    "transformers": "fathom.exports.transformers:write",
}
EXPORT_EXTRAS = {"onnx": "onnx", "transformers": "pretrained"}  # what must be installed for it

OUTSIDE = "fathom.outside:learner"  # loaded when a name is unknown: looking through what is installed takes time

EXTRAS = {  # what an extra brings, as modules to look for
    "deep": ("torch", "safetensors", "tokenizers"),
    "pretrained": ("torch", "safetensors", "tokenizers", "transformers"),
    "onnx": ("torch", "safetensors", "tokenizers", "onnx", "onnxruntime"),
    "openml": ("openml",),
    "hub": ("datasets",),
    "text": ("rapidfuzz", "dateutil", "phonenumbers"),
    "korean": ("kiwipiepy",),
    "faces": ("skimage",),
    "series": ("statsforecast", "holidays"),
}


Row = TypeVar("Row", TaskRow, LearnerRow)


def task(name: str) -> TaskRow:
    """The task's row.

    >>> task("tabular-regression").output
    'number'
    """
    unknown = phrase("There is no task '{name}'.", name=name)
    return _row(name, TASKS) or _refused(unknown, phrase("The tasks are: {names}.", names=_names(TASKS)))


def learner(name: str) -> LearnerRow:
    """The learner's row; where the catalog has none, the one that an installed package publishes under this name.

    >>> learner("gradient-boosting").family
    'classical'
    """
    unknown = phrase("There is no learner '{name}'.", name=name)
    remedy = phrase("The learners are: {names}.", names=_names(LEARNERS))
    return outside(name) or _row(name, LEARNERS) or _refused(unknown, remedy)


def outside(name: str) -> LearnerRow | None:
    """The row that an installed package publishes under a name that the catalog does not know; else None."""
    if any(row.name == name for row in LEARNERS):
        return None
    found: LearnerRow | None = load(OUTSIDE)(name)
    return found


def learners(named: Iterable[str] = ()) -> tuple[LearnerRow, ...]:
    """The rows of all learners of the catalog, and of those in `named` that come from outside."""
    return (*LEARNERS, *filter(None, map(outside, dict.fromkeys(named))))


def learners_for(task_name: str, named: Iterable[str] = ()) -> tuple[LearnerRow, ...]:
    """The rows of the learners that can learn a task, classical ones first; then those of `named` from outside.

    >>> [row.name for row in learners_for("image-classification") if row.family == "deep"]
    ['feedforward', 'convolutional', 'transformer', 'pretrained']
    """
    row = task(task_name)
    return tuple(each for each in learners(named) if row.reads in each.reads and row.output in each.outputs)


def load(path: str) -> Any:
    """The object that "package.module:name" names, its module imported now."""
    module, _, name = path.partition(":")
    return getattr(importlib.import_module(module), name)


def missing(extra: str) -> tuple[str, ...]:
    """The modules of an extra that are not installed; looks, imports nothing."""
    return tuple(name for name in EXTRAS.get(extra, ()) if importlib.util.find_spec(name) is None)


def require(extra: str, what: str) -> None:
    """Raise MissingExtra, with the command that mends it, unless the extra's modules are installed."""
    if absent := missing(extra):
        raise MissingExtra(
            phrase("{what} needs {names}, which this installation was made without.", what=what, names=listed(absent)),
            remedy=f"pip install 'fathom-ml[{extra}]'",
        )


def _row(name: str, rows: tuple[Row, ...]) -> Row | None:
    return next((row for row in rows if row.name == name), None)


def _names(rows: tuple[Row, ...]) -> str:
    return ", ".join(row.name for row in rows)


def _refused(what: str, remedy: str) -> NoReturn:
    raise FathomError(what, remedy=remedy)
