"""What a transformer on pictures is put together from: patches that filters make, and a recipe for so many pictures."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from typing import Any

from torch import nn

from fathom.data.dataset import Dataset
from fathom.deep import device
from fathom.deep.augment import mirrors, movement
from fathom.deep.inputs.image import TRAIN, VALID, ImageInputs, pixel_statistics, shelf
from fathom.deep.learner import Parts
from fathom.deep.training import Recipe
from fathom.learner import Run
from fathom.tasks.problem import Problem

USUAL = {"dropout": 0.1, "weight_decay": 5e-2, "batch": 128, "patience": 80, "depth": 4}  # else than for texts
SIDE = 7  # patches
MOST_HALVINGS = 4
FEWEST_EPOCHS, MOST_EPOCHS, ROWS_SEEN = 12, 100, 120_000


def parts(
    problem: Problem,
    train: Dataset,
    valid: Dataset,
    run: Run,
    learner: Any,
    build: Callable[[dict[str, Any]], nn.Module],
) -> Parts:
    """The parts of a training on pictures; `learner` has width, heads, largest, mirror, epochs and what texts need."""
    chosen = settings(learner)
    inputs = ImageInputs.fit(problem, train, learner.largest)
    rows, looked = (inputs.tensors(part, shelf(run, name)) for part, name in ((train, TRAIN), (valid, VALID)))
    design = {
        "channels": inputs.channels,
        "height": inputs.height,
        "across": inputs.width,
        "halvings": halvings(inputs.height, inputs.width),
        "width": learner.width,
        "depth": chosen["depth"],
        "heads": learner.heads,
        "dropout": chosen["dropout"],
    }
    network = build(design)
    mean, spread = pixel_statistics(rows[0])
    network.mean.copy_(mean)  # type: ignore[operator]
    network.spread.copy_(spread)  # type: ignore[operator]
    epochs = learner.epochs or max(FEWEST_EPOCHS, min(MOST_EPOCHS, ROWS_SEEN // max(1, len(train))))
    recipe = Recipe(
        epochs,
        min(chosen["batch"], max(16, len(train) // 8)),
        learner.rate,
        chosen["weight_decay"],
        warmup=0.1,
        average=learner.average,
        patience=chosen["patience"],
        tolerance=1.0,  # as for `convolutional`
        half=device.pays_bf16(device.best(run.device)),
    )
    mirror = mirrors(problem.classes or problem.sets, inputs.channels) if learner.mirror is None else learner.mirror
    return Parts(inputs, network, design, rows, looked, recipe, learner.smoothing, movement(epochs, mirror))


def settings(learner: Any) -> dict[str, Any]:
    """What suits pictures, where nothing else was asked for than what suits texts."""
    defaults = {each.name: each.default for each in fields(learner)}
    asked = {name: getattr(learner, name) for name in USUAL}
    return {name: USUAL[name] if asked[name] == defaults[name] else asked[name] for name in USUAL}


def halvings(height: int, width: int) -> int:
    """How often filters halve a picture before its patches look at each other: seven of them a side or more stay.

    >>> [halvings(side, side) for side in (8, 28, 64, 224)]
    [1, 2, 3, 4]
    """
    side, times = max(height, width), 1
    while side >= 2 ** (times + 1) * SIDE and times < MOST_HALVINGS:
        times += 1
    return times
