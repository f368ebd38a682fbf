"""What a network learned: its first filters and what excites them, or how much each column matters to it."""

from __future__ import annotations

import base64
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from fathom import catalog
from fathom.data import media
from fathom.data.dataset import Dataset
from fathom.data.kinds import Kind
from fathom.folders import write_json
from fathom.model import Model, finite
from fathom.protocol.frames import read_dataset
from fathom.protocol.insight import words
from fathom.protocol.insight.importance import permutation
from fathom.tasks.task import Task

FOLDER = "insight"
SPEC, RESULT = "spec.json", "result.json"
FILTERS = "fathom.deep.filters:first_filters"


def run(folder: Path, heard: Callable[[float, str], None]) -> None:
    """Look into the model that the spec in `folder` names; what is found goes to result.json.

    The spec: learner (its name), model (folder), data (folder with test and truth), measure, seconds, seed. The
    result: learner; for pictures `filters`, each with `weights` and `patches` (PNG files in base64) and
    `average` (whether `weights` shows one, see `deep.filters`); for tables
    `columns`, as `importance.permutation` gives them; for texts `words`, as `words.reading` does.
    """
    spec = json.loads((folder / SPEC).read_text("utf-8"))
    model = Model.load(spec["model"])
    data = Path(spec["data"])
    test = read_dataset(data / "test")
    found: dict[str, Any] = {"learner": spec["learner"]}
    if model.problem.inputs_of(Kind.IMAGE):
        found["filters"] = _filters(model, test, spec["seconds"])
        write_json(folder / RESULT, finite(found))
        return
    truth = model.problem.truth(read_dataset(data / "truth"))
    if model.problem.inputs_of(Kind.TEXT) and (model.problem.classes or model.problem.sets):
        found["words"] = words.reading(model, test, truth, spec["seconds"] / 2, spec["seed"], heard)
    if len(model.problem.inputs) > 1 or "words" not in found:
        task: Task = catalog.load(catalog.task(model.problem.task).path)
        measure = task.measure(spec["measure"])
        found["columns"] = permutation(model, test, truth, measure, spec["seconds"], spec["seed"], heard)
    write_json(folder / RESULT, finite(found))


def _filters(model: Model, test: Dataset, seconds: float) -> list[dict[str, Any]]:
    found = catalog.load(FILTERS)(model.learner, test, seconds)
    return [
        {
            "weights": _written(one.weights),
            "average": one.average,
            "patches": [_written(patch) for patch in one.patches],
        }
        for one in found
    ]


def _written(pixels: Any) -> str:
    return base64.b64encode(media.encode(pixels)).decode()


def main() -> None:
    """Run where processes cannot be forked: `python -m fathom.protocol.insight.insight FOLDER`."""
    run(Path(sys.argv[1]), lambda done, note: None)


if __name__ == "__main__":
    main()
