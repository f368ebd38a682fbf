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

Arrays = tuple[npt.NDArray[Any], ...]


@dataclass(frozen=True)
class Graph:
    """A module that can be traced, and what stands before and after it.

    `module` makes tensors of `example`, inputs of some rows, all with the rows first. `inputs` and `outputs` name both.
    `tensors` makes rows into what goes in, `said` makes predictions, calibrated, of what comes out and went in.
    `longer` names the axes beside the rows that differ from batch to batch, by input. `preparation` says in plain JSON
    data how rows become inputs, for whoever does it without fathom.
    """

    module: nn.Module
    example: tuple[Tensor, ...]
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    tensors: Callable[[Dataset], tuple[Tensor, ...]]
    said: Callable[[Arrays, tuple[Tensor, ...]], Predictions]
    preparation: dict[str, Any]
    longer: dict[str, dict[int, str]] = field(default_factory=dict)

    def answer(self, given: tuple[Tensor, ...]) -> Arrays:
        """What the module itself makes of inputs."""
        found = self.module(*given)
        return tuple(each.numpy() for each in (found if isinstance(found, tuple) else (found,)))


def widest(some: Arrays, others: Arrays) -> float:
    """The largest difference between two sets of outputs; infinite where their shapes differ.

    >>> widest((np.array([1.0, 2.0]),), (np.array([1.0, 2.5]),))
    0.5
    """
    if [each.shape for each in some] != [each.shape for each in others]:
        return float("inf")
    gaps = [np.abs(one.astype(np.float64) - other).max(initial=0.0) for one, other in zip(some, others, strict=True)]
    return float(max(gaps, default=0.0))
