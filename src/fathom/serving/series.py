"""What is told beside forecasts: what was put right, and on request the history as read and the parts."""

from __future__ import annotations

from typing import Any

import numpy as np

from fathom.data.series.windows import HISTORY, ORIGIN
from fathom.learner import Decomposer
from fathom.messages import phrase
from fathom.serving.models import Served
from fathom.serving.refusal import Refusal
from fathom.serving.rows import Rows
from fathom.tasks.forecasting import amended
from fathom.tasks.forecasts import Forecasts

HISTORIES, COMPONENTS = CHOICES = "history", "components"  # what a request may ask for
MOST_BACK = 160  # past steps, as many as a report draws


def asked_also(data: dict[str, Any], served: Served) -> frozenset[str]:
    """What else a request body asks for; a Refusal (422) where that is no true or false, or cannot be told."""
    if served.problem.horizon is None:
        return frozenset()
    for name in CHOICES:
        if type(data.get(name, False)) is not bool:
            raise Refusal(422, phrase("'{name}' is true or false.", name=name))
    wanted = frozenset(name for name in CHOICES if data.get(name))
    if COMPONENTS in wanted and not decomposes(served):
        what = phrase("The learner of this model ({name}) does not take series apart.", name=served.model.name)
        raise Refusal(422, what, remedy=phrase("Leave 'components' out."))
    return wanted


def decomposes(served: Served) -> bool:
    """Whether the model says what its forecasts are made of."""
    return served.problem.horizon is not None and isinstance(served.model.learner, Decomposer)


def choices(served: Served) -> tuple[str, ...]:
    """What a request may ask this model for beside its forecasts."""
    if served.problem.horizon is None:
        return ()
    return CHOICES if decomposes(served) else (HISTORIES,)


def notices(served: Served, rows: Rows) -> list[dict[str, Any]]:
    """What was put right in a history and left out of it, and what is not known of the steps to come."""
    frame = served.reader.frame(rows)
    found = amended(frame, served.problem)
    return [{"notice": each.what, **({"column": each.columns[0]} if each.columns else {})} for each in found]


def beside(said: Forecasts, served: Served, rows: Rows) -> list[dict[str, Any]]:
    """For each series what the request also asked for: `history`, the last steps as they were read, `components`."""
    horizon = served.problem.horizon
    assert horizon is not None
    windows = served.seen(rows)
    found: list[dict[str, Any]] = [{} for _ in range(len(windows))]
    if HISTORIES in rows.also:
        origins = windows.frame[ORIGIN].to_numpy().astype("datetime64[us]")
        whole = said.named is not None and said.named.whole
        for told, values, origin in zip(found, windows.frame[HISTORY].to_list(), origins, strict=True):
            last = (values or [])[-MOST_BACK:]
            stamps = horizon.stamps(origin[None], 1 - len(last), 0)[0].astype("datetime64[us]")
            times = stamps.astype(np.int64).tolist() if whole else stamps.tolist()
            told[HISTORIES] = [
                {horizon.time: time, served.problem.target: value} for time, value in zip(times, last, strict=True)
            ]
    if COMPONENTS in rows.also:
        learner = served.model.learner
        assert isinstance(learner, Decomposer)
        parts = learner.parts(windows, said)
        for row, told in enumerate(found):
            told[COMPONENTS] = parts.record(row, MOST_BACK)
    return found
