"""Predictions as JSON data."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from fathom.tasks.identities import Identities
from fathom.tasks.label_sets import LabelSets
from fathom.tasks.predictions import Alerts, Boxes, Forecasts, Labels, Numbers, Predictions, Scores, Spans


def part(predictions: Predictions, start: int, stop: int) -> Predictions:
    """The predictions of the rows from `start` to `stop`."""
    if start == 0 and stop == len(predictions):
        return predictions
    if isinstance(predictions, Labels):
        return replace(predictions, probabilities=predictions.probabilities[start:stop])
    return predictions.take(np.arange(start, stop))


def nested(predictions: Predictions) -> list[dict[str, Any]]:
    """One object per row: `prediction` with `probabilities` by class, or with `low` and `high`.

    Of several labels `prediction` is a list. Of spans it is a list of objects: start, end, text, label and probability;
    of boxes left, top, right, bottom, label and probability, the most probable first. Of persons it comes with
    `similarity`, `threshold` and `nearest`, null being nobody known. Of strange rows `prediction` is whether there
    is an alarm, with `score`, `threshold` and `reasons`.

    >>> nested(Numbers(np.array([3.0]), np.array([2.5]), np.array([3.5])))
    [{'prediction': 3.0, 'low': 2.5, 'high': 3.5}]
    """
    if isinstance(predictions, LabelSets):
        given = predictions.probabilities.tolist()
        return [
            {"prediction": list(said), "probabilities": dict(zip(predictions.classes, row, strict=True))}
            for said, row in zip(predictions.values, given, strict=True)
        ]
    if isinstance(predictions, Labels):
        classes = predictions.classes
        more = {"threshold": predictions.threshold} if isinstance(predictions, Alerts) else {}
        return [
            {**more, "prediction": classes[code], "probabilities": dict(zip(classes, row, strict=True))}
            for code, row in zip(predictions.codes.tolist(), predictions.probabilities.tolist(), strict=True)
        ]
    return flat(predictions)


def flat(predictions: Predictions) -> list[dict[str, Any]]:
    """One object per row with the columns of a batch prediction: `probability:<class>`, or `low` and `high`."""
    if isinstance(predictions, Labels):
        names = ["prediction", *(f"probability:{name}" for name in predictions.classes)]
        columns = [predictions.values.tolist(), *predictions.probabilities.T.tolist()]
    elif isinstance(predictions, LabelSets):
        names = ["prediction", *(f"probability:{name}" for name in predictions.classes)]
        columns = [[list(said) for said in predictions.values], *predictions.probabilities.T.tolist()]
    elif isinstance(predictions, Identities | Scores):
        return predictions.records()
    elif isinstance(predictions, Forecasts):
        return predictions.frame().to_dicts() if predictions.named is None else predictions.records()
    elif isinstance(predictions, Spans | Boxes):
        names, columns = ["prediction"], [predictions.records()]
    else:
        names, columns = list(numbers(predictions)), list(numbers(predictions).values())
    return [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]


def numbers(predictions: Numbers) -> dict[str, list[float]]:
    """`prediction`, and `low` and `high` where there is an interval, as lists."""
    columns = {"prediction": predictions.values.tolist()}
    if predictions.low is not None and predictions.high is not None:
        columns |= {"low": predictions.low.tolist(), "high": predictions.high.tolist()}
    return columns
