"""What a study made put into the store, with what was measured of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from fathom import catalog
from fathom.store import Store
from fathom.tasks.task import Task

if TYPE_CHECKING:
    from fathom.protocol.study import Study


def keep(
    study: Study, store: Store, name: str, learner: str, beside_it: Callable[[Path], None] | None = None
) -> dict[str, Any]:
    """Put the learner's model into the store as the next version of `name`; its card then says how it scored.

    `beside_it` writes further files beside the model's record. A StoreError where the trial came to no model.
    """
    trial = study.trained(learner)
    task: Task = catalog.load(catalog.task(study.task).path)
    card = {
        "study": study.name,
        "measure": study.measure,
        "higher_is_better": task.measure(study.measure).higher_is_better,
        "score": trial.score,
        "low": trial.low,
        "high": trial.high,
        "scores": {key: value for key, value in trial.measures.items() if np.isfinite(value)},
        "test_rows": study.test_rows,
        "verdict": study.verdict.text,
    }
    version, path = store.adopt(trial.folder / "model", name, card, beside_it)
    return {"name": name, "version": version, "path": str(path)}
