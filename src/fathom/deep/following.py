"""What the learners that follow somebody's events share: from rows to the parts of a training."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from torch import nn

from fathom.data.dataset import Dataset
from fathom.deep.inputs.events import CHANNELS, EventInputs
from fathom.deep.inputs.table import quantile_edges
from fathom.deep.learner import Parts
from fathom.deep.training import Recipe
from fathom.tasks.problem import Problem

INTERVALS = 32
NUMBERS_TOTAL = 512  # how wide all numbers together may become before each gets fewer places
EVENTS = {
    "rate": 3e-3,
    "weight_decay": 3e-2,
    "batch": 256,
    "dropout": 0.15,
    "average": 0.99,
    "patience": 12,
    "width": 64,
}


def parts(
    problem: Problem,
    train: Dataset,
    valid: Dataset,
    learner: Any,
    build: Callable[[dict[str, Any]], nn.Module],
    design: dict[str, Any],
) -> Parts:
    """The parts of a training on events; `design` says what is particular to the network."""
    inputs = EventInputs.fit(problem, train)
    rows, looked = inputs.tensors(train), inputs.tensors(valid)
    wide = inputs.table.width
    made: dict[str, Any] = {
        "channels": CHANNELS,
        "numbers": wide,
        "counts": inputs.table.counts,
        "intervals": INTERVALS,
        "number_size": max(2, min(8, NUMBERS_TOTAL // max(1, wide))),
        **design,
    }
    network = build(made)
    beside: Any = network.beside
    if beside.embed is not None:
        beside.embed.set_edges(quantile_edges(rows[1], INTERVALS))
    batch = min(learner.batch, max(32, len(train) // 16))
    epochs = learner.epochs or max(20, min(120, 20_000 * batch // max(1, len(train))))
    recipe = Recipe(
        epochs=epochs,
        batch=batch,
        rate=learner.rate,
        weight_decay=learner.weight_decay,
        patience=learner.patience,
        average=learner.average,
    )
    return Parts(inputs, network, made, rows, looked, recipe)
