"""What matters: how much the winner loses when one column's values, or one place of its pictures, are exchanged."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from fathom import catalog
from fathom.data.dataset import Dataset
from fathom.data.kinds import MEDIA_KINDS, Kind
from fathom.folders import write_json
from fathom.model import Model, calibrated, finite
from fathom.protocol.frames import read_dataset
from fathom.protocol.insight import alerted, decided, places, words
from fathom.protocol.intervals import bootstrap
from fathom.tasks.predictions import Predictions
from fathom.tasks.task import Measure, Task

SPEC, RESULT = "spec.json", "result.json"
MOST_ROWS = 2_000
LEAST_SECONDS = 0.5  # where loading took all of them: less than a trial's grace, and enough to look at something
FEW = 200  # rows of a label, below which a sample of the test rows keeps them all
SHUFFLES = 5
INTERVALS = 0.5  # of the seconds at most, for the intervals: of average precision they take longer than the answers
FIND = "fathom.classical.parcel:find"


def run(folder: Path, heard: Callable[[float, str], None]) -> None:
    """Measure what the spec in `folder` asks for; the list goes to result.json.

    Of texts the words go to words.json, of pictures what decided in mistakes to decided.json, of alerts the reasons to
    alerts.json.
    The spec: model (folder), data (folder with test and truth), measure, seconds, seed, own (types and modules
    of a person's own estimator; empty for any other).
    """
    begin = time.monotonic()
    spec = json.loads((folder / SPEC).read_text("utf-8"))
    own = spec["own"]
    if own:
        catalog.load(FIND)(own["modules"])
    model = Model.load(spec["model"], trusted=tuple(own.get("types", ())))
    data = Path(spec["data"])
    test = read_dataset(data / "test")
    truth = model.problem.truth(read_dataset(data / "truth"))
    task: Task = catalog.load(catalog.task(model.problem.task).path)
    seconds, seed = max(spec["seconds"] - (time.monotonic() - begin), LEAST_SECONDS), spec["seed"]
    if model.problem.inputs_of(Kind.IMAGE):
        problem = model.problem
        if problem.classes or problem.sets or problem.persons:
            seconds /= 2
        if problem.answer != Kind.NUMBER:
            write_json(folder / decided.FILE, finite(decided.reading(model, test, truth, seconds)))
        # Things stand elsewhere in each picture: a mean over pictures says nothing of boxes.
        found = [] if problem.boxes else places.occlusion(model, test, truth, seconds, seed, heard)
    else:
        if model.problem.inputs_of(Kind.TEXT) and (model.problem.classes or model.problem.sets):
            seconds /= 2
            write_json(folder / words.FILE, finite(words.reading(model, test, truth, seconds, seed, heard)))
        if model.problem.events is not None:
            write_json(folder / alerted.FILE, finite(alerted.reading(model, test, truth)))
        alone = len(model.problem.inputs) == 1 and model.problem.inputs_of(Kind.TEXT)  # to shuffle it says nothing
        measure = task.measure(spec["measure"])
        found = [] if alone else permutation(model, test, truth, measure, seconds, seed, heard)
    write_json(folder / RESULT, finite(found))


def permutation(
    model: Model,
    test: Dataset,
    truth: npt.NDArray[Any],
    measure: Measure,
    seconds: float,
    seed: int = 0,
    heard: Callable[[float, str], None] = lambda done, note: None,
) -> list[dict[str, Any]]:
    """Permutation importance (Breiman 2001) of each input, the most important first: column, drop, low, high.

    `drop` is how much worse the score gets, in the measure's unit, the mean of up to five shuffles; `low` and `high`
    its 95 % bootstrap interval over the test rows. Columns that time did not suffice for are left out, and all where
    the measure has no value on these rows; columns of media have no importance of their own.
    """
    deadline = time.monotonic() + seconds
    random = np.random.default_rng(seed)
    rows, each = _sample(truth, len(model.problem.classes) or len(model.problem.conditions), random)
    test, truth = test.take(rows), truth[rows]
    whole = _predict(model, test)
    columns = [column.name for column in model.problem.inputs if column.kind not in MEDIA_KINDS]
    shuffled: dict[str, list[Predictions]] = {name: [] for name in columns}
    total = SHUFFLES * len(columns)
    begun = time.monotonic()
    _drop("", truth, each, whole, [whole], measure, seed)
    kept = min((1 + SHUFFLES) / 2 * (time.monotonic() - begun) * len(columns), INTERVALS * seconds)
    for done in range(total):  # all columns once before any a second time, so that time is shared fairly
        if time.monotonic() > deadline - kept:
            break
        name = columns[done % len(columns)]
        shuffled[name].append(_predict(model, _shuffle(test, name, random)))
        heard((done + 1) / total, name)
    least = measure.score(truth, whole, each)
    sign = 1 if measure.higher_is_better else -1
    lost = {
        name: sign * (least - float(np.mean([measure.score(truth, one, each) for one in tried])))
        for name, tried in shuffled.items()
        if tried
    }
    found: list[dict[str, Any]] = []
    for name in sorted((name for name in lost if np.isfinite(lost[name])), key=lambda name: -lost[name]):
        if found and time.monotonic() > deadline:
            break  # of those that matter less
        found.append(_drop(name, truth, each, whole, shuffled[name], measure, seed))
    return sorted(found, key=lambda drop: -drop["drop"])


def _sample(
    truth: npt.NDArray[Any], classes: int, random: np.random.Generator
) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.float32] | None]:
    """Up to `MOST_ROWS` rows, and how many each stands for (None: all stand for as many).

    Rows of a rare label are all kept, in the place of others: with one fraud in a thousand two thousand rows drawn by
    chance have two, and none of a column's worth could be told.
    """
    if len(truth) <= MOST_ROWS:
        return np.arange(len(truth)), None
    rows = np.sort(random.choice(len(truth), MOST_ROWS, replace=False))
    if not classes:
        return rows, None
    whole, drawn = (np.bincount(codes[codes >= 0], minlength=classes) for codes in (truth, truth[rows]))
    rare = np.flatnonzero((drawn < FEW) & (whole > drawn) & (whole.max() > 2 * whole))[: MOST_ROWS // (2 * FEW)]
    if not len(rare):
        return rows, None
    kept = [np.flatnonzero(truth == code) for code in rare]
    kept = [random.choice(each, FEW, replace=False) if len(each) > FEW else each for each in kept]
    others = np.flatnonzero(~np.isin(truth, rare))
    room = min(MOST_ROWS - sum(map(len, kept)), len(others))
    rows = np.sort(np.concatenate([*kept, random.choice(others, room, replace=False)]))
    stands = np.full(len(rows), len(others) / max(room, 1), dtype=np.float32)
    for code, each in zip(rare.tolist(), kept, strict=True):
        stands[truth[rows] == code] = whole[code] / len(each)
    return rows, stands


def _predict(model: Model, rows: Dataset) -> Predictions:
    return calibrated(model.learner.predict(rows), model.calibration)


def _shuffle(test: Dataset, name: str, random: np.random.Generator) -> Dataset:
    mixed = test.frame[name].gather(random.permutation(len(test)))
    return replace(test, frame=test.frame.with_columns(pl.Series(name, mixed)))


def _drop(
    name: str,
    truth: npt.NDArray[Any],
    each: npt.NDArray[np.float32] | None,
    whole: Predictions,
    shuffled: list[Predictions],
    measure: Measure,
    seed: int,
) -> dict[str, Any]:
    drawn = bootstrap(measure, truth, [whole, *shuffled], seed=seed, seconds=0.0, each=each)
    sign = 1 if measure.higher_is_better else -1
    drop = sign * (drawn.scores[0] - drawn.scores[1:].mean())
    drops = sign * (drawn.resamples[:, 0] - drawn.resamples[:, 1:].mean(axis=1))
    known = drops[np.isfinite(drops)]
    low, high = np.quantile(known, [0.025, 0.975]) if len(known) else (drop, drop)
    return {"column": name, "drop": float(drop), "low": float(low), "high": float(high)}


def main() -> None:
    """Run where processes cannot be forked: `python -m fathom.protocol.insight.importance FOLDER`."""
    run(Path(sys.argv[1]), lambda done, note: None)


if __name__ == "__main__":
    main()
