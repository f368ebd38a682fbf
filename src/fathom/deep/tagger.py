"""The parts of a training that finds spans in texts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from torch import nn

from fathom.data.dataset import Dataset
from fathom.deep import tagging
from fathom.deep.learner import Parts
from fathom.learner import Run
from fathom.tasks.problem import Problem

LEAST = {"dropout": 0.5, "forget": 0.25}  # names are mostly new ones: what stands beside them must do


def parts(
    problem: Problem,
    train: Dataset,
    valid: Dataset,
    run: Run,
    learner: Any,
    build: Callable[[dict[str, Any]], nn.Module],
    design: dict[str, Any],
) -> Parts:
    """The parts: `design` says what is particular to the network that `build` makes.

    `learner` has the hyperparameters rate, weight_decay, epochs, patience and average.
    """
    inputs = tagging.learn_inputs(problem, train)
    rows, learned = tagging.sequences(inputs, problem, train)
    looked, seen = tagging.sequences(inputs, problem, valid)
    least = {name: max(design[name], share) for name, share in LEAST.items()}
    design = {**design, **least, **tagging.design_of(inputs)}
    network = build(design)
    lengths = (learned >= 0).sum(dim=1)
    recipe = tagging.recipe(learner, learned, run)
    return Parts(inputs, network, design, rows, looked, recipe, lengths=lengths, truths=(learned, seen))
