"""Measures on many resamples at once: the same figures as a measure's own score with weights, as matrix products."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from fathom.tasks import detections, entities, forecast_measures, likeness, measures
from fathom.tasks.identities import Identities
from fathom.tasks.predictions import Boxes, Forecasts, Labels, Numbers, Predictions, Scores, Spans
from fathom.tasks.task import Measure

Truth = npt.NDArray[Any]
Floats = npt.NDArray[np.float64]
Weights = npt.NDArray[np.float32]  # [resamples, rows]
Places = npt.NDArray[np.intp]
Scorer = Callable[[Weights], Floats]  # to [resamples, contenders]


def scorer(measure: Measure, truth: Truth, predictions: Sequence[Predictions]) -> Scorer:
    """A function from row weights [resamples, rows] to scores [resamples, contenders].

    >>> import numpy as np
    >>> from fathom.tasks.predictions import Numbers
    >>> score = scorer(measures.MAE, np.array([1.0, 2.0]), [Numbers(np.array([1.0, 4.0]))])
    >>> score(np.array([[1, 1], [2, 0]], dtype=np.float32)).ravel().tolist()
    [1.0, 0.0]
    """
    if isinstance(measure.score, entities.EntityScore):
        return _entities(measure.score, truth, predictions)
    if isinstance(measure.score, detections.BoxScore):
        return _boxes(measure.score, truth, predictions)
    if isinstance(measure.score, likeness.PairScore):
        return _pairs(measure.score, truth, predictions)
    if isinstance(measure.score, forecast_measures.ForecastScore):
        return _forecasts(measure.score, truth, predictions)
    fast = _FAST.get(measure.name)
    if fast is not None:
        return fast(truth, predictions)

    def one_by_one(weights: Weights) -> Floats:
        rows = weights.astype(np.float64)
        return np.array([[measure.score(truth, each, row) for each in predictions] for row in rows])

    return one_by_one


def scored(truth: Truth, predictions: Sequence[Predictions]) -> int:
    """How many things a resample weighs at once: the rows, or the boxes said in them where these are more.

    >>> from fathom.tasks.boxes import Box
    >>> scored(np.empty(1, dtype=object), [Boxes.of([[Box(0, 0, 9, 9, "cat", 0.9), Box(1, 1, 9, 9, "cat", 0.8)]])])
    2
    """
    said = [sum(map(len, each.rows)) for each in predictions if isinstance(each, Boxes)]
    return max([len(truth), *said])


def _mean(values: Callable[[Truth, Any], npt.NDArray[Any]], finish: Callable[[Floats], Floats]) -> Any:
    """Measures that are the weighted mean of a value per row."""

    def prepare(truth: Truth, predictions: Sequence[Predictions]) -> Scorer:
        matrix = np.stack([values(truth, each) for each in predictions], axis=1).astype(np.float64)
        middle = matrix.mean(axis=0)  # products in float32 lose little when the values are centred
        centred = (matrix - middle).astype(np.float32)

        def score(weights: Weights) -> Floats:
            total = weights.sum(axis=1, dtype=np.float64)[:, None]
            return finish((weights @ centred) / total + middle)

        return score

    return prepare


def _hits(truth: Truth, labels: Labels) -> npt.NDArray[np.bool_]:
    hits: npt.NDArray[np.bool_] = labels.codes == truth
    return hits


def _plain(values: Floats) -> Floats:
    return values


def _root(values: Floats) -> Floats:
    return np.sqrt(np.maximum(values, 0.0))


def _balanced_accuracy(truth: Truth, predictions: Sequence[Predictions]) -> Scorer:
    known = np.flatnonzero(truth >= 0)
    order = known[np.argsort(truth[known], kind="stable")]
    starts = np.flatnonzero(np.diff(truth[order], prepend=-1))
    hits = [_hits(truth, each)[order].astype(np.float32) for each in predictions if isinstance(each, Labels)]

    def score(weights: Weights) -> Floats:
        sorted_weights = weights[:, order]
        totals = np.add.reduceat(sorted_weights, starts, axis=1, dtype=np.float64)
        totals[totals == 0] = np.nan  # the class was not drawn
        columns = [np.add.reduceat(sorted_weights * hit, starts, axis=1, dtype=np.float64) / totals for hit in hits]
        return np.stack([_mean_where_known(list(column.T)) for column in columns], axis=1)

    return score


def _r2(truth: Truth, predictions: Sequence[Predictions]) -> Scorer:
    centred = truth - truth.mean()
    squares = np.stack([(truth - each.values) ** 2 for each in predictions if isinstance(each, Numbers)], axis=1)

    def score(weights: Weights) -> Floats:
        rows = weights.astype(np.float64)
        total = rows.sum(axis=1)
        spread = rows @ centred**2 - (rows @ centred) ** 2 / total
        spread[spread <= 0] = np.nan
        result: Floats = 1 - (rows @ squares) / spread[:, None]
        return result

    return score


def _roc_auc(truth: Truth, predictions: Sequence[Predictions]) -> Scorer:
    rankings = [_rankings(truth, each) for each in predictions if isinstance(each, Labels | Scores)]

    def score(weights: Weights) -> Floats:
        columns = [_mean_where_known([each.area(weights) for each in ranking]) for ranking in rankings]
        return np.stack(columns, axis=1)

    return score


def _entities(score: entities.EntityScore, truth: Truth, predictions: Sequence[Predictions]) -> Scorer:
    """What is right, said and true in each row is counted once; sums of whole numbers are exact in float32."""
    counts = [score.count(truth, each).rows for each in predictions if isinstance(each, Spans)]

    def scored(weights: Weights) -> Floats:
        columns = []
        for rows in counts:
            totals = weights @ rows.reshape(len(rows), -1)
            columns.append(score.figure(totals.reshape(len(weights), *rows.shape[1:]).astype(np.float64)))
        return np.stack(columns, axis=1)

    return scored


def _boxes(score: detections.BoxScore, truth: Truth, predictions: Sequence[Predictions]) -> Scorer:
    """Which box takes which true one is found once; resamples differ by the weights of their pictures."""
    matched = [score.found(truth, each) for each in predictions if isinstance(each, Boxes)]

    def scored(weights: Weights) -> Floats:
        return np.stack([score.figures(each, weights) for each in matched], axis=1)

    return scored


def _pairs(score: likeness.PairScore, truth: Truth, predictions: Sequence[Predictions]) -> Scorer:
    """Pairs are found and sorted once for each contender."""
    found = [(likeness.pairs(truth, each), each) for each in predictions if isinstance(each, Identities)]

    def scored(weights: Weights) -> Floats:
        return np.array([[score.of(pairs, each, row) for pairs, each in found] for row in weights])

    return scored


def _forecasts(score: forecast_measures.ForecastScore, truth: Truth, predictions: Sequence[Predictions]) -> Scorer:
    """Each window is summed once; a resample weighs the sums, in float64: few windows can be nearly all of them."""
    sums = np.stack([np.stack(score.sums(truth, each), axis=1) for each in predictions if isinstance(each, Forecasts)])
    flat = sums.transpose(1, 0, 2).reshape(len(truth), -1)

    def scored(weights: Weights) -> Floats:
        return score.of((weights.astype(np.float64) @ flat).reshape(len(weights), len(sums), 2))

    return scored


@dataclass(frozen=True)
class _Ranking:
    """One class against the rest: its rows, the others by rising probability, and its rows' places among those.

    A tie with other rows counts as half below, half above: hence a first and a last place.
    """

    positives: Places
    negatives: Places
    first: Places
    last: Places

    def area(self, weights: Weights) -> Floats:
        """The area under the ROC curve for each resample: the chance of ranking a positive above a negative row."""
        drawn = weights[:, self.positives]
        below = np.zeros((len(weights), len(self.negatives) + 1))
        np.cumsum(weights[:, self.negatives], axis=1, out=below[:, 1:])
        pairs = drawn.sum(axis=1, dtype=np.float64) * below[:, -1]
        pairs[pairs == 0] = np.nan  # one of the two was not drawn
        wins = np.einsum("ij,ij->i", drawn, below[:, self.first]) + np.einsum("ij,ij->i", drawn, below[:, self.last])
        result: Floats = wins / 2 / pairs
        return result


def _rankings(truth: Truth, said: Labels | Scores) -> list[_Ranking]:
    """A ranking for each class that is present and not alone; of scores one, of strange rows among usual ones."""
    if isinstance(said, Scores):
        against = [(truth > 0, said.score)]
    else:
        positions = [1] if len(said.classes) == 2 else range(len(said.classes))
        against = [(truth == position, said.probabilities[:, position]) for position in positions]
    result = []
    for positive, chance in against:
        positives, others = np.flatnonzero(positive), np.flatnonzero(~positive)
        if len(positives) and len(others):
            negatives = others[np.argsort(chance[others])]
            first, last = (np.searchsorted(chance[negatives], chance[positives], side) for side in ("left", "right"))
            result.append(_Ranking(positives, negatives, first, last))
    return result


def _mean_where_known(values: list[Floats]) -> Floats:
    """The mean over the list at each place, of what is not NaN there; NaN where nothing is."""
    stacked = np.stack(values)
    known = np.isfinite(stacked)
    count = known.sum(axis=0)
    total = np.where(known, stacked, 0.0).sum(axis=0)
    mean: Floats = np.divide(total, count, out=np.full(count.shape, np.nan), where=count > 0)
    return mean


_FAST: dict[str, Callable[[Truth, Sequence[Predictions]], Scorer]] = {
    measures.ACCURACY.name: _mean(_hits, _plain),
    measures.LOG_LOSS.name: _mean(measures.log_loss_per_row, _plain),
    measures.MAE.name: _mean(lambda truth, each: np.abs(truth - each.values), _plain),
    measures.RMSE.name: _mean(lambda truth, each: (truth - each.values) ** 2, _root),
    measures.R2.name: _r2,
    measures.BALANCED_ACCURACY.name: _balanced_accuracy,
    measures.ROC_AUC.name: _roc_auc,
}
