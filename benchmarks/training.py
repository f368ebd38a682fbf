"""What the training loop costs beside a bare loop that does the same arithmetic: time a step, in turns.

    python benchmarks/training.py [--rounds 15] [--threads 2] [--networks convolutional photographs ...]

The bare loop draws an order, picks a batch, goes forward and back, clips and steps. The loop of fathom also watches the
deadline, changes the rate, looks at validation rows and keeps checkpoints; validation and checkpoints are left out of
the comparison (they are work of their own, not overhead), the rest is counted.

The overhead is measured against a bare loop with the same optimizer step, and once more with `torch.optim`'s AdamW, its
kernel fused too, which is what anyone would write: its own Python can cost more than all that fathom's loop adds. The
loop that averages weights is set beside a bare loop that averages them by the same call. Every loop takes some steps
before its clock starts, so that none is charged for memory that the others had already. Target: under 3 %.

`colour` (32 x 32) and `photographs` (168 x 224) are the networks that `convolutional` makes for such pictures; loops
move the pictures by the same call, and rows a second are told.
"""

from __future__ import annotations

import argparse
import copy
import statistics
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import torch
from torch import nn

from common import heading, print_table
from fathom.deep import training
from fathom.deep.augment import movement
from fathom.deep.convolutional import Convolutional, size
from fathom.deep.heads.label import Label
from fathom.deep.heads.members import Members
from fathom.deep.networks.convolutional import ConvolutionalNetwork
from fathom.deep.networks.feedforward import FeedforwardNetwork
from fathom.deep.optimizer import AdamW
from fathom.deep.training import Model, Recipe, Rows, Training
from fathom.learner import Run

TARGET = 0.03
STEPS = {"small": 400, "photographs": 6}
USUAL_STEPS = 40
WARM = 8  # steps before the clock starts


def convolutional() -> tuple[Model, Rows, Recipe]:
    network = ConvolutionalNetwork(1, widths=[32, 64, 128], depths=[1, 1, 1], stem=2)
    network.to(memory_format=torch.channels_last)
    rows = Rows((torch.randint(0, 256, (4096, 1, 28, 28), dtype=torch.uint8),), torch.randint(0, 10, (4096,)))
    return Model(network, Label(Members(128, 1, 10))), rows, Recipe(batch=128)


def feedforward() -> tuple[Model, Rows, Recipe]:
    network = FeedforwardNetwork(6, [9, 16, 7, 15, 6, 5, 2, 42])
    rows = Rows((torch.randn(8192, 6), torch.randint(0, 3, (8192, 8))), torch.randint(0, 2, (8192,)))
    return Model(network, Label(Members(256, 16, 2))), rows, Recipe(batch=256)


def small() -> tuple[Model, Rows, Recipe]:
    """A network so small that a step is mostly overhead: the worst case."""
    network = FeedforwardNetwork(8, [], members=4, width=64)
    rows = Rows((torch.randn(8192, 8), torch.zeros(8192, 0, dtype=torch.int64)), torch.randint(0, 2, (8192,)))
    return Model(network, Label(Members(64, 4, 2))), rows, Recipe(batch=256)


def pictures(rows: int, height: int, width: int, batch: int) -> tuple[Model, Rows, Recipe]:
    """What the learner makes for so many colour pictures of a size."""
    network = Convolutional.build({"channels": 3, **size(height, width, rows, "cpu"), "dropout": 0.0})
    given = torch.randint(0, 256, (rows, 3, height, width), dtype=torch.uint8).to(memory_format=torch.channels_last)
    return (
        Model(network, Label(Members(network.features, 1, 10))),
        Rows((given,), torch.randint(0, 10, (rows,))),
        Recipe(batch=batch),
    )


NETWORKS = {
    "convolutional": convolutional,
    "feedforward": feedforward,
    "small": small,
    "colour": lambda: pictures(8_192, 32, 32, 128),
    "photographs": lambda: pictures(512, 168, 224, 32),
}
MOVES = {"colour": movement(100, mirror=True), "photographs": movement(100, mirror=True)}


class Usual:
    """`torch.optim`'s AdamW with the same groups and the same kernel, called as fathom calls its own."""

    def __init__(self, model: Model, decay: float) -> None:
        own = AdamW(model, decay)
        groups = [{"params": group.weights, "weight_decay": group.decay} for group in own.groups if group.weights]
        self.weights = own.weights
        self.optimizer = torch.optim.AdamW(groups, fused=True)
        self.clear = self.optimizer.zero_grad

    def step(self, rate: float) -> None:
        for group in self.optimizer.param_groups:
            group["lr"] = rate
        self.optimizer.step()


def bare(
    model: Model,
    rows: Rows,
    recipe: Recipe,
    steps: int,
    make: Callable[[Model, float], Usual | AdamW],
    move: Any = None,
) -> float:
    """Seconds a step of the loop that anyone would write."""
    model.train()
    optimizer = make(model, recipe.weight_decay)
    averaged, followed = training.floats(copy.deepcopy(model).requires_grad_(False)), training.floats(model)
    per_epoch = len(rows) // recipe.batch
    order = torch.empty(0)
    started = 0.0
    for step in range(WARM + steps):
        if step == WARM:
            started = time.perf_counter()
        if step % per_epoch == 0:
            order = torch.randperm(len(rows))
        position = step % per_epoch
        picked = order[position * recipe.batch : (position + 1) * recipe.batch]
        inputs = [each[picked] for each in rows.inputs]
        if move is not None:
            inputs[0] = move(inputs[0])
        outputs = model(*inputs)
        loss = model.head.loss(outputs, rows.truth[picked])
        optimizer.clear()
        loss.backward()
        nn.utils.clip_grad_norm_(optimizer.weights, recipe.clip)
        optimizer.step(recipe.rate)
        if recipe.average:
            with torch.no_grad():
                torch._foreach_lerp_(averaged, followed, 1 - recipe.average)
    return (time.perf_counter() - started) / steps


def ours(model: Model, rows: Rows, recipe: Recipe, steps: int, move: Any = None) -> float:
    """Seconds a step of fathom's loop."""
    none = Rows(tuple(each[:0] for each in rows.inputs), rows.truth[:0])
    task = Training(model, recipe, rows, none, Run.lasting(1e6), "benchmark", move)
    task.look_every = WARM + steps + 1
    model.train()
    task.plan.steps = task.plan.wanted = WARM  # what is wanted too, for a plan grows to that where there is time
    task._go()
    task.plan.steps = task.plan.wanted = WARM + steps
    before, started = task.progress.step, time.perf_counter()
    task._go()
    return (time.perf_counter() - started) / (task.progress.step - before)


def compare(name: str, rounds: int) -> list[object]:
    torch.manual_seed(0)
    model, rows, recipe = NETWORKS[name]()
    averaged = replace(recipe, average=0.99)
    steps, move = STEPS.get(name, USUAL_STEPS), MOVES.get(name)
    loops: dict[str, Callable[[Model], float]] = {
        "usual": lambda copied: bare(copied, rows, recipe, steps, Usual, move),
        "bare": lambda copied: bare(copied, rows, recipe, steps, AdamW, move),
        "fathom": lambda copied: ours(copied, rows, recipe, steps, move),
        "bare, averaged": lambda copied: bare(copied, rows, averaged, steps, AdamW, move),
        "fathom, averaged": lambda copied: ours(copied, rows, averaged, steps, move),
    }
    times: dict[str, list[float]] = {key: [] for key in loops}
    for turn in range(rounds):
        keys = list(loops)
        for key in keys[turn % len(keys) :] + keys[: turn % len(keys)]:  # no loop always comes after the same one
            times[key].append(loops[key](copy.deepcopy(model)))

    def over(one: str, other: str) -> float:
        return statistics.median(a / b for a, b in zip(times[one], times[other], strict=True)) - 1

    medians = [1e3 * statistics.median(times[key]) for key in ("usual", "bare", "fathom")]
    overhead = over("fathom", "bare")
    goal = f"{TARGET:.0%} {'met' if overhead < TARGET else 'MISSED'}"
    rest = [f"{over('fathom', 'usual'):+.1%}", f"{over('fathom, averaged', 'bare, averaged'):+.1%}"]
    pace = [f"{1e3 * recipe.batch / each:,.0f}" for each in medians[1:]]
    return [name, *medians, f"{overhead:+.1%}", goal, *rest, *pace]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--networks", nargs="+", choices=NETWORKS, default=list(NETWORKS))
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    training.SAVE_EVERY = float("inf")
    heading(f"Training loop: a step, median of {arguments.rounds} rounds in turns, {arguments.threads} threads")
    rows = [compare(name, arguments.rounds) for name in arguments.networks]
    head = ["network", "torch.optim ms", "bare ms", "fathom ms", "overhead", "goal", "over torch.optim", "averaged"]
    print_table([*head, "bare rows/s", "fathom rows/s"], rows)


if __name__ == "__main__":
    main()
