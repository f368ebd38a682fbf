"""Training throughput on a CUDA device against the device's limit, measured here by a matrix product.

    python benchmarks/gpu.py [--seconds 10]

For each network: rows a second of fathom's loop in bfloat16, the arithmetic that this is (counted by torch),
and its share of what the device does in a plain bfloat16 matrix product.
"""

from __future__ import annotations

import argparse
import time

import torch
from torch.utils.flop_counter import FlopCounterMode

from common import heading, print_table
from fathom.deep import training
from fathom.deep.heads.label import Label
from fathom.deep.heads.members import Members
from fathom.deep.networks.convolutional import ConvolutionalNetwork
from fathom.deep.networks.feedforward import FeedforwardNetwork
from fathom.deep.training import Model, Recipe, Rows, Training
from fathom.learner import Run

SIDE = 8192


def limit() -> float:
    """Arithmetic a second of a large bfloat16 matrix product, in 10^12."""
    factor = torch.randn(SIDE, SIDE, device="cuda", dtype=torch.bfloat16)
    for _ in range(5):
        factor @ factor
    torch.cuda.synchronize()
    started = time.perf_counter()
    for _ in range(20):
        factor @ factor
    torch.cuda.synchronize()
    return 20 * 2 * SIDE**3 / (time.perf_counter() - started) / 1e12


def tables() -> tuple[Model, Rows, int]:
    rows = Rows((torch.randn(200_000, 50), torch.randint(0, 9, (200_000, 10))), torch.randint(0, 5, (200_000,)))
    network = FeedforwardNetwork(50, [10] * 10, members=32, width=512, depth=3)
    return Model(network, Label(Members(512, 32, 5))), rows, 4096


def pictures(side: int, rows: int, stem: int) -> tuple[Model, Rows, int]:
    data = Rows((torch.randint(0, 256, (rows, 3, side, side), dtype=torch.uint8),), torch.randint(0, 10, (rows,)))
    network = ConvolutionalNetwork(3, widths=[64, 128, 256, 512], depths=[2] * 4, stem=stem)
    network.to(memory_format=torch.channels_last)
    return Model(network, Label(Members(512, 1, 10))), data, 512


def measure(name: str, model: Model, rows: Rows, batch: int, seconds: float, most: float) -> list[object]:
    none = Rows(tuple(each[:0] for each in rows.inputs), rows.truth[:0])
    recipe = Recipe(epochs=1_000_000, batch=batch, half=True, average=0.99)
    task = Training(model, recipe, rows, none, Run(device="cuda"), "benchmark")
    with FlopCounterMode(display=False) as counter:
        task._step()
    for _ in range(10):
        task._step()
    torch.cuda.synchronize()
    started, before = time.perf_counter(), task.progress.step
    while time.perf_counter() - started < seconds:
        for _ in range(10):
            task._step()
        torch.cuda.synchronize()
    pace = (time.perf_counter() - started) / (task.progress.step - before)
    reached = counter.get_total_flops() / pace / 1e12
    memory = torch.cuda.max_memory_allocated() / 2**30
    return [name, f"{batch / pace:,.0f}", reached, f"{reached / most:.1%}", memory]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=10.0)
    arguments = parser.parse_args()
    if not torch.cuda.is_available():
        print("There is no CUDA device here; nothing was measured.")
        return
    training.SAVE_EVERY = float("inf")
    most = limit()
    heading(f"Training on {torch.cuda.get_device_name()}: {most:.0f} TFLOP/s in a bfloat16 matrix product")
    problems = {
        "feedforward, tables": tables,
        "convolutional, 32 x 32": lambda: pictures(32, 50_000, 1),
        "convolutional, 224 x 224": lambda: pictures(224, 4_000, 4),
    }
    rows = [measure(name, *make(), arguments.seconds, most) for name, make in problems.items()]
    print_table(["network", "rows/s", "TFLOP/s", "share of the limit", "GiB"], rows)


if __name__ == "__main__":
    main()
