"""The parts of a training that finds boxes in pictures with filters of its own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from torch import nn

from fathom.data.dataset import Dataset
from fathom.deep import detecting, device
from fathom.deep.inputs.image import TRAIN, VALID, pixel_statistics, shelf
from fathom.deep.learner import Parts
from fathom.deep.settings import Settings
from fathom.deep.training import Recipe
from fathom.learner import Run
from fathom.tasks.problem import Problem

USUAL = Settings(3e-3, 5e-2, batch=8, smoothing=0.0, dropout=0.0, average=0.99, patience=20)
LARGEST = {"cpu": 512, "cuda": 768}  # longest side in pixels of a picture that is looked at
SMALL = 128 * 160  # pixels of a picture, up to which half the filters do
FIRST = {"cpu": 32, "cuda": 48}  # filters of the finest map
WIDTH = {"cpu": 64, "cuda": 96}  # filters of the pyramid
MOST_EPOCHS, FEWEST_EPOCHS = 100, 12
BOXES_AN_EPOCH = 5  # so many boxes to learn from are worth an epoch more: few are learned by heart
PICTURES_SEEN = 60_000  # in all of a training, where there are many


def parts(
    problem: Problem,
    train: Dataset,
    valid: Dataset,
    run: Run,
    learner: Any,
    build: Callable[[dict[str, Any]], nn.Module],
) -> Parts:
    """The parts; `learner` has the hyperparameters of `USUAL`, and largest, epochs and mirror."""
    where = device.best(run.device)
    kind = where.partition(":")[0]
    inputs = detecting.learn_inputs(problem, train, learner.largest or LARGEST[kind])
    rows, learned = detecting.rows_of(inputs, problem, train, shelf(run, TRAIN))
    looked, seen = detecting.rows_of(inputs, problem, valid, shelf(run, VALID))
    design = size(inputs.height, inputs.width, kind)
    network = build(design)
    mean, spread = pixel_statistics(rows[0])
    network.mean.copy_(mean)  # type: ignore[operator]
    network.spread.copy_(spread)  # type: ignore[operator]
    recipe = Recipe(
        epochs=learner.epochs or epochs(len(train), int((learned[..., 4] >= 0).sum())),
        batch=min(learner.batch, max(4, len(train) // 16)),
        rate=learner.rate,
        weight_decay=learner.weight_decay,
        average=learner.average,
        patience=learner.patience,
        clip=detecting.CLIP,
        half=device.pays_bf16(where),
        look_batch=detecting.AT_ONCE,
    )
    together = detecting.journey(problem, learner.mirror)
    return Parts(inputs, network, design, rows, looked, recipe, together=together, truths=(learned, seen))


def size(height: int, width: int, kind: str) -> dict[str, Any]:
    """The network's design by the size of the pictures and the kind of device.

    >>> size(96, 96, "cpu")["widths"], size(256, 320, "cpu")["widths"]
    ([16, 32, 64, 128], [32, 64, 128, 256])
    """
    small = height * width <= SMALL
    first = FIRST[kind] // (2 if small else 1)
    return {
        "channels": 3,
        "widths": [first * 2**stage for stage in range(4)],
        "depths": [1 if kind == "cpu" else 2] * 4,
        "stem": 2 if small else 4,  # small pictures are looked at closely: what tells their things apart is small too
        "skip": 2 if small else 1,
        "width": WIDTH[kind] // (2 if small else 1),
    }


def epochs(rows: int, boxes: int) -> int:
    """How often pictures are seen at most: more often where they have more to tell.

    >>> epochs(200, 120), epochs(200, 2_700), epochs(20_000, 100_000)
    (24, 100, 12)
    """
    wanted = min(MOST_EPOCHS, max(2 * FEWEST_EPOCHS, boxes // BOXES_AN_EPOCH))
    return min(wanted, max(FEWEST_EPOCHS, PICTURES_SEEN // max(1, rows)))
