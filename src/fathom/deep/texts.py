"""What the learners on texts share: from rows to the parts of a training."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from torch import nn

from fathom.data.corpus import corpus
from fathom.data.dataset import Dataset
from fathom.data.kinds import Kind
from fathom.deep import device
from fathom.deep.inputs.table import quantile_edges
from fathom.deep.inputs.text import PADDING, TextInputs
from fathom.deep.learner import Parts
from fathom.deep.networks.runs import Runs, frequent
from fathom.deep.networks.text import INTERVALS, Beside, TextNetwork
from fathom.deep.pretraining import pretrained
from fathom.deep.training import Recipe
from fathom.learner import Run
from fathom.tasks.problem import Problem

ROWS_SEEN = 600_000  # how many rows a training sees in all, many times the few and a few times the many
FEW_ROWS = 200_000  # below, texts are taken apart into pieces more than once
FEW_GRAINS = 3
RUNS = 100_000  # of pieces that have vectors of their own, at most
MANY_ROWS = 50_000  # from which batches are twice as large
FEWEST_EPOCHS, MOST_EPOCHS = 3, 20


def reads_text(problem: Problem) -> bool:
    """Whether texts go in."""
    return bool(problem.inputs_of(Kind.TEXT))


def parts(
    problem: Problem,
    train: Dataset,
    valid: Dataset,
    run: Run,
    learner: Any,
    build: Callable[[dict[str, Any]], nn.Module],
    design: dict[str, Any],
) -> Parts:
    """The parts of a training on texts: `design` says what is particular to the network that `build` makes.

    `learner` has the hyperparameters vocabulary, longest, rate, weight_decay, batch, epochs, patience, average,
    smoothing, grains, runs and, where it can learn from texts without labels first, pretrain.
    """
    more = corpus(getattr(learner, "pretrain", ""))
    grains = learner.grains or (FEW_GRAINS if len(train) < FEW_ROWS else 1)
    inputs = TextInputs.fit(problem, train, learner.vocabulary, learner.longest, more, grains)
    rows, looked = inputs.tensors(train), inputs.tensors(valid)
    beside = {"numbers": inputs.beside.width, "counts": inputs.beside.counts}
    known = frequent(rows[0], learner.runs)
    design = {**design, "vocabulary": len(inputs.pieces), "runs": len(known), **beside}
    network = build(design)
    for each in network.modules():
        if isinstance(each, Runs):
            each.known.copy_(known)
        if isinstance(each, Beside) and each.embed is not None:
            each.embed.set_edges(quantile_edges(rows[1], INTERVALS))
    if more:
        first, *others = (each for each in network.modules() if isinstance(each, TextNetwork))
        pretrained(first, inputs, [*more, *inputs.texts(train)], run)
        for other in others:
            other.load_state_dict(first.state_dict())
    lengths = (rows[0][:, 0] != PADDING).sum(dim=1)
    return Parts(
        inputs, network, design, rows, looked, recipe(learner, len(train), run), learner.smoothing, lengths=lengths
    )


def recipe(learner: Any, rows: int, run: Run) -> Recipe:
    """How to train on so many rows."""
    return Recipe(
        epochs=learner.epochs or max(FEWEST_EPOCHS, min(MOST_EPOCHS, ROWS_SEEN // max(1, rows))),
        batch=min(learner.batch * (2 if rows >= MANY_ROWS else 1), max(16, rows // 8)),
        rate=learner.rate,
        weight_decay=learner.weight_decay,
        patience=learner.patience,
        average=learner.average,
        tolerance=0.0,
        half=device.pays_bf16(device.best(run.device)),
    )
