"""Measures: how well predictions agree with the truth. All take optional row weights, for the bootstrap."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from fathom.messages import phrase
from fathom.tasks.predictions import Labels, Numbers
from fathom.tasks.task import Measure

Truth = npt.NDArray[Any]
Weight = npt.NDArray[Any] | None

SMALLEST_PROBABILITY = 1e-7  # one confident mistake must not make a log-loss infinite
CALIBRATION_BINS = 15  # Guo et al. 2017


def _accuracy(truth: Truth, labels: Labels, weight: Weight) -> float:
    return float(np.average(labels.codes == truth, weights=weight))


def _balanced_accuracy(truth: Truth, labels: Labels, weight: Weight) -> float:
    weight = np.ones(len(truth)) if weight is None else weight
    known = truth >= 0
    size = len(labels.classes)
    total = np.bincount(truth[known], weights=weight[known], minlength=size)
    hits = np.bincount(truth[known], weights=(weight * (labels.codes == truth))[known], minlength=size)
    return float(np.mean(hits[total > 0] / total[total > 0])) if (total > 0).any() else float("nan")


def _macro_f1(truth: Truth, labels: Labels, weight: Weight) -> float:
    present = np.unique(truth[truth >= 0])
    if not len(present):
        return float("nan")
    weight = np.ones(len(truth)) if weight is None else weight
    right = (truth == labels.codes) & (truth >= 0)
    size = max(len(labels.classes), int(present[-1]) + 1)
    hits, true, said = (
        np.bincount(codes[rows], weights=weight[rows], minlength=size)[present]
        for codes, rows in ((truth, right), (truth, truth >= 0), (labels.codes, slice(None)))
    )
    total = true + said
    return float(np.mean(np.divide(2 * hits, total, out=np.zeros(len(present)), where=total > 0)))


def log_loss_per_row(truth: Truth, labels: Labels) -> npt.NDArray[np.float64]:
    """Minus the log of the probability given to the true class, float64 [rows]; an unknown class counts as zero."""
    given = np.where(truth >= 0, labels.probabilities[np.arange(len(truth)), truth], 0.0)
    loss: npt.NDArray[np.float64] = -np.log(np.clip(given, SMALLEST_PROBABILITY, 1.0))
    return loss


def _log_loss(truth: Truth, labels: Labels, weight: Weight) -> float:
    return float(np.average(log_loss_per_row(truth, labels), weights=weight))


def _calibration_error(truth: Truth, labels: Labels, weight: Weight) -> float:
    weight = np.ones(len(truth)) if weight is None else weight
    confidence = labels.probabilities.max(axis=1)
    bins = np.minimum((confidence * CALIBRATION_BINS).astype(int), CALIBRATION_BINS - 1)
    gap = weight * ((labels.codes == truth) - confidence)
    return float(np.abs(np.bincount(bins, weights=gap)).sum() / weight.sum())


def _one_against_rest(truth: Truth, labels: Labels, weight: Weight, score: Any) -> float:
    """The mean of a binary ranking score over the classes that are both present and not alone."""
    weight = np.ones(len(truth)) if weight is None else weight
    positions = [1] if len(labels.classes) == 2 else range(len(labels.classes))
    values = []
    for position in positions:
        positive = truth == position
        if weight[positive].sum() > 0 and weight[~positive].sum() > 0:
            values.append(score(*steps(labels.probabilities[:, position], positive, weight)))
    return float(np.mean(values)) if values else float("nan")


def steps(scores: Truth, positive: Truth, weight: Truth) -> tuple[Truth, Truth]:
    """Weight of the positive and of the negative rows at each different score, the highest first."""
    found, place = np.unique(-scores, return_inverse=True)
    sizes = {"minlength": len(found)}
    return np.bincount(place, weight * positive, **sizes), np.bincount(place, weight * ~positive, **sizes)


def area(positive: Truth, negative: Truth) -> float:
    """The chance that a positive row ranks above a negative one, from what `steps` gives."""
    below = negative.sum() - np.cumsum(negative)  # a tie counts as half
    return float((positive * (below + negative / 2)).sum() / (positive.sum() * negative.sum()))


def mean_precision(positive: Truth, negative: Truth) -> float:
    """The area under precision over recall, from what `steps` gives."""
    caught = np.cumsum(positive)
    taken = caught + np.cumsum(negative)
    return float((positive * np.divide(caught, taken, out=np.zeros(len(taken)), where=taken > 0)).sum() / caught[-1])


def _roc_auc(truth: Truth, labels: Labels, weight: Weight) -> float:
    return _one_against_rest(truth, labels, weight, area)


def _average_precision(truth: Truth, labels: Labels, weight: Weight) -> float:
    return _one_against_rest(truth, labels, weight, mean_precision)


def _root_mean_squared_error(truth: Truth, numbers: Numbers, weight: Weight) -> float:
    return float(np.sqrt(np.average((truth - numbers.values) ** 2, weights=weight)))


def _mean_absolute_error(truth: Truth, numbers: Numbers, weight: Weight) -> float:
    return float(np.average(np.abs(truth - numbers.values), weights=weight))


def _r2(truth: Truth, numbers: Numbers, weight: Weight) -> float:
    spread = np.average((truth - np.average(truth, weights=weight)) ** 2, weights=weight)
    return float(1 - np.average((truth - numbers.values) ** 2, weights=weight) / spread) if spread > 0 else float("nan")


def _coverage(truth: Truth, numbers: Numbers, weight: Weight) -> float:
    if numbers.low is None or numbers.high is None:
        return float("nan")
    return float(np.average((numbers.low <= truth) & (truth <= numbers.high), weights=weight))


ACCURACY = Measure("accuracy", _accuracy, True, True, phrase("share of rows labelled right"))
BALANCED_ACCURACY = Measure(
    "balanced-accuracy", _balanced_accuracy, True, True, phrase("accuracy, each class counting the same")
)
MACRO_F1 = Measure("macro-f1", _macro_f1, True, True, phrase("F1 averaged over the classes"))
ROC_AUC = Measure("roc-auc", _roc_auc, True, True, phrase("chance that a positive row ranks above a negative one"))
AVERAGE_PRECISION = Measure(
    "average-precision", _average_precision, True, True, phrase("area under precision over recall")
)
LOG_LOSS = Measure("log-loss", _log_loss, False, False, phrase("surprise at the true class, in nats"))
CALIBRATION_ERROR = Measure(
    "calibration-error", _calibration_error, False, True, phrase("gap between confidence and accuracy")
)
RMSE = Measure(
    "rmse", _root_mean_squared_error, False, False, phrase("root of the mean squared error, in the target's unit")
)
MAE = Measure("mae", _mean_absolute_error, False, False, phrase("mean absolute error, in the target's unit"))
R2 = Measure("r2", _r2, True, True, phrase("share of the variance explained"), least=-math.inf)
COVERAGE = Measure(  # it tells and does not decide: the widest intervals would win
    "interval-coverage",
    _coverage,
    True,
    True,
    phrase("share of rows inside their prediction interval"),
    decides=False,
)
