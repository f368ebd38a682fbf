"""How alerts are measured: the answers where a rare label is looked for."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from fathom.messages import phrase
from fathom.tasks import measures
from fathom.tasks.predictions import HALF, Alerts, Labels
from fathom.tasks.task import Measure

Floats = npt.NDArray[np.float64]
Truth = npt.NDArray[Any]
Weight = npt.NDArray[Any] | None

FALSE_ALARMS = 0.01  # the share of honest rows at which recall is told
HIGHEST = 100  # scores among which precision is told, where there are ten times as many rows


def weighed(labels: Labels, amounts: Floats | None, review_cost: float | None) -> Alerts:
    """The labels as alerts, with what each row would lose and what a look costs; refunds lose nothing."""
    if amounts is None or review_cost is None:
        return Alerts(labels.classes, labels.probabilities)
    lost = np.clip(np.nan_to_num(amounts), 0.0, None)
    return Alerts(labels.classes, labels.probabilities, HALF, lost, review_cost)


def saved(truth: Truth, alerts: Alerts) -> Floats:
    """What an alert on each row saves, float64 [rows]: the amount of a fraud that is stopped, less the look at it."""
    assert alerts.amounts is not None
    found: Floats = np.where(truth == 1, alerts.amounts, 0.0) - alerts.review_cost
    return found


def steps(truth: Truth, labels: Labels, weight: Weight) -> tuple[Floats, Floats]:
    """Weight of frauds and of others at each different score, the highest first."""
    weight = np.ones(len(truth)) if weight is None else weight
    found: tuple[Floats, Floats] = measures.steps(labels.probabilities[:, 1], truth == 1, weight)
    return found


def _recall_at_few_false_alarms(truth: Truth, labels: Labels, weight: Weight) -> float:
    """Share of the frauds found where one honest row in a hundred is flagged; between two scores a straight line."""
    frauds, others = steps(truth, labels, weight)
    if not (frauds.sum() > 0 and others.sum() > 0):
        return float("nan")
    false = np.concatenate([[0.0], np.cumsum(others) / others.sum()])
    found = np.concatenate([[0.0], np.cumsum(frauds) / frauds.sum()])
    return float(np.interp(FALSE_ALARMS, false, found)) if len(false) > 1 else float("nan")


def highest(rows: int) -> int:
    """Among how many of the highest scores precision is told.

    >>> highest(200), highest(5_000)
    (20, 100)
    """
    return max(min(HIGHEST, rows // 10), 1)


def _precision_among_highest(truth: Truth, labels: Labels, weight: Weight) -> float:
    """Share of frauds among the highest scores; of a score that only some of its rows fit in, their mean share."""
    frauds, others = steps(truth, labels, weight)
    taken, wanted = np.cumsum(frauds + others), float(highest(len(truth)))
    if not len(taken) or taken[-1] <= 0:
        return float("nan")
    wanted = min(wanted, float(taken[-1]))
    return float(np.interp(wanted, np.concatenate([[0.0], taken]), np.concatenate([[0.0], np.cumsum(frauds)])) / wanted)


def _money(truth: Truth, labels: Labels, weight: Weight) -> float:
    if not isinstance(labels, Alerts) or labels.amounts is None:
        return float("nan")
    each = np.where(labels.codes == 1, saved(truth, labels), 0.0)
    return float(each.sum() if weight is None else weight @ each)


def _precision(truth: Truth, labels: Labels, weight: Weight) -> float:
    weight = np.ones(len(truth)) if weight is None else weight
    said = labels.codes == 1
    return _ratio(weight[said & (truth == 1)].sum(), weight[said].sum())


def _recall(truth: Truth, labels: Labels, weight: Weight) -> float:
    weight = np.ones(len(truth)) if weight is None else weight
    return _ratio(weight[(labels.codes == 1) & (truth == 1)].sum(), weight[truth == 1].sum())


def _ratio(top: float, bottom: float) -> float:
    return float(top / bottom) if bottom > 0 else float("nan")


MEASURES = (
    measures.AVERAGE_PRECISION,
    Measure(
        "recall-at-1-percent",
        _recall_at_few_false_alarms,
        True,
        True,
        phrase("share of the frauds found where one honest row in a hundred is flagged"),
    ),
    Measure(
        "precision-at-k",
        _precision_among_highest,
        True,
        True,
        phrase("share of frauds among the hundred highest scores, or a tenth of the rows where they are fewer"),
    ),
    measures.ROC_AUC,
    Measure(
        "money-saved",
        _money,
        True,
        False,
        phrase("amounts of the frauds that are stopped, less what looking at alerts costs"),
        least=float("-inf"),
    ),
    Measure("alert-precision", _precision, True, True, phrase("share of alerts that are frauds")),
    Measure("alert-recall", _recall, True, True, phrase("share of frauds that raise an alert")),
    measures.LOG_LOSS,
)
