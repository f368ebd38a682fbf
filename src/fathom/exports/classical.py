"""Classical learners on pictures as graphs: their features and what weighs these, as tensors."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from fathom import catalog
from fathom.classical.border import Border
from fathom.classical.features.image import Picture
from fathom.classical.features.photograph import Photograph
from fathom.classical.outcome import Outcome
from fathom.data import media
from fathom.data.dataset import Dataset
from fathom.errors import ExportError
from fathom.exports import made, trees
from fathom.exports.answers import answers_of
from fathom.exports.deep import EXAMPLES, PICTURES
from fathom.exports.graph import Graph
from fathom.exports.photographs import PhotographFeatures
from fathom.exports.pictures import PictureFeatures
from fathom.messages import phrase
from fathom.model import Model

SHARP = 2.0  # steepness of the soft vote, as `kernel.STEEPNESS`
SAME = 1e-9  # distances this close, relatively, are ties, as `nearest.SAME`
CLASSICAL: dict[str, Callable[[Any], nn.Module]]  # by the name in the catalog


def graph_of(model: Model) -> Graph:
    """The graph of a classical learner on pictures; an ExportError where it has none."""
    learner: Any = model.learner
    if model.name in FACES:
        made_by: Graph = catalog.load("fathom.exports.faces:graph_of")(model)
        return made_by
    if model.name in WINDOWS:
        sliding: Graph = catalog.load("fathom.exports.windows:graph_of")(model)
        return sliding
    features = getattr(learner, "features_", None)
    if model.name not in CLASSICAL or not isinstance(features, Picture | Photograph) or not _labels(learner):
        raise ExportError(
            phrase("What '{name}' computes of rows like these cannot be written as ONNX.", name=model.name),
            remedy=phrase("Networks can, and classical learners that label pictures or recognise persons on them."),
        )
    answers = answers_of(model, CLASSICAL[model.name](learner))
    size = (features.side, features.side)

    def tensors(dataset: Dataset) -> tuple[Tensor]:
        pixels = media.images(dataset[features.column], dataset.folder, size=size, channels=features.channels)
        return (torch.from_numpy(np.ascontiguousarray(pixels)),)

    shape = {"column": features.column, "height": features.side, "width": features.side, "channels": features.channels}
    told = PictureFeatures(features) if isinstance(features, Picture) else PhotographFeatures(features)
    return Graph(
        nn.Sequential(told, answers.last).eval(),
        tensors(made.rows(model.problem.inputs, EXAMPLES)),
        ("pixels",),
        answers.outputs,
        tensors,
        answers.predict(tensors),
        {**shape, **PICTURES},
        answers.meaning,
    )


def _labels(learner: Any) -> bool:
    """Whether it answers with labels; an ExportError where it knows one alone."""
    if not hasattr(learner, "outcome_"):
        return hasattr(learner, "classes_")
    if learner.outcome_.classes and learner.outcome_.settled:
        raise ExportError(
            phrase("The model knows a single label: there is nothing to compute."),
            remedy=phrase("Train it on rows of several labels."),
        )
    return bool(learner.outcome_.classes)


class Known(nn.Module):
    """Probabilities of the labels that training had become those of all labels: the others have none."""

    places: Tensor

    def __init__(self, outcome: Outcome) -> None:
        super().__init__()
        places = torch.zeros(len(outcome.present), len(outcome.classes))
        places[torch.arange(len(outcome.present)), torch.tensor(outcome.present)] = 1.0
        self.register_buffer("places", places)

    def forward(self, probabilities: Tensor) -> Tensor:
        """Probabilities [rows, classes] that sum to one."""
        return (probabilities / probabilities.sum(dim=1, keepdim=True)) @ self.places


def known(kind: Callable[[Any], nn.Module]) -> Callable[[Any], nn.Module]:
    """What makes a module of a learner that answers with the labels that training had."""
    return lambda learner: nn.Sequential(kind(learner), Known(learner.outcome_))


class Each(nn.Module):
    """Weighted sums of features, as a probability for each label by itself."""

    def __init__(self, learner: Any) -> None:
        super().__init__()
        self.layer = nn.Linear(*learner.weights_[:-1].shape)
        self.layer.weight.data = torch.tensor(learner.weights_[:-1].T.astype(np.float32))
        self.layer.bias.data = torch.tensor(learner.weights_[-1].astype(np.float32))

    def forward(self, features: Tensor) -> Tensor:
        """Probabilities [rows, labels]."""
        return torch.sigmoid(self.layer(features))


class Linear(nn.Module):
    """Weighted sums of features, as probabilities."""

    def __init__(self, learner: Any) -> None:
        super().__init__()
        weights = np.atleast_2d(learner.weights_)
        if weights.shape[1] == 1:  # one column stands for two classes
            weights = np.hstack([np.zeros_like(weights), weights])
        self.layer = nn.Linear(*weights[:-1].shape)
        self.layer.weight.data = torch.tensor(weights[:-1].T.astype(np.float32))
        self.layer.bias.data = torch.tensor(weights[-1].astype(np.float32))

    def forward(self, features: Tensor) -> Tensor:
        """Probabilities [rows, present]."""
        return torch.softmax(self.layer(features), dim=1)


class Projected(nn.Module):
    """Features on the axes that a learner measures distances on; float64, for small distances between long vectors."""

    axes: Tensor

    def __init__(self, learner: Any) -> None:
        super().__init__()
        self.register_buffer("axes", torch.tensor(learner.axes_))

    def forward(self, features: Tensor) -> Tensor:
        """Rows [rows, axes]."""
        return features.double() @ self.axes if self.axes.shape[1] else features.double()


class Machine(nn.Module):
    """Support vectors, the vote of all pairs of labels, and the scaling that makes probabilities of it."""

    vectors: Tensor

    def __init__(self, learner: Any) -> None:
        super().__init__()
        machine = learner.machine_
        if isinstance(machine, Border):
            raise ExportError(
                phrase("What '{name}' computes of rows like these cannot be written as ONNX.", name="support-vectors"),
                remedy=phrase("Serve it with `fathom serve`."),
            )
        self.project = Projected(learner)
        self.gamma, self.sizes = machine.gamma, machine.sizes.tolist()
        self.offsets, self.scaling = machine.offsets.tolist(), learner.scaling_.tolist()
        self.register_buffer("vectors", torch.tensor(machine.vectors))
        self.register_buffer("weights", torch.tensor(machine.weights, dtype=torch.float32))

    def forward(self, features: Tensor) -> Tensor:
        """Probabilities [rows, present]."""
        kernel = torch.exp(-self.gamma * distances(self.project(features), self.vectors)).float()
        scores = self._pair(kernel) if len(self.sizes) == 2 else self._votes(kernel)
        shift = torch.tensor(self.scaling[1:], dtype=scores.dtype)
        return torch.softmax(self.scaling[0] * scores + shift, dim=1)

    def _pair(self, kernel: Tensor) -> Tensor:
        decision = kernel @ self.weights[0] + self.offsets[0]  # type: ignore[index]
        return torch.stack([-decision / 2, decision / 2], dim=1)

    def _votes(self, kernel: Tensor) -> Tensor:
        weights: Any = self.weights
        shares, end = [], 0
        for size in self.sizes:
            shares.append(kernel[:, end : end + size] @ weights[:, end : end + size].T)
            end += size
        votes: list[Any] = [0.0] * len(self.sizes)
        pair = 0
        for one in range(len(self.sizes)):
            for other in range(one + 1, len(self.sizes)):
                decision = shares[one][:, other - 1] + shares[other][:, one] + self.offsets[pair]
                votes[one] = votes[one] - nn.functional.softplus(-SHARP * decision)
                votes[other] = votes[other] - nn.functional.softplus(SHARP * decision)
                pair += 1
        return torch.stack(votes, dim=1) / (len(self.sizes) - 1)


class Neighbours(nn.Module):
    """The vote of the nearest training rows."""

    def __init__(self, learner: Any) -> None:
        super().__init__()
        chosen, outcome = learner.chosen_, learner.outcome_
        self.project = Projected(learner)
        self.k = min(chosen["k"], len(learner.rows_))
        self.near, self.sharpness = chosen["weighting"] == "near", float(chosen["sharpness"])
        answers = np.zeros((len(learner.rows_), outcome.labels_known))
        answers[np.arange(len(answers)), learner.answers_] = 1.0
        self.register_buffer("rows", torch.tensor(learner.rows_.astype(np.float32)))
        self.register_buffer("answers", torch.tensor(answers.astype(np.float32)))
        self.register_buffer("shares", torch.tensor(outcome.shares))

    def forward(self, features: Tensor) -> Tensor:
        """Probabilities [rows, present]."""
        tables: Any = self
        gaps = distances(self.project(features), tables.rows.double())
        reach = (-((-gaps).topk(self.k, dim=1).values))[:, self.k - 1 :]
        weights = 1.0 / (1.0 + 9.0 * gaps / reach.clamp_min(1e-300)) if self.near else torch.ones_like(gaps)
        votes = (weights * (gaps <= reach * (1 + SAME)).double()) @ tables.answers.double() + tables.shares
        sharp = (votes / votes.amax(dim=1, keepdim=True)).pow(self.sharpness)
        said: Tensor = (sharp / sharp.sum(dim=1, keepdim=True)).float()
        return said


def distances(some: Tensor, others: Tensor) -> Tensor:
    """Squared distances float64 [rows, others]."""
    lengths = some.square().sum(dim=1, keepdim=True) + others.square().sum(dim=1)
    return (lengths - 2 * some @ others.T).clamp_min(0.0)


class Forest(nn.Module):
    """The mean of trees; the labels' shares count as one tree more."""

    def __init__(self, learner: Any) -> None:
        super().__init__()
        grove = learner.grove_
        self.count = grove.count
        self.trees = trees.Trees(trees.of_grove(grove))
        self.register_buffer("centre", torch.tensor(grove.centre))
        self.register_buffer("scale", torch.tensor(grove.scale))
        self.register_buffer("shares", torch.tensor(learner.outcome_.shares.astype(np.float32)))

    def forward(self, features: Tensor) -> Tensor:
        """Probabilities [rows, present]."""
        tables: Any = self
        seen = ((features.double() - tables.centre) / tables.scale).clamp(-1e30, 1e30).float()
        said: Tensor = (self.trees(seen).sum(dim=1) + tables.shares) / (self.count + 1)
        return said


class Boosted(nn.Module):
    """The sum of trees, those of a round one for each label."""

    def __init__(self, learner: Any) -> None:
        super().__init__()
        self.answers = learner.outcome_.labels_known if learner.outcome_.labels_known > 2 else 1
        self.trees = trees.Trees(trees.of_booster(learner.booster_))

    def forward(self, features: Tensor) -> Tensor:
        """Probabilities [rows, present]."""
        each = self.trees(features)[..., 0]
        total = each.reshape(each.shape[0], -1, self.answers).sum(dim=1)
        if self.answers > 1:
            return torch.softmax(total, dim=1)
        likely = torch.sigmoid(total)
        return torch.cat([1 - likely, likely], dim=1)


CLASSICAL = {
    "logistic-regression": known(Linear),
    "support-vectors": known(Machine),
    "nearest-neighbours": known(Neighbours),
    "random-forest": known(Forest),
    "extra-trees": known(Forest),
    "gradient-boosting": known(Boosted),
    "binary-relevance": Each,
}
WINDOWS = ("sliding-window",)
FACES = ("eigenfaces", "fisherfaces", "local-binary-patterns")
