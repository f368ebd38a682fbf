"""The verdict over a study that was stopped, or had too little time: the best so far, called preliminary."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy.typing as npt
import polars as pl

from fathom.messages import phrase
from fathom.protocol import grown, verdict
from fathom.protocol.contenders import BASELINE
from fathom.protocol.frames import TESTED
from fathom.protocol.intervals import bootstrap, units_of
from fathom.protocol.standing import Sample
from fathom.protocol.study import INTERRUPTED, Study, Trial, Verdict
from fathom.tasks import predictions
from fathom.tasks.task import Measure


def told(
    study: Study, measure: Measure, truth: npt.NDArray[Any], samples: Sequence[Sample], margin: float | None
) -> Verdict:
    """The study's verdict, called preliminary if it was stopped; from samples where nobody learned all rows.

    `margin` is what a person gave, in points.
    """
    stopped = study.status == INTERRUPTED
    if any(trial.done and trial.learner != BASELINE for trial in study.trials):
        if not stopped:
            return study.verdict
        note = phrase("It was stopped early, so this is preliminary; the same command goes on with it.")
        return replace(study.verdict, preliminary=True, notes=[note, *study.verdict.notes])
    rows = _size(samples)
    trials = [trial for trial in study.trials if trial.done]
    trials += [_trial(each, measure, truth) for each in samples if (each.rows, each.draw) == (rows, 0)]
    if rows is None or len(trials) < 2:
        return replace(study.verdict, preliminary=stopped)
    trials.sort(key=lambda each: (each.score or 0.0) * (-1 if measure.higher_is_better else 1))
    said = [trial.predictions for trial in trials]
    compared = bootstrap(measure, truth, said, units=units_of(study.problem, study.test), seed=study.seed)
    unheard = [trial for trial in study.trials if trial.learner not in {each.learner for each in trials}]
    view = replace(study, trials=[*trials, *unheard], points=[], curves=[], outlook=None)
    found = verdict.draw(view, compared, verdict.matters(trials, measure, margin))
    values = {"some": rows, "all": study.train_rows, "text": found.text}
    if stopped:
        text = phrase(
            "Preliminary, for it was stopped when nobody had learned more than {some:,} of the {all:,} training rows. "
            "{text}",
            **values,
        )
        note = phrase("No model was kept; the same command goes on with it.")
    else:
        text = phrase(
            "Preliminary, for the time was too short to learn more than {some:,} of the {all:,} training rows. {text}",
            **values,
        )
        note = phrase("No model was kept; give more minutes for one.")
    return replace(
        found, text=text, notes=[note, *found.notes], grown=grown.grown(study, found.learner), preliminary=True
    )


def _size(samples: Sequence[Sample]) -> int | None:
    """The size that most contenders have learned, the larger where there are several: a fair comparison."""
    counts = Counter(each.rows for each in samples if each.draw == 0 and each.learner != BASELINE)
    return max(counts, key=lambda rows: (counts[rows], rows), default=None)


def _trial(sample: Sample, measure: Measure, truth: npt.NDArray[Any]) -> Trial:
    """What the contender did on a sample, as a trial."""
    answers = predictions.from_frame(pl.read_parquet(sample.folder / TESTED))
    return Trial(
        sample.learner,
        sample.family,
        score=float(measure.score(truth, answers, None)),
        fit_seconds=sample.fit_seconds,
        predict_ms_per_row=sample.predict_ms_per_row,
        peak_mb=sample.peak_mb,
        hurried=sample.hurried,
        folder=sample.folder,
    )
