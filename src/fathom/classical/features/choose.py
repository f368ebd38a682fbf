"""Which features a problem gets: by what goes in, and by what the estimator does with them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from fathom import catalog
from fathom.classical.features.codes import Codes
from fathom.classical.features.table import Table
from fathom.data.dataset import Dataset
from fathom.tasks.problem import Problem

PATHS = {  # loaded when used: a table needs no picture library
    "Codes": "fathom.classical.features.codes:Codes",
    "Table": "fathom.classical.features.table:Table",
    "Picture": "fathom.classical.features.image:Picture",
}


class Features(Protocol):
    """What a learner is told about rows."""

    @property
    def names(self) -> list[str]:
        """The features' names, in the matrix's order."""

    def matrix(self, dataset: Dataset) -> npt.NDArray[Any]:
        """The features of a dataset's rows, float [rows, names]."""

    def to_json(self) -> dict[str, Any]:
        """All that was learned about the columns, as plain JSON data."""


def scaled(problem: Problem, train: Dataset) -> Features:
    """Numbers of comparable size, never missing: for sums."""
    return _picture(problem, train) or Table.learn(problem.inputs, train.frame)


def squashed(problem: Problem, train: Dataset) -> Features:
    """As `scaled`, large values bent, and of pictures the features whose neighbours are alike: for distances."""
    return _picture(problem, train, near=True) or Table.learn(problem.inputs, train.frame, squash=True)


def coded(problem: Problem, train: Dataset) -> Features:
    """Numbers as they are, categories as codes: for thresholds."""
    return _picture(problem, train) or Codes.learn(problem.inputs, train.frame)


def rows(features: Features, records: Sequence[Mapping[str, Any]]) -> npt.NDArray[np.float64]:
    """A table's features of a few rows, each a dict of cells as a dataset stores them; equal to `matrix` to the bit."""
    assert isinstance(features, Codes | Table), "pictures are read from datasets alone"
    return features.rows(records)


def to_json(features: Features) -> dict[str, Any]:
    """Features as plain JSON data."""
    return {"kind": type(features).__name__, **features.to_json()}


def from_json(data: dict[str, Any]) -> Any:
    """The features that `to_json` described."""
    rest = {name: value for name, value in data.items() if name != "kind"}
    return catalog.load(PATHS[data["kind"]]).from_json(rest)


def _picture(problem: Problem, train: Dataset, *, near: bool = False) -> Any:
    if catalog.task(problem.task).reads != "image":
        return None
    return catalog.load(PATHS["Picture"]).learn(problem.inputs[0].name, train, problem.truth(train) if near else None)
