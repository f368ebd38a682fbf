"""Which features a problem gets: by what goes in, and by what the estimator does with them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from fathom import catalog
from fathom.classical import saving
from fathom.classical.features.codes import Codes
from fathom.classical.features.table import Table
from fathom.data.dataset import Dataset
from fathom.tasks.problem import Problem

PATHS = {  # loaded when used: a table needs no picture library
    "Codes": "fathom.classical.features.codes:Codes",
    "Table": "fathom.classical.features.table:Table",
    "Picture": "fathom.classical.features.image:Picture",
    "Photograph": "fathom.classical.features.photograph:Photograph",
    "Text": "fathom.classical.features.text:Text",
    "Telling": "fathom.classical.features.telling:Telling",
}
SHAPE = "fathom.data.media:image_shape"
ARRAYS = "features.safetensors"
SMALL_PICTURE = 32  # pixels of the longer side of a picture that is no photograph
TOGETHER = 20_000  # rows of texts that are answered at a time: their matrix is larger than they are


class Features(Protocol):
    """What a learner is told about rows."""

    @property
    def names(self) -> list[str]:
        """The features' names, in the matrix's order."""

    def matrix(self, dataset: Dataset) -> Any:
        """The features of a dataset's rows, float [rows, names]; those of texts are a `scipy.sparse.csr_matrix`."""

    def to_json(self) -> dict[str, Any]:
        """All that was learned about the columns, as plain JSON data."""


def scaled(problem: Problem, train: Dataset) -> Features:
    """Numbers of comparable size, never missing: for sums."""
    return _other(problem, train) or Table.learn(problem.inputs, train.frame)


def squashed(problem: Problem, train: Dataset) -> Features:
    """As `scaled`, large values bent, and of pictures the features whose neighbours are alike: for distances."""
    return _other(problem, train, near=True) or Table.learn(problem.inputs, train.frame, squash=True)


def coded(problem: Problem, train: Dataset) -> Features:
    """Numbers as they are, categories as codes: for thresholds."""
    return _other(problem, train, few=True) or Codes.learn(problem.inputs, train.frame)


def rows(features: Features, records: Sequence[Mapping[str, Any]]) -> npt.NDArray[np.float64]:
    """A table's features of a few rows, each a dict of cells as a dataset stores them; equal to `matrix` to the bit."""
    assert isinstance(features, Codes | Table), "pictures are read from datasets alone"
    return features.rows(records)


def batches(features: Features, dataset: Dataset) -> Iterator[Any]:
    """The features of a dataset's rows, at least one matrix: of texts some rows at a time, of others all at once."""
    step = TOGETHER if hasattr(features, "arrays") else max(len(dataset), 1)
    if len(dataset) <= step:
        yield features.matrix(dataset)
        return
    for start in range(0, len(dataset), step):
        yield features.matrix(dataset.take(range(start, min(start + step, len(dataset)))))


def write(folder: Path, features: Features) -> dict[str, Any]:
    """Features as plain JSON data; what is too large for that goes into a file of its own in `folder`."""
    if hasattr(features, "arrays"):
        saving.write_arrays(folder / ARRAYS, features.arrays())
    return {"kind": type(features).__name__, **features.to_json()}


def read(folder: Path, data: dict[str, Any]) -> Any:
    """The features that `write` wrote."""
    rest = {name: value for name, value in data.items() if name != "kind"}
    made = catalog.load(PATHS[data["kind"]])
    if hasattr(made, "restored"):
        return made.restored(rest, saving.read_arrays(folder / ARRAYS))
    return made.from_json(rest)


def _other(problem: Problem, train: Dataset, *, near: bool = False, few: bool = False) -> Any:
    """Features of pictures (`near`: those whose neighbours are alike) or of texts (`few`: those that tell most)."""
    reads = catalog.task(problem.task).reads
    if reads == "text":
        return catalog.load(PATHS["Telling" if few else "Text"]).learn(problem, train)
    if reads == "image":
        return _of_pictures(problem, train, near=near, few=few)
    return None


def _of_pictures(problem: Problem, train: Dataset, *, near: bool, few: bool) -> Any:
    """Those of small signs and drawings, or those of photographs, which show more than shapes."""
    column = problem.inputs[0].name
    if max(catalog.load(SHAPE)(train[column], train.folder)[:2]) <= SMALL_PICTURE:
        return catalog.load(PATHS["Picture"]).learn(column, train, problem.truth(train) if near else None)
    made = catalog.load(PATHS["Photograph"])
    return made.for_thresholds(column, train) if few else made.learn(column, train, problem.truth(train))
