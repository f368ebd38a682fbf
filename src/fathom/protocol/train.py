"""Train one learner under the protocol: the same rows held out, the same test, the model kept."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from fathom.errors import TrainingError
from fathom.messages import phrase, words
from fathom.model import Model
from fathom.protocol.conduct import conduct
from fathom.protocol.progress import Listener, silent
from fathom.protocol.request import Request
from fathom.protocol.schedule import Schedule
from fathom.store import Store


def train(
    data: Any,
    predict: str | None = None,
    *,
    learner: Any,
    minutes: float = 5.0,
    store: Store | Path | str | None = None,
    started: float | None = None,
    progress: Listener | None = None,
    **options: Any,
) -> Model:
    """The model that one `learner` (a name, or an own object) makes of `data`, tested beside the baseline.

    `options` are the others of `fathom.compare`. The model is kept in `store`; its card says under "stored" by what
    name, version and path, and how it scored. TrainingError, with the reason, where the learner fails.
    """
    request = Request(data, predict, minutes=minutes, learners=[learner], curves=False, **options)
    schedule = Schedule(60.0 * minutes, time.monotonic() if started is None else started)
    shelf = store if isinstance(store, Store) else Store(store)
    study = conduct(request, shelf, schedule, progress or silent, single=True)
    trial = study.trial(study.settings["learners"][-1])
    if not trial.done or study.model is None:
        raise TrainingError(
            phrase(
                "'{learner}' gave no model: {message}.",
                learner=trial.learner,
                message=trial.message or words.status(trial.status),
            ),
            where=str(trial.folder),
            remedy=phrase("Install it, or choose another learner: `fathom learners` lists them.")
            if trial.status == "skipped"
            else phrase("Give more minutes, or choose another learner: `fathom learners` lists them."),
        )
    model = study.load_model(trial.learner)
    model.card["stored"] = study.model
    return model
