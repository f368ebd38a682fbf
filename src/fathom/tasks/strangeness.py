"""Measures of scores: whether strange rows get higher ones than usual rows, and what a stated alarm budget catches."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from fathom.messages import phrase
from fathom.tasks import measures
from fathom.tasks.scores import Scores
from fathom.tasks.task import Measure

Truth = npt.NDArray[Any]  # int64 [rows]: 0 a usual row, from 1 on the kind of an anomaly
Weight = npt.NDArray[Any] | None


def _weights(truth: Truth, weight: Weight) -> npt.NDArray[np.float64]:
    return np.ones(len(truth)) if weight is None else np.asarray(weight, dtype=np.float64)


def _ranked(truth: Truth, said: Scores, weight: Weight, figure: Any) -> float:
    drawn, strange = _weights(truth, weight), truth > 0
    if not (drawn[strange].sum() > 0 and drawn[~strange].sum() > 0):
        return float("nan")
    return float(figure(*measures.steps(said.score, strange, drawn)))


def _roc_auc(truth: Truth, said: Scores, weight: Weight) -> float:
    return _ranked(truth, said, weight, measures.area)


def _average_precision(truth: Truth, said: Scores, weight: Weight) -> float:
    return _ranked(truth, said, weight, measures.mean_precision)


def _share(which: npt.NDArray[np.bool_], of: npt.NDArray[np.bool_], weight: npt.NDArray[np.float64]) -> float:
    total = weight[of].sum()
    return float(weight[which & of].sum() / total) if total > 0 else float("nan")


def _precision(truth: Truth, said: Scores, weight: Weight) -> float:
    return _share(truth > 0, said.flagged, _weights(truth, weight))


def _recall(truth: Truth, said: Scores, weight: Weight) -> float:
    return _share(said.flagged, truth > 0, _weights(truth, weight))


def _false_alarms(truth: Truth, said: Scores, weight: Weight) -> float:
    return _share(said.flagged, truth == 0, _weights(truth, weight))


ROC_AUC = Measure(
    "roc-auc", _roc_auc, True, True, phrase("chance that a strange row has a higher score than a usual one")
)
AVERAGE_PRECISION = Measure(
    "average-precision",
    _average_precision,
    True,
    True,
    phrase("share of strange rows among those of the highest scores, averaged over how many are looked at"),
)
PRECISION = Measure("alarm-precision", _precision, True, True, phrase("share of the alarms that are strange rows"))
RECALL = Measure("alarm-recall", _recall, True, True, phrase("share of the strange rows that raise an alarm"))
FALSE_ALARMS = Measure(
    "false-alarm-rate", _false_alarms, False, True, phrase("share of the usual rows that raise an alarm")
)
MEASURES = (ROC_AUC, AVERAGE_PRECISION, PRECISION, RECALL, FALSE_ALARMS)
