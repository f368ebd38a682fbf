"""The layer on top: learned alone, on features that were computed once."""

from __future__ import annotations

import math
import time
from typing import Any

import torch
from torch import Tensor

from fathom.deep.heads.members import Members
from fathom.deep.optimizer import AdamW
from fathom.learner import Run

PENALTIES = (1.0, 1e-1, 1e-2, 1e-3, 1e-4)  # on weights of features of spread 1, all tried at once
STEPS, FEWEST_STEPS = 400, 40
SHARE = 0.3  # of the time left
TIMED = 3  # steps that tell the pace
BATCH = 1024
RATE = 0.03
LEAST_SPREAD = 1e-6


def learn_top(head: Any, train: tuple[Tensor, Tensor], valid: tuple[Tensor, Tensor], run: Run) -> float:
    """Learn the head's layer of outputs from features float [rows, width] and truth; its score on the validation rows.

    Layers of several penalties learn side by side in one run, and the validation rows choose among them: how much the
    weights must be held back depends on the rows, and the run is cheap beside computing the features.
    """
    outputs: Members = head.outputs
    (features, truth), (looked, answers) = train, valid
    mean, spread = features.mean(dim=0), features.std(dim=0, correction=0).clamp_min(LEAST_SPREAD)
    features, looked = (features - mean) / spread, (looked - mean) / spread
    beside = Members(outputs.weight.shape[1], len(PENALTIES), outputs.weight.shape[2]).to(features.device)
    with torch.no_grad():
        beside.weight.zero_()
        beside.bias.copy_(outputs.bias.expand_as(beside.bias))
    head.outputs = beside
    try:
        _learn(head, features, truth, run)
        score, chosen = _best(head, looked, answers)
    finally:
        head.outputs = outputs
    with torch.no_grad():  # as if features had never been scaled
        weight = beside.weight[chosen] / spread[:, None]
        outputs.weight.copy_(weight[None])
        outputs.bias.copy_((beside.bias[chosen] - mean @ weight)[None])
    return score


def _learn(head: Any, features: Tensor, truth: Tensor, run: Run) -> None:
    """So many steps for all penalties at once, with Adam; on few rows each takes all of them."""
    penalties = torch.tensor(PENALTIES, device=features.device)[:, None, None]
    optimizer = AdamW(head.outputs, decay=0.0)
    chance = torch.Generator().manual_seed(run.seed)
    steps, started, left = STEPS, time.monotonic(), run.remaining()
    for step in range(STEPS):
        if step == TIMED and left < math.inf:  # a shorter way down to a rate of nothing, rather than a way cut short
            pace = (time.monotonic() - started) / TIMED
            steps = min(STEPS, max(FEWEST_STEPS, int(SHARE * left / max(pace, 1e-6))))
        if step >= steps:
            break
        part: slice | Tensor = slice(None)
        if len(features) > BATCH:
            part = torch.randint(len(features), (BATCH,), generator=chance)
        logits = head(_shared(features[part]))
        held = 0.5 * (penalties * head.outputs.weight.square()).sum()
        optimizer.clear()
        (len(PENALTIES) * head.loss(logits, truth[part]) + held).backward()
        optimizer.step(RATE * (1 - step / steps))


@torch.no_grad()
def _best(head: Any, looked: Tensor, answers: Tensor) -> tuple[float, int]:
    """The best score of the validation rows, and which penalty's; without such rows the middle one."""
    if not len(looked):
        return 0.0, len(PENALTIES) // 2
    logits = head(_shared(looked))
    scores = [head.score(logits[:, one : one + 1], answers)[0] for one in range(len(PENALTIES))]
    return min(scores), scores.index(min(scores))


def _shared(features: Tensor) -> Tensor:
    """The same features [rows, width] for every penalty, [rows, penalties, width]."""
    return features[:, None].expand(-1, len(PENALTIES), -1)
