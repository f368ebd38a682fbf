"""Calibration on validation rows: probabilities that mean what they say, intervals that hold what they promise."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize, minimize_scalar

from fathom.model import LEAST
from fathom.tasks import alerts, bands, detections, likeness
from fathom.tasks.identities import Identities
from fathom.tasks.label_sets import HALF, LabelSets, micro_f1
from fathom.tasks.predictions import Alerts, Boxes, Forecasts, Labels, Numbers, Predictions, Scores, Spans

COVERAGE = 0.9
FEWEST_ROWS = 20  # below, a temperature would follow chance
COLDEST, HOTTEST = 0.1, 10.0
THRESHOLDS = np.round(np.arange(0.1, 0.91, 0.05), 2)


def fit(truth: npt.NDArray[Any], predictions: Predictions, budget: float | None = None) -> dict[str, float]:
    """What to correct, learned from the validation rows: a temperature for labels, a half width for numbers.

    For scores of anomalies the one from which a row is flagged: that of the rows that the alarm budget lets pass.
    For sets of labels the probability from which on a label is said; for identities from which similarity on somebody
    is known, or two are the same; for boxes the probability from which one is said; for forecasts how much wider each
    band becomes, by part of the horizon.

    For alerts slope and shift of the log-odds, and the probability from which on a row is one: what saves the most
    money where costs are known, else the best F1; no more than `budget`, a share of the rows, where there is one;
    `rows`: by how many it was kept to.

    Empty where there are too few rows to learn it from.

    >>> fit(np.arange(99.0), Numbers(np.zeros(99)))
    {'half_width': 89.0, 'coverage': 0.9}
    """
    if isinstance(predictions, Alerts):
        return _alarm(truth, predictions, budget)
    if isinstance(predictions, Labels):
        return _temperature(truth, predictions)
    if isinstance(predictions, LabelSets):
        return _threshold(truth, predictions)
    if isinstance(predictions, Scores):
        return _watchful(predictions)
    if isinstance(predictions, Identities):
        return _likeness(truth, predictions)
    if isinstance(predictions, Boxes):
        return _least_sure(truth, predictions)
    if isinstance(predictions, Forecasts):
        return bands.learned(truth, predictions)
    if isinstance(predictions, Spans):  # there is no probability of what was not said
        return {}
    return _half_width(truth, predictions)


def _temperature(truth: npt.NDArray[np.int64], labels: Labels) -> dict[str, float]:
    """The temperature that makes the truth most probable (Guo et al. 2017); 1.0 leaves the probabilities alone.

    Few rows, all right, would ask for ever more sharpness. So a temperature below 1.0 must be the best one still when
    one more row is wrong (the rule of succession).
    """
    known = truth >= 0
    if known.sum() < FEWEST_ROWS:
        return {}
    logits, answers = np.log(np.clip(labels.probabilities[known], 1e-7, 1.0)), truth[known]
    found = _best(logits, answers, HOTTEST, doubt=0.0)
    if found is not None and found < 1.0:
        found = _best(logits, answers, 1.0, doubt=1.0 / (len(logits) + 1))
    return {} if found is None else {"temperature": found}


def _best(
    logits: npt.NDArray[np.float64], answers: npt.NDArray[np.int64], hottest: float, doubt: float
) -> float | None:
    """The temperature of least log-loss, with `doubt` of the truth spread over all labels; None where 1.0 is better."""
    rows = np.arange(len(logits))

    def loss(log_temperature: float) -> float:
        scaled = logits / math.exp(log_temperature)
        scaled -= scaled.max(axis=1, keepdims=True)
        logs = scaled - np.log(np.exp(scaled).sum(axis=1, keepdims=True))
        return -float(np.mean((1 - doubt) * logs[rows, answers] + doubt * logs.mean(axis=1)))

    found = minimize_scalar(loss, bounds=(math.log(COLDEST), math.log(hottest)), method="bounded")
    return math.exp(found.x) if found.fun < loss(0.0) else None


def _alarm(truth: npt.NDArray[np.int64], said: Alerts, budget: float | None) -> dict[str, float]:
    """Platt's slope and shift, with the labels as he smoothed them, and the threshold; half where no fraud is known."""
    known = np.flatnonzero(truth >= 0)
    truth, said = truth[known], said.take(known)
    rows = {} if budget is None else {"rows": float(len(truth))}
    frauds = int((truth == 1).sum())
    if not frauds or frauds == len(truth):
        return {"alert": HALF if budget is None else max(HALF, _capped(said.scores, budget))} | rows
    given = np.clip(said.probabilities, LEAST, 1.0)
    odds = np.log(given[:, 1]) - np.log(given[:, 0])
    goal = np.where(truth == 1, (frauds + 1) / (frauds + 2), 1 / (len(truth) - frauds + 2))

    def loss(theta: npt.NDArray[np.float64]) -> tuple[float, npt.NDArray[np.float64]]:
        line = np.exp(theta[0]) * odds + theta[1]
        rare = 1 / (1 + np.exp(-np.clip(line, -700, 700)))
        value = float(np.mean(np.logaddexp(0, line) - goal * line))
        gap = rare - goal
        return value, np.array([np.mean(gap * odds) * np.exp(theta[0]), np.mean(gap)])

    found = minimize(loss, np.zeros(2), jac=True, method="L-BFGS-B", bounds=[(-3, 3), (-20, 20)])
    slope, shift = math.exp(found.x[0]), float(found.x[1])
    line = slope * odds + shift
    return {"slope": slope, "shift": shift, "alert": _alert(truth, said, 1 / (1 + np.exp(-line)), budget)} | rows


def _capped(scores: npt.NDArray[np.float64], budget: float) -> float:
    """The least threshold that no more than this share of the scores reaches."""
    if not len(scores):
        return HALF
    falling = np.sort(scores)[::-1]
    return float(np.nextafter(falling[min(math.floor(budget * len(falling)), len(falling) - 1)], 2.0))


def _alert(truth: npt.NDArray[np.int64], said: Alerts, scores: npt.NDArray[np.float64], budget: float | None) -> float:
    """The threshold that serves these rows best: between the last score that is flagged and the next."""
    order = np.argsort(-scores, kind="stable")
    falls = np.flatnonzero(np.diff(scores[order], append=-1.0) < 0)  # where all rows of a score are flagged
    if budget is not None:
        falls = falls[falls + 1 <= budget * len(truth)]
    if said.amounts is not None:
        worth = np.cumsum(alerts.saved(truth, said)[order])[falls]
    else:
        found = np.cumsum(truth[order] == 1)[falls]
        worth = 2 * found / (falls + 1 + (truth == 1).sum())
    if not len(falls) or worth.max() <= 0:  # nothing is worth a look, or no row may have one
        return float(np.nextafter(scores.max(), 2.0)) if len(scores) else HALF
    last = falls[int(worth.argmax())]
    below = scores[order][last + 1] if last + 1 < len(scores) else 0.0
    return float((scores[order][last] + below) / 2)


def _threshold(truth: npt.NDArray[np.int8], sets: LabelSets) -> dict[str, float]:
    """The probability from which on a label is said, by the F1 of all labels; one for all, for each has few rows."""
    known = truth[:, 0] >= 0
    if known.sum() < FEWEST_ROWS:
        return {}
    scores = {float(at): micro_f1(truth[known], sets.take(np.flatnonzero(known)).at(at), None) for at in THRESHOLDS}
    best = max(scores, key=lambda at: (scores[at] if math.isfinite(scores[at]) else -1.0, -abs(at - HALF)))
    return {} if best == HALF else {"threshold": best}


def _likeness(truth: npt.NDArray[np.int64], said: Identities) -> dict[str, float]:
    """The similarities that let the stated share of the strangers' rows, and of their pairs, in.

    With them `strangers`: by how many of these rows the first was chosen. Without strangers a known person whom the
    gallery is asked to forget for the moment plays one, and pairs are of all rows.
    """
    foreign = likeness.strangers(truth, said)
    similar = said.highest[foreign]
    if not foreign.any():
        others = said.similarities.copy()
        rows = np.flatnonzero(truth >= 0)
        others[rows, truth[rows]] = -1.0
        similar = others[rows].max(axis=1)
    among = foreign if len(np.unique(truth[foreign])) > 1 else truth >= 0
    found = likeness.pairs(truth, said, among)
    chosen = {
        name: likeness.threshold(impostors, said.far)
        for name, impostors in (("threshold", similar), ("pair_threshold", found.scores[~found.genuine]))
        if len(impostors)
    }
    return {**chosen, "strangers": float(len(similar))} if len(similar) else chosen


def _least_sure(truth: npt.NDArray[Any], boxes: Boxes) -> dict[str, float]:
    """The probability from which a box is said, by the F1 of all boxes at half overlap."""
    labels = detections.found(truth, boxes, (0.5,))
    true = sum(float(one.true.sum()) for one in labels)
    if true < FEWEST_ROWS:
        return {}
    sure = np.concatenate([one.probability for one in labels])
    right = np.concatenate([one.hit[:, 0] for one in labels])

    def f1(at: float) -> float:
        said = sure >= at
        return 2 * float(right[said].sum()) / (float(said.sum()) + true)

    best = max(map(float, THRESHOLDS), key=lambda at: (f1(at), -abs(at - HALF)))
    return {} if best == HALF else {"threshold": best}


def _watchful(scores: Scores) -> dict[str, float]:
    """The score that a new row like these exceeds with no more than the budget's probability (Vovk et al. 2005).

    No label is looked at: rows that are strange themselves raise it. Of fewer rows than one over the budget the
    highest score decides, and more rows than wanted will be flagged. `rows`: by how many it was chosen.
    """
    ordered = np.sort(scores.score)[::-1]
    allowed = math.floor(scores.share * (len(ordered) + 1))
    threshold = ordered[max(allowed - 1, 0)]
    return {"threshold": float(np.nextafter(threshold, np.inf)), "rows": float(len(ordered))}


def _half_width(truth: npt.NDArray[np.float64], numbers: Numbers) -> dict[str, float]:
    """The error that `COVERAGE` of new rows stay within (split conformal, Lei et al. 2018)."""
    errors = np.sort(np.abs(truth - numbers.values)[np.isfinite(truth)])
    rank = math.ceil((len(errors) + 1) * COVERAGE)
    if rank > len(errors):  # too few rows to promise anything
        return {}
    return {"half_width": float(errors[rank - 1]), "coverage": COVERAGE}
