"""What a file for other programs computes: everything between a row's figures and a model's calibrated answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
from torch import Tensor, nn

from fathom.data.dataset import Dataset
from fathom.tasks.predictions import Predictions

AT_ONCE = 256  # rows answered at once

Arrays = tuple[npt.NDArray[Any], ...]
Answer = Callable[[tuple[Tensor, ...]], Arrays]  # outputs of inputs


@dataclass(frozen=True)
class Graph:
    """A module that can be traced, and what stands before and after it.

    `module` makes tensors of `example`, inputs of some rows, all with the rows first. `inputs` and `outputs` name both.
    `tensors` makes rows into what goes in; `predict(run, dataset)` makes calibrated predictions of what `run` makes of
    that. `longer` names the axes beside the rows that differ from batch to batch, by input. `preparation` says in plain
    JSON data how rows become inputs, `meaning` what the outputs mean, for whoever does both without fathom.
    """

    module: nn.Module
    example: tuple[Tensor, ...]
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    tensors: Callable[[Dataset], tuple[Tensor, ...]]
    predict: Callable[[Answer, Dataset], Predictions]
    preparation: dict[str, Any]
    meaning: dict[str, Any] = field(default_factory=dict)
    longer: dict[str, dict[int, str]] = field(default_factory=dict)


def in_batches(
    tensors: Callable[[Dataset], tuple[Tensor, ...]], read: Callable[[Arrays], Predictions]
) -> Callable[[Answer, Dataset], Predictions]:
    """How rows are predicted where what comes out is all that must be known: so many at once, then `read` together."""

    def predict(run: Answer, dataset: Dataset) -> Predictions:
        given, rows = tensors(dataset), len(dataset)
        if rows <= AT_ONCE:
            return read(run(given))
        parts = [run(tuple(each[at : at + AT_ONCE] for each in given)) for at in range(0, rows, AT_ONCE)]
        return read(tuple(np.concatenate(each) for each in zip(*parts, strict=True)))

    return predict


def widest(some: Arrays, others: Arrays) -> float:
    """The largest difference between two sets of outputs; infinite where their shapes differ.

    >>> widest((np.array([1.0, 2.0]),), (np.array([1.0, 2.5]),))
    0.5
    """
    if [each.shape for each in some] != [each.shape for each in others]:
        return float("inf")
    gaps = [np.abs(one.astype(np.float64) - other).max(initial=0.0) for one, other in zip(some, others, strict=True)]
    return float(max(gaps, default=0.0))
