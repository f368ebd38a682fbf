"""What deep learners need to find boxes in pictures: from rows to tensors, and from outputs to boxes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from fathom.data import boxes as stock
from fathom.data.boxes import Mark
from fathom.data.dataset import Dataset
from fathom.data.picture_sizes import picture_sizes
from fathom.data.rectangles import clipped
from fathom.deep.augment_boxes import Journey
from fathom.deep.heads.boxes import Boxes as Head
from fathom.deep.inputs.letterbox import LetterboxInputs, canvas
from fathom.deep.inputs.shelf import Decoding
from fathom.deep.training import Model
from fathom.tasks.boxes import Box, Boxes
from fathom.tasks.problem import Problem

CLIP = 10.0  # longest gradient: a sum over many places has a longer one than one label
AT_ONCE = 16  # pictures answered or scored at once
LEAST_SURE = 0.02  # a box that is less is not said
THINNEST = 1e-3  # pixels; what is left of a box that lies outside of its picture is none
SAMPLE = 500  # pictures whose sizes tell the common one

Truth = npt.NDArray[Any]


def learn_inputs(problem: Problem, train: Dataset, largest: int) -> LetterboxInputs:
    """The inputs of the training rows' pictures: a size at which their smallest things can be seen."""
    column = problem.inputs[0].name
    sizes = picture_sizes(train[column].gather_every(max(1, len(train) // SAMPLE)), train.folder)
    sizes = sizes[sizes.min(axis=1) > 0]
    width, height = np.median(sizes, axis=0) if len(sizes) else (largest, largest)
    marks = [mark for row in problem.truth(train) for mark in row or ()]
    labels = [problem.boxes.index(mark.label) for mark in marks if mark.label in problem.boxes]
    places = stock.rectangles([mark for mark in marks if mark.label in problem.boxes])
    height, width = canvas((int(height), int(width)), places, labels, largest)
    return LetterboxInputs(column, height, width)


def rows_of(
    inputs: LetterboxInputs, problem: Problem, dataset: Dataset, shelf: Path | None = None
) -> tuple[tuple[Tensor | Decoding, ...], Tensor]:
    """A dataset's pictures, and their boxes where these are in them; many pictures are kept in the file `shelf`."""
    pixels, scales = inputs.kept(dataset, shelf)
    return (pixels,), truth_of(problem.truth(dataset), scales, problem.boxes)


def truth_of(marks: Sequence[tuple[Mark, ...] | None] | Truth, scales: Tensor, labels: Sequence[str]) -> Tensor:
    """Boxes [rows, most, 5] in pixels of pictures scaled so, and the position of their label; -1 where there is none.

    >>> truth_of([(Mark(0, 2, 4, 6, "cat"),), ()], torch.tensor([0.5, 1.0]), ["cat"]).tolist()
    [[[0.0, 1.0, 2.0, 3.0, 0.0]], [[0.0, 0.0, 0.0, 0.0, -1.0]]]
    """
    codes = {label: code for code, label in enumerate(labels)}
    known = [[(*mark[:4], codes[mark[4]]) for mark in row or () if mark[4] in codes] for row in marks]
    found = torch.zeros(len(known), max([1, *map(len, known)]), 5)
    found[..., 4] = -1
    for row, (its, scale) in enumerate(zip(known, scales.tolist(), strict=True)):
        if its and scale:
            found[row, : len(its)] = torch.tensor(its)
            found[row, : len(its), :4] *= scale
    return found


def head(problem: Problem, network: nn.Module) -> Head:
    """The head over a network's maps."""
    return Head(int(network.features), len(problem.boxes), network.strides)  # type: ignore[arg-type]


def boxes(inputs: LetterboxInputs, model: Model, labels: Sequence[str], dataset: Dataset) -> Boxes:
    """The boxes in the pictures of a dataset, in pixels of each picture; none where there is no picture."""

    def look(pixels: Tensor) -> Tensor:
        where = next(model.parameters()).device
        return model.head.answer(model(pixels.to(where))).double().cpu()  # type: ignore[no-any-return]

    return said(inputs, look, labels, dataset)


def said(inputs: LetterboxInputs, look: Callable[[Tensor], Tensor], labels: Sequence[str], dataset: Dataset) -> Boxes:
    """The boxes that `look` finds in pictures [rows, 3, height, width]: [rows, boxes, 6], as `Boxes.answer` gives them.

    Few pictures are held in memory at a time, however many rows there are.
    """
    rows: list[list[Box]] = []
    sizes = picture_sizes(dataset[inputs.column], dataset.folder)
    with torch.inference_mode():
        for start in range(0, len(dataset), AT_ONCE):
            part = np.arange(start, min(start + AT_ONCE, len(dataset)))
            pixels, scales = inputs.tensors(dataset.take(part))
            for row, found, scale in zip(part, look(pixels).numpy(), scales.tolist(), strict=True):
                rows.append(_in_picture(found, scale, sizes[row].tolist(), labels) if scale else [])
    return Boxes.of(rows)


def _in_picture(
    found: npt.NDArray[np.float64], scale: float, size: Sequence[float], labels: Sequence[str]
) -> list[Box]:
    """One picture's boxes in its own pixels, as far as they lie in it."""
    found = found[found[:, 5] >= LEAST_SURE]
    places = clipped(found[:, :4] / scale, size[0], size[1])
    whole = (places[:, 2:] - places[:, :2]).min(axis=1) > THINNEST
    kept = zip(places[whole].tolist(), found[whole, 4:].tolist(), strict=True)
    return [
        Box(left, top, right, bottom, labels[int(code)], min(sure, 1.0))
        for (left, top, right, bottom), (code, sure) in kept
    ]


def journey(problem: Problem, mirror: bool | None) -> Journey:
    """How pictures and their boxes are moved; mirrored unless labels are letters, digits or other single signs."""
    signs = all(len(name) == 1 for name in problem.boxes)
    return Journey(mirror=not signs if mirror is None else mirror)
