"""From samples to curves: what contenders scored on growing shares of the rows, and what that foretells."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from fathom.folders import whole_file
from fathom.protocol.advice.experience import experience
from fathom.protocol.contenders import BASELINE
from fathom.protocol.curves.curve import Point
from fathom.protocol.curves.forecast import Measured, forecast
from fathom.protocol.curves.weighing import Leaning
from fathom.protocol.frames import TESTED
from fathom.protocol.intervals import bootstrap, units_of
from fathom.protocol.standing import DOUBTS, Sample
from fathom.protocol.study import Study
from fathom.tasks import predictions
from fathom.tasks.measures import MAE, RMSE
from fathom.tasks.task import Measure

LEAST_SIZES = 2  # one size is no curve
FILE = "curves.npz"
ARRAYS = ("rows", "scores", "draws", "seconds")


def draw(study: Study, measure: Measure, truth: npt.NDArray[Any], samples: Sequence[Sample], margin: float) -> None:
    """Score the samples on the test rows, and draw the study's curves and its outlook from them.

    `margin` is the difference that matters, in the measure's own unit. Where nobody asked for curves nothing is
    foretold: one size tells nothing of more rows.
    """
    units = units_of(study.problem, study.test)
    measured = []
    for learner in dict.fromkeys(each.learner for each in samples if each.learner != BASELINE):
        own = sorted((each for each in samples if each.learner == learner), key=lambda each: (each.rows, each.draw))
        said = [predictions.from_frame(pl.read_parquet(each.folder / TESTED)) for each in own]
        compared = bootstrap(measure, truth, said, units=units, seed=study.seed, seconds=0.0)
        study.points += [_point(each, float(score)) for each, score in zip(own, compared.scores, strict=True)]
        fair = [at for at, each in enumerate(own) if not starved(each, own, study.train_rows, measure)]
        own, scores, resamples = [own[at] for at in fair], compared.scores[fair], compared.resamples[:, fair]
        if own and np.isfinite(scores).all():
            measured.append(_measured(own, scores, resamples))
    if not measured or not study.settings.get("curves", True):
        return
    keep(measured, study.folder / FILE)
    curves, study.outlook = forecast(
        measured,
        rows=float(study.train_rows),
        bounds=bounds(measure),
        higher_is_better=measure.higher_is_better,
        margin=margin,
        seed=study.seed,
        leaning=leaning(study.task, measure),
    )
    several = {each.learner for each in measured if len(set(each.rows.tolist())) >= LEAST_SIZES}
    study.curves = [curve for curve in curves if curve.learner in several]


def leaning(task: str, measure: Measure) -> Leaning | None:
    """The experience that a study's outlook is weighed with; None where there is none of its task.

    >>> from fathom.tasks.measures import ACCURACY, RMSE
    >>> leaning("tabular-regression", RMSE).squared, leaning("tabular-classification", ACCURACY).squared
    (True, False)
    """
    known = experience(task)
    return None if known is None else Leaning(known, squared=measure in (RMSE, MAE))


def bounds(measure: Measure) -> tuple[float, float]:
    """The lowest and the highest score there can be, infinite where there is none.

    >>> from fathom.tasks.measures import R2, RMSE
    >>> bounds(R2), bounds(RMSE)
    ((-inf, 1.0), (0.0, inf))
    """
    return measure.least, 1.0 if measure.percent else math.inf


def starved(sample: Sample, others: Sequence[Sample], rows: int, measure: Measure) -> bool:
    """Whether it used up its time and learned clearly less than from fewer rows: that tells of the time, not of rows.

    Validation rows say so. What was learned from all `rows` counts as it is, for that is what is deployed.
    """
    if not sample.hurried or sample.rows >= rows:
        return False
    sign = 1 if measure.higher_is_better else -1
    return any(
        sign * (other.score - sample.score) > DOUBTS * np.hypot(other.error, sample.error)
        for other in others
        if other.rows < sample.rows
    )


def keep(measured: Sequence[Measured], path: Path) -> None:
    """Write what the forecast was drawn from, so that it can be drawn anew without training anything."""
    arrays = {f"{each.learner}/{name}": getattr(each, name) for each in measured for name in ARRAYS}
    families = np.array([f"{each.learner}/{each.family}" for each in measured])
    with whole_file(path) as beside, beside.open("wb") as file:
        hurried = np.array([each.hurried for each in measured])
        np.savez_compressed(file, families=families, hurried=hurried, **arrays)


def kept(path: Path) -> list[Measured]:
    """What `keep` wrote."""
    with np.load(path) as arrays:
        named = [str(each).rpartition("/") for each in arrays["families"]]
        late = arrays["hurried"].tolist() if "hurried" in arrays else [False] * len(named)
        found = []
        for (learner, _, family), hurried in zip(named, late, strict=True):
            rows, scores, draws, seconds = (arrays[f"{learner}/{name}"] for name in ARRAYS)
            found.append(Measured(learner, family, rows, scores, draws, seconds, hurried))
        return found


def _point(sample: Sample, score: float) -> Point:
    return Point(
        sample.learner,
        sample.family,
        sample.rows,
        sample.draw,
        score,
        sample.fit_seconds,
        sample.predict_ms_per_row,
        sample.peak_mb,
        sample.hurried,
    )


def _measured(
    samples: Sequence[Sample], scores: npt.NDArray[np.float64], resamples: npt.NDArray[np.float64]
) -> Measured:
    return Measured(
        samples[0].learner,
        samples[0].family,
        np.array([each.rows for each in samples], dtype=np.int64),
        scores,
        np.where(np.isfinite(resamples), resamples, scores),
        np.array([math.nan if each.hurried else each.fit_seconds for each in samples]),
        samples[-1].hurried,
    )
