"""Where an export goes: a folder that is whole or not there, and that never takes the place of something else."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from fathom import __version__
from fathom.errors import ExportError
from fathom.folders import whole_folder, write_json
from fathom.messages import phrase
from fathom.model import Model, finite, now

DESCRIPTION = "export.json"
FORMAT = 1


def filled(folder: Path, fill: Callable[[Path], dict[str, Any]]) -> None:
    """Make the folder of what `fill` writes, with what it returns as its description; an earlier export is replaced.

    An ExportError where something else stands there, before anything is computed.
    """
    if folder.exists() and not (folder.is_dir() and (_is_export(folder) or not any(folder.iterdir()))):
        raise ExportError(
            phrase("There is something else in this place."),
            where=str(folder),
            remedy=phrase("Name a new folder, or an empty one: --out FOLDER"),
        )
    with whole_folder(folder) as beside:
        write_json(beside / DESCRIPTION, finite(fill(beside)))


def described(model: Model, to: str) -> dict[str, Any]:
    """What every export says of the model that it was made of."""
    problem, card = model.problem, model.card
    told = {name: card[name] for name in ("created", "measure", "score", "rows") if name in card}
    return {
        "format": FORMAT,
        "to": to,
        "made": now(),
        "fathom": __version__,
        "model": {
            "learner": model.name,
            "family": model.family,
            "task": problem.task,
            "predicts": problem.target,
            **told,
        },
    }


def _is_export(folder: Path) -> bool:
    return (folder / DESCRIPTION).is_file()
