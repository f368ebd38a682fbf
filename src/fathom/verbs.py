"""The public verbs that join rooms: check, explain, load, serve."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import polars as pl

from fathom.checkup import Checkup
from fathom.data.check import check as findings
from fathom.data.checks.series import check_series
from fathom.data.dataset import Dataset
from fathom.data.events.look import looked
from fathom.data.given import pictures
from fathom.data.kinds import Kind
from fathom.data.read import raw, read
from fathom.data.split import split
from fathom.errors import DataError
from fathom.messages import phrase
from fathom.model import Model
from fathom.protocol.insight.asking import named
from fathom.protocol.insight.decided import Decided, decided
from fathom.protocol.posing import FORECASTING, opened, posed, without
from fathom.protocol.request import Request
from fathom.serving.enrol import keeping
from fathom.serving.serve import serve as answer
from fathom.store import Store
from fathom.tasks.face_recognition import glimpsed


def check(
    data: Any,
    predict: str | None = None,
    *,
    task: str | None = None,
    kinds: Mapping[str, str] | None = None,
    seed: int = 0,
    time: str | None = None,
    horizon: int | None = None,
    series: Sequence[str] = (),
    known: Sequence[str] = (),
    holidays: str | None = None,
    season: int | None = None,
    step: str | None = None,
) -> Checkup:
    """What each column was taken for, and what is wrong with the data.

    With `predict`, the column to predict, leaks and duplicates across the split are looked for as well. The words that
    ask for forecasts (`horizon`, `series` ...) are those of `fathom.compare`: with them series are looked for.

    >>> check({"age": [31.0, 64.0, 47.0], "city": ["Seoul", "Busan", "Seoul"]}).dataset.names
    ('age', 'city')
    """
    request = Request(
        data,
        predict or "",
        task=task,
        time=time,
        kinds=kinds,
        seed=seed,
        horizon=horizon,
        series=series,
        known=known,
        holidays=holidays,
        season=season,
        step=step,
    )
    if predict is not None and (request.asked or task == FORECASTING):
        return _of_series(request)
    dataset = read(data, kinds=kinds)
    if time is not None:
        dataset.column(time)
    if predict is None:
        return Checkup(dataset, findings(dataset))
    _hold_to(dataset, predict)
    asked, problem = posed(dataset, request)
    found = findings(dataset, problem, split(dataset, problem, seed=seed))
    if problem.events is not None and time is not None:
        found += looked(dataset, problem.events, predict)
    return Checkup(dataset, [*found, *glimpsed(dataset, problem)] if problem.persons else found, asked.name)


def _hold_to(dataset: Dataset, predict: str) -> None:
    """Raise a DataError where the column is not there, with what reading says: it may be in a table left unread."""
    try:
        dataset.column(predict)
    except DataError as error:
        error.remedy = " ".join((error.remedy, *dataset.source.notices))
        raise


def _of_series(request: Request) -> Checkup:
    """What is wrong with series, and how they would be laid out."""
    request.check()
    table, _ = opened(request)
    task, problem = posed(without(table, request.drop, request.predict), request)
    _, problem, found = task.ready(table, problem)
    return Checkup(table, check_series(table, problem, found), task.name)


def explain(model: Model, picture: Any, about: Any = None, *, seconds: float = math.inf) -> Decided:
    """How much each place of a picture speaks for what the model says of it; `places` float64 [down, across].

    `picture`: a path, encoded bytes, an array of pixels, or a row's dict where the model reads more than a picture.
    `about`: a label, a person, or a box as the model says it; without it the most probable label, the surest box or the
    most similar person. With little time (`seconds`) places are fewer. A DataError where nothing is said of the
    picture, or the model answers neither labels nor boxes nor persons of pictures.
    """
    problem = model.problem
    if not problem.inputs_of(Kind.IMAGE) or not (problem.classes or problem.sets or problem.boxes or problem.persons):
        raise DataError(
            phrase("What decided is told of labels, boxes and persons in pictures; this model is for {task}.",
                   task=problem.task),
            remedy=phrase("Words that decide are told over HTTP: POST /explain."),
        )  # fmt: skip
    if isinstance(picture, Mapping):
        frame, source, folder = raw([dict(picture)])
        rows = model.laid_out(frame, folder, source.location)
    else:
        given = pictures([picture])
        if len(given) != 1:
            raise DataError(phrase("One row at a time is explained, not {count}.", count=len(given)))
        rows = model.laid_out(pl.DataFrame({problem.asked[0].name: pl.Series([given[0].data], dtype=pl.Binary)}))
    return decided(model, rows, None if about is None else [named(model, about)], seconds)[0]


def load(model: str | Path, *, store: str | Path | None = None) -> Model:
    """The model of this name in the store ("digits", "digits@2", "digits@best"), or in this folder."""
    return Store(Path(store) if store else None).load_model(str(model))


def serve(
    model: str | Path,
    *,
    host: str = "127.0.0.1",
    port: int = 8000,
    token: str | None = None,
    store: str | Path | None = None,
) -> None:
    """Answer predictions over HTTP until interrupted; any other host than loopback needs a token."""
    kept = Store(Path(store) if store else None)
    path = kept.model_path(str(model))
    answer(path, host=host, port=port, token=token, keep=keeping(kept, path))
