"""Any torch module as a learner, under the same loop and the same protocol."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self, cast

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from fathom.data.dataset import Dataset
from fathom.data.kinds import Kind
from fathom.deep.heads.members import AsItIs
from fathom.deep.inputs.image import ImageInputs
from fathom.deep.inputs.table import TableInputs
from fathom.deep.learner import DeepLearner, Parts, described, head_over, outputs_of
from fathom.deep.training import Model, Recipe
from fathom.errors import StoreError, TrainingError
from fathom.learner import Run
from fathom.messages import phrase
from fathom.tasks.problem import Problem


class FloatTable(nn.Module):
    """A module that takes one float tensor, given numbers and codes: standardised numbers, then one place a category.

    >>> FloatTable(nn.Identity(), [2])(torch.zeros(3, 1), torch.tensor([[0], [1], [2]])).tolist()
    [[0.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]
    """

    def __init__(self, module: nn.Module, counts: list[int]) -> None:
        super().__init__()
        self.module = module
        self.counts = counts

    def forward(self, numbers: Tensor, codes: Tensor) -> Tensor:
        """What the module makes of float32 [rows, features]; a value never seen has no place."""
        places = [F.one_hot(codes[:, i], count + 1)[:, 1:].float() for i, count in enumerate(self.counts)]
        outputs: Tensor = self.module(torch.cat([numbers, *places], dim=1))
        return outputs


class FloatImages(nn.Module):
    """A module that takes images float32 [rows, channels, height, width] in 0..1, given bytes."""

    def __init__(self, module: nn.Module) -> None:
        super().__init__()
        self.module = module

    def forward(self, images: Tensor) -> Tensor:
        """What the module makes of the images."""
        outputs: Tensor = self.module(images.float() / 255)
        return outputs


@dataclass
class OwnModule(DeepLearner):
    """Any `torch.nn.Module`, trained by fathom's loop.

    The module takes float32 [rows, features] for tables (standardised numbers, missing indicators, one-hot
    categories) or [rows, channels, height, width] in 0..1 for images, and puts out logits [rows, classes],
    or [rows] or [rows, 1] for numbers. It is copied; the one that was given stays untrained. Lazy modules may be used.

    >>> OwnModule(nn.LazyLinear(3)).epochs
    50
    """

    module: nn.Module = field(default_factory=nn.Identity)
    largest: int = 224  # longest side of pictures, in pixels
    rate: float = 1e-3
    weight_decay: float = 1e-2
    batch: int = 128
    epochs: int = 50
    patience: int = 10

    kind = "own-module"

    def prepare(self, problem: Problem, train: Dataset, valid: Dataset, run: Run) -> Parts:
        """Inputs for the module, and proof that its outputs have the right shape."""
        inputs: TableInputs | ImageInputs
        if problem.inputs_of(Kind.IMAGE):
            inputs = ImageInputs.fit(problem, train, self.largest)
        else:
            inputs = TableInputs.fit(problem, train)
        rows = inputs.tensors(train)
        network = wrapped(copy.deepcopy(self.module), inputs)
        try_out(network, tuple(each[:2] for each in rows), problem)
        recipe = Recipe(
            epochs=self.epochs,
            batch=min(self.batch, max(16, len(train) // 16)),
            rate=self.rate,
            weight_decay=self.weight_decay,
            patience=self.patience,
        )
        return Parts(inputs, network, {}, rows, inputs.tensors(valid), recipe)

    def head(self, problem: Problem, network: nn.Module, smoothing: float) -> Any:
        """The module's outputs are the logits, or the number, already."""
        return head_over(problem, AsItIs(), smoothing)

    def parameters(self) -> dict[str, Any]:
        """The hyperparameters, without the module."""
        return {name: value for name, value in vars(self).items() if name != "module" and not name.endswith("_")}

    @classmethod
    def load(cls, folder: Path, module: nn.Module | None = None) -> Self:
        """The learner that `save` wrote, its weights in a copy of `module`, built as the trained one was."""
        if module is None:
            raise StoreError(
                phrase("The code of a module of your own is not kept with its weights."),
                where=str(folder),
                remedy=phrase("Give the module again: load(folder, module=MyModule())."),
            )
        data, tensors = described(cls.kind, folder)
        learner = cls.restored(data, folder)
        learner.module = module
        copied = copy.deepcopy(module)
        network = wrapped(copied, learner.inputs_)
        lazy = [each for each in network.parameters() if isinstance(each, nn.UninitializedParameter)]
        if lazy:
            try_out(network, learner.inputs_.blank(), learner.problem_)
        learner.finish(Model(network, learner.head(learner.problem_, network, 0.0)), tensors, folder)
        return learner

    @staticmethod
    def read_inputs(data: dict[str, Any]) -> TableInputs | ImageInputs:
        """The inputs that were described as JSON."""
        return ImageInputs.from_json(data) if "channels" in data else TableInputs.from_json(data)


def wrapped(module: nn.Module, inputs: TableInputs | ImageInputs) -> nn.Module:
    """The module behind a layer that makes the float tensor it expects."""
    return FloatImages(module) if isinstance(inputs, ImageInputs) else FloatTable(module, inputs.counts)


def try_out(network: nn.Module, inputs: tuple[Tensor, ...], problem: Problem) -> None:
    """Send two rows through; a TrainingError that names the shapes where the module cannot take or answer them."""
    wanted = (len(inputs[0]), outputs_of(problem))
    module = cast(nn.Module, network.module)
    given: list[tuple[int, ...]] = []
    hook = module.register_forward_pre_hook(lambda _, arguments: given.append(tuple(arguments[0].shape)))
    try:
        network.eval()
        with torch.no_grad():
            found = tuple(network(*inputs).shape)
    except (RuntimeError, ValueError, TypeError, AttributeError, IndexError) as error:
        shape = list(given[0]) if given else phrase("no tensor")
        raise TrainingError(
            phrase("{name} cannot take float32 {shape}: {error}", name=type(module).__name__, shape=shape, error=error),
            remedy=phrase(
                "Its first layer must fit this shape (rows first); nn.LazyLinear and nn.LazyConv2d find theirs."
            ),
        ) from error
    finally:
        hook.remove()
    if found != wanted and not (found == wanted[:1] and wanted[1] == 1):
        raise TrainingError(
            phrase(
                "{name} puts out {found} where {wanted} is needed.",
                name=type(module).__name__,
                found=list(found),
                wanted=list(wanted),
            ),
            remedy=phrase("Its last layer needs one output for each class, or one for a number."),
        )
