"""What the training loop costs beside a bare loop that does the same arithmetic: time a step, in turns.

    python benchmarks/training.py [--rounds 7] [--threads 2]

The bare loop draws an order, picks a batch, goes forward and back, clips and steps. The loop of fathom also watches the
deadline, changes the rate, averages the weights, looks at validation rows and keeps checkpoints; validation and
checkpoints are left out of the comparison (they are work of their own, not overhead), the rest is counted.
Target: under 3 %.
"""

from __future__ import annotations

import argparse
import copy
import statistics
import time

import torch
from torch import nn

from common import heading, print_table
from fathom.deep import training
from fathom.deep.heads.label import Label
from fathom.deep.heads.members import Members
from fathom.deep.networks.convolutional import ConvolutionalNetwork
from fathom.deep.networks.feedforward import FeedforwardNetwork
from fathom.deep.training import Model, Recipe, Rows, Training
from fathom.learner import Run

TARGET = 0.03
STEPS = 40


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


def bare(model: Model, rows: Rows, recipe: Recipe, steps: int) -> float:
    """Seconds a step of the loop that anyone would write."""
    model.train()
    optimizer = torch.optim.AdamW(model.parameters(), lr=recipe.rate, fused=True)
    weights = list(model.parameters())
    per_epoch = len(rows) // recipe.batch
    order = torch.empty(0)
    started = time.perf_counter()
    for step in range(steps):
        if step % per_epoch == 0:
            order = torch.randperm(len(rows))
        position = step % per_epoch
        picked = order[position * recipe.batch : (position + 1) * recipe.batch]
        outputs = model(*(each[picked] for each in rows.inputs))
        loss = model.head.loss(outputs, rows.truth[picked])
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(weights, recipe.clip)
        optimizer.step()
    return (time.perf_counter() - started) / steps


def ours(model: Model, rows: Rows, recipe: Recipe, steps: int) -> float:
    """Seconds a step of fathom's loop."""
    none = Rows(tuple(each[:0] for each in rows.inputs), rows.truth[:0])
    task = Training(model, recipe, rows, none, Run.lasting(1e6), "benchmark")
    task.look_every = steps + 1
    task.plan.steps = steps
    model.train()
    started = time.perf_counter()
    task._go()
    return (time.perf_counter() - started) / steps


def compare(name: str, rounds: int) -> list[object]:
    make = {"convolutional": convolutional, "feedforward": feedforward, "small": small}[name]
    torch.manual_seed(0)
    model, rows, recipe = make()
    bare(copy.deepcopy(model), rows, recipe, 5)
    averaged = Recipe(batch=recipe.batch, average=0.99)
    times: dict[str, list[float]] = {"bare": [], "ours": [], "averaged": []}
    steps = STEPS * (10 if name == "small" else 1)
    for _ in range(rounds):
        times["bare"].append(bare(copy.deepcopy(model), rows, recipe, steps))
        times["ours"].append(ours(copy.deepcopy(model), rows, recipe, steps))
        times["averaged"].append(ours(copy.deepcopy(model), rows, averaged, steps))
    ratios = {key: statistics.median(a / b for a, b in zip(times[key], times["bare"], strict=True)) for key in times}
    medians = [1e3 * statistics.median(times[key]) for key in ("bare", "ours")]
    goal = f"{TARGET:.0%} {'met' if ratios['ours'] - 1 < TARGET else 'MISSED'}"
    return [name, *medians, f"{ratios['ours'] - 1:+.1%}", goal, f"{ratios['averaged'] - 1:+.1%}"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    training.SAVE_EVERY = float("inf")
    heading(f"Training loop: a step, median of {arguments.rounds} rounds in turns, {arguments.threads} threads")
    rows = [compare(name, arguments.rounds) for name in ("convolutional", "feedforward", "small")]
    print_table(["network", "bare ms", "fathom ms", "overhead", "goal", "with averaged weights"], rows)


if __name__ == "__main__":
    main()
