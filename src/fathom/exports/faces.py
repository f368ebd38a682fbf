"""Classical learners on faces as graphs: a face's figures and the axes that they are brought to."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from fathom.classical import face_patterns
from fathom.classical.face_patterns import LocalBinaryPatterns
from fathom.classical.faces import Projected
from fathom.data.dataset import Dataset
from fathom.exports import made
from fathom.exports.answers import answers_of
from fathom.exports.deep import EXAMPLES, PICTURES, SHOWN
from fathom.exports.graph import Graph
from fathom.exports.photographs import belongs, counted, patterns
from fathom.model import Model


def graph_of(model: Model) -> Graph:
    """The graph of a learner that projects faces."""
    learner: Any = model.learner
    answers = answers_of(model, nn.Identity())
    told = Patterns(learner) if isinstance(learner, LocalBinaryPatterns) else Evened()
    side, column = learner.portraits_.side, learner.portraits_.column

    def tensors(dataset: Dataset) -> tuple[Tensor]:
        return (torch.from_numpy(learner.portraits_.pixels(dataset)),)

    shape = {"column": column, "height": side, "width": side, "channels": 1}
    return Graph(
        nn.Sequential(told, Axes(learner), answers.last).eval(),
        tensors(made.rows(model.problem.inputs, EXAMPLES)),
        ("pixels",),
        answers.outputs,
        tensors,
        answers.predict(tensors),
        {**shape, **PICTURES, **SHOWN[learner.portraits_.cut]},
        answers.meaning,
    )


class Evened(nn.Module):
    """Pixels uint8 [rows, side, side, 1] at one brightness and contrast, float64 [rows, features]."""

    def forward(self, pixels: Tensor) -> Tensor:
        """The figures of each face."""
        flat = pixels.double().flatten(1)
        centred = flat - flat.mean(dim=1, keepdim=True)
        return centred / (centred.square().mean(dim=1, keepdim=True).sqrt() + 1.0)


class Patterns(nn.Module):
    """The square roots of shares of local binary patterns in parts of the face, float64 [rows, features]."""

    parts: Tensor

    def __init__(self, learner: Any) -> None:
        super().__init__()
        side = learner.portraits_.side - 2
        edges = np.linspace(0, side, face_patterns.PARTS + 1).round().astype(int)
        part = np.searchsorted(edges, np.arange(side), side="right") - 1
        self.register_buffer("parts", belongs(part, face_patterns.PARTS))

    def forward(self, pixels: Tensor) -> Tensor:
        """The figures of each face."""
        counts = counted(patterns(pixels.float()[..., 0]), self.parts).double()
        return (counts / counts.sum(dim=2, keepdim=True).clamp_min(1.0)).sqrt().flatten(1)


class Axes(nn.Module):
    """Figures on the learner's axes, float32 [rows, axes] of length one."""

    mean: Tensor
    axes: Tensor

    def __init__(self, learner: Projected) -> None:
        super().__init__()
        self.register_buffer("mean", torch.tensor(learner.mean_))
        self.register_buffer("axes", torch.tensor(np.ascontiguousarray(learner.axes_)))

    def forward(self, figures: Tensor) -> Tensor:
        """A vector for each face."""
        turned = (figures - self.mean) @ self.axes
        lengths = turned.square().sum(dim=1, keepdim=True).sqrt()
        said: Tensor = (turned / torch.where(lengths > 0, lengths, 1.0)).float()
        return said
