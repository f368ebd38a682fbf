"""Learning from texts without labels before learning from those with: masked pieces are guessed (BERT's recipe)."""

from __future__ import annotations

import hashlib
import math
import time
from collections.abc import Sequence
from dataclasses import replace

import torch

from fathom.deep import device
from fathom.deep.inputs.text import MASK, PADDING, TextInputs
from fathom.deep.networks.masked import Guessing, Masked
from fathom.deep.networks.text import TextNetwork
from fathom.deep.training import Model, Progress, Recipe, Rows, Training
from fathom.learner import Run
from fathom.messages import phrase

SHARE = 0.4  # of the time that is left, for learning without labels
HELD_OUT = 0.02  # share of the texts, to stop by
MOST_HELD_OUT = 2_000
SEEN = 3_000_000  # texts seen in all
RATE = 1e-3
BATCH = 128
PATIENCE = 3


def pretrained(network: TextNetwork, inputs: TextInputs, texts: Sequence[str], run: Run) -> Progress:
    """Let the network learn to guess hidden pieces of `texts`, within its share of the time that is left.

    A training that was killed goes on with it; the one after it begins with the weights that guess best. Gives how
    it went.
    """
    pieces = inputs.pieces_of(texts)
    rows = torch.arange(len(pieces))
    held_out = min(MOST_HELD_OUT, int(HELD_OUT * len(pieces)))
    apart = torch.randperm(len(pieces), generator=torch.Generator().manual_seed(run.seed))
    looked, learned = rows[apart[:held_out]], rows[apart[held_out:]]
    recipe = Recipe(
        epochs=max(1, min(20, SEEN // max(1, len(learned)))),
        batch=min(BATCH, max(8, len(learned) // 16)),
        rate=RATE,
        patience=PATIENCE,
        half=device.pays_bf16(device.best(run.device)),
    )
    nothing = torch.zeros(len(pieces), dtype=torch.int64)
    lengths = (pieces != PADDING).sum(dim=1)
    model = Model(Masked(network, MASK), Guessing())
    train = Rows((pieces[learned],), nothing[learned], lengths[learned])
    valid = Rows((pieces[looked],), nothing[looked])
    digest = hashlib.sha256(pieces.numpy().data)
    digest.update(f"{network}{recipe}{run.seed}".encode())
    with run.step("pre-training"):
        return Training(model, recipe, train, valid, shared(run), digest.hexdigest()).learn()


def shared(run: Run) -> Run:
    """The part of a run that is for learning without labels, with a folder of its own for checkpoints."""
    left = run.remaining()
    deadline = time.monotonic() + SHARE * left if math.isfinite(left) else math.inf

    def heard(done: float, note: str) -> None:
        run.progress(SHARE * done, phrase("pre-training: {note}", note=note))

    folder = None if run.folder is None else run.folder / "pretraining"
    return replace(run, deadline=deadline, folder=folder, progress=heard, steps=[])
