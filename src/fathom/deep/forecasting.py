"""What the learners on series share: from windows to the parts of a training."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
from torch import Tensor, nn

from fathom.data.dataset import Dataset
from fathom.data.series.horizon import MICROSECONDS, Horizon
from fathom.data.series.horizon import parts as parts_of
from fathom.data.series.windows import Stretch, stretches, windows
from fathom.deep.beginning import begin
from fathom.deep.inputs.series import SeriesInputs
from fathom.deep.inputs.sliding import Sliding, scale_of_series, targets
from fathom.deep.learner import Parts
from fathom.deep.networks.series import Sizes
from fathom.deep.training import Recipe
from fathom.learner import Run
from fathom.tasks.problem import Problem

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

L = TypeVar("L", bound="DataclassInstance")

USUAL = {"rate": 5e-4, "weight_decay": 1e-2, "batch": 128, "dropout": 0.4, "average": 0.99, "patience": 16}
STEPS_BACK = 4  # times the steps ahead
SEASONS_BACK = 2
FEWEST_BACK, MOST_BACK = 16, 512
CLOCK = ("s", "m", "h", "d")  # units of steps that divide a week
EPOCH = 50  # steps between looks at the validation rows: there are windows at every step of a series
EPOCHS = 60  # unless that is few steps: what corrects the line makes it worse before it makes it better
FEWEST_STEPS = 800
FEWEST_BATCH = 16


def reads_series(problem: Problem) -> bool:
    """Whether windows of series go in."""
    return problem.horizon is not None


def context_of(horizon: Horizon) -> int:
    """How many past steps are looked at: more than are forecast, two seasons and weeks, as far as windows hold them.

    >>> context_of(Horizon(28, "1d", 7, 365, "date")), context_of(Horizon(24, "1h", 24, 1_000, "date"))
    (112, 336)
    """
    count, unit = parts_of(horizon.step)
    week = MICROSECONDS["w"] // (count * MICROSECONDS[unit]) if unit in CLOCK else 1
    seasons = max(horizon.season, week if SEASONS_BACK * week <= MOST_BACK else 1)
    wanted = max(STEPS_BACK * horizon.ahead, SEASONS_BACK * seasons, FEWEST_BACK)
    return max(1, min(wanted, MOST_BACK, horizon.context))


def suited(learner: L, usual: Mapping[str, Any]) -> L:
    """The learner with what is usual on series, where nothing else was asked of it than what is usual elsewhere."""
    defaults = {each.name: each.default for each in fields(learner)}
    return replace(learner, **{name: each for name, each in usual.items() if getattr(learner, name) == defaults[name]})


def parts(
    problem: Problem,
    train: Dataset,
    valid: Dataset,
    learner: Any,
    build: Callable[[dict[str, Any]], nn.Module],
    design: Callable[[int, int], dict[str, Any]],
    run: Run,
) -> Parts:
    """The parts of a training on series; `design` says what is particular to a network of so many steps back and on.

    `learner` has the hyperparameters context, epochs, batch, rate, weight_decay, patience and average.
    """
    horizon = problem.horizon
    assert horizon is not None
    found = stretches(train, problem)
    inputs = SeriesInputs.fit(problem, train, found, learner.context or context_of(horizon))
    units = units_of(found, horizon)
    sliding = Sliding(found, inputs, train, units)
    *rows, truth = sliding.views()
    made: dict[str, Any] = {
        "context": inputs.context,
        "steps": horizon.ahead,
        "channels": inputs.channels,
        "ahead": inputs.ahead,
        "numbers": inputs.beside.width,
        "counts": inputs.beside.counts,
        "season": horizon.season,
        **design(inputs.context, horizon.ahead),
    }
    looked, middle, unit = inputs.read(valid)
    network = build(made)
    aims = held_to(problem, valid, middle, unit, units)
    begin(network, sliding, looked[0], aims, run)
    return Parts(
        inputs,
        network,
        made,
        tuple(rows),
        looked,
        recipe(learner, len(sliding)),
        truths=(truth, aims),
    )


def built(kind: Callable[..., nn.Module], design: dict[str, Any]) -> nn.Module:
    """The network of this kind that `parts` described."""
    sizes = {each.name: design[each.name] for each in fields(Sizes)}
    return kind(Sizes(**sizes), **{name: each for name, each in design.items() if name not in sizes})


def units_of(found: list[Stretch], horizon: Horizon) -> dict[str, float]:
    """The unit of each series: its training values' distance from those a season before."""
    values: dict[str, list[Any]] = {}
    for each in found:
        values.setdefault(each.series, []).append(each.values)
    return {name: scale_of_series(max(parts, key=len), horizon.season) for name, parts in values.items()}


def held_to(problem: Problem, rows: Dataset, middle: Any, unit: Any, units: dict[str, float]) -> Tensor:
    """What is to come in validation rows, in the units of their windows."""
    assert problem.horizon is not None
    seen = windows(rows, problem)
    pairs = zip(seen.series, seen.history, strict=True)
    scale = [units.get(name) or scale_of_series(history, problem.horizon.season) for name, history in pairs]
    return targets(problem.truth(rows)["future"], middle, unit, np.array(scale))


def recipe(learner: Any, rows: int) -> Recipe:
    """How to train on so many windows."""
    batch = min(learner.batch, max(FEWEST_BATCH, rows // 24))
    turns = min(EPOCH, max(1, rows // batch))
    return Recipe(
        epochs=max(EPOCHS, FEWEST_STEPS // turns) if learner.epochs is None else learner.epochs,
        batch=batch,
        rate=learner.rate,
        weight_decay=learner.weight_decay,
        patience=learner.patience,
        average=learner.average,
        epoch=EPOCH,
        first=True,
    )
