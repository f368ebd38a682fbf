"""Stages in which a trained network learns a problem, from the cheapest to the dearest that there is time for."""

from __future__ import annotations

import json
import math
import time
from dataclasses import replace

import torch
from torch import Tensor

from fathom.deep import device
from fathom.deep.heads.contrast import Contrast
from fathom.deep.lesson import ALL, AUTO, HEAD, LAST, LOW_RANK, MODES, Lesson
from fathom.deep.networks.backbone import Ready, add_low_rank, depth_of, learn_last, merge_low_rank
from fathom.deep.pacing import FEWEST_LOOKED, LENIENT, TRAIN_SHARE, VALID_SHARE, looked, pace, parts_of
from fathom.deep.training import Model, Recipe, Rows, Training
from fathom.folders import write_json
from fathom.messages import phrase

RANK = 8
LAST_LAYERS = 2
COSTS = {LAST: 0.6, LOW_RANK: 0.8, ALL: 1.0}  # of a step, beside one in which all weights learn
RATES = {LAST: 1.0, LOW_RANK: 10.0, ALL: 1.0}  # times the learner's rate
HEAD_RATE = 2e-3
HEAD_EPOCHS = 60
AT_ONCE = 256  # rows whose states are computed between looks at the clock
FASTER = 10.0  # the head learns so many times faster than the body
FEW = 64  # rows of a class, below which contrast comes first
CONTRAST_STEPS = 150
SAFETY = 1.3
DECISION = "mode.json"


def tune(lesson: Lesson, mode: str) -> str:
    """Learn in the stages of a mode; the mode that was left standing by the validation rows.

    "auto": the head on states that are computed once, before that contrast where rows are few; then as much of the
    body as the time is enough for, kept if it answers the validation rows better.
    """
    where = device.best(lesson.run.device)
    lesson.network.to(where)
    counts = torch.bincount(lesson.train.truth) if lesson.train.truth.dtype == torch.int64 else torch.tensor([FEW])
    if mode == AUTO and int(counts.max()) < FEW and len(counts) > 1:
        with lesson.run.step("contrast"):
            contrast(lesson)
    with lesson.run.step("head"):
        before = train_head(lesson)
    chosen = decided(lesson, mode)
    if chosen == HEAD:
        return HEAD
    kept = {name: each.detach().clone() for name, each in Model(lesson.network, lesson.head).state_dict().items()}
    with lesson.run.step("training"):
        after = train_body(lesson, chosen)
    if mode == AUTO and after >= before:
        Model(lesson.network, lesson.head).load_state_dict(kept)
        return HEAD
    return chosen


def contrast(lesson: Lesson) -> None:
    """Draw the states of rows of one label together, a short while."""
    learn_last(lesson.network, depth_of(lesson.network.body) + 1)
    batch = min(max(lesson.batch, 32), len(lesson.train))
    epochs = max(1, CONTRAST_STEPS // max(1, len(lesson.train) // batch))
    recipe = Recipe(epochs, batch, lesson.rate, lesson.weight_decay, warmup=0.1, patience=3)
    body = Model(lesson.network, Contrast())
    run = lesson.stage("contrast")
    if math.isfinite(run.deadline):
        run.deadline -= run.remaining() / 2
    train = replace(lesson.train, lengths=None)
    Training(body, recipe, train, lesson.valid, run, lesson.keyed("contrast", recipe)).learn()


def train_head(lesson: Lesson) -> float:
    """Train what comes after the body, on states computed once; the best validation score, lower is better."""
    network = lesson.network
    network.eval()
    train = computed(lesson, lesson.train, TRAIN_SHARE)
    looked(lesson, len(train), len(lesson.train))
    valid = computed(lesson, lesson.valid, VALID_SHARE)
    recipe = Recipe(
        HEAD_EPOCHS, min(128, max(8, len(train) // 16)), HEAD_RATE, lesson.weight_decay, patience=8, average=0.99
    )
    model = Model(Ready(network), lesson.head)
    return (
        Training(model, recipe, train, valid, lesson.stage("head"), lesson.keyed(f"head {len(train)}", recipe))
        .learn()
        .best
    )


@torch.no_grad()
def computed(lesson: Lesson, rows: Rows, share: float, at_once: int = AT_ONCE) -> Rows:
    """Rows with the states that the body makes of them: all, or by chance as many as a share of the time is for."""
    where, started, allowed = device.best(lesson.run.device), time.monotonic(), share * lesson.run.remaining()
    order = torch.randperm(len(rows), generator=torch.Generator().manual_seed(lesson.run.seed))
    states: list[Tensor] = []
    done = 0
    for part in parts_of(order, at_once):
        lesson.run.progress(done / max(1, len(rows)), phrase("features"))
        states.append(lesson.network.pooled(rows.inputs[0][part].to(where)).cpu())
        done += len(part)
        if time.monotonic() - started > (allowed if done >= FEWEST_LOOKED else LENIENT * allowed):
            break
    if not states:
        return Rows((torch.zeros(0, lesson.network.width), *rows.inputs[1:]), rows.truth)
    lesson.look = (time.monotonic() - started) / done
    lesson.run.answering(type(lesson.network).__name__, lesson.look)
    found = torch.cat(states)
    kept = order[: len(found)]
    return Rows((found, *(each[kept] for each in rows.inputs[1:])), rows.truth[kept])


def train_body(lesson: Lesson, mode: str) -> float:
    """Train the body as far as the mode says, and the head with it; the best validation score."""
    network = lesson.network
    if mode == LOW_RANK:
        add_low_rank(network, RANK)
        network.to(device.best(lesson.run.device))
    else:
        learn_last(network, LAST_LAYERS if mode == LAST else depth_of(network.body) + 1)
    for name, _ in lesson.head.named_parameters():
        network.rates[f"head.{name}"] = FASTER if mode != LOW_RANK else 1.0
    recipe = Recipe(
        lesson.epochs,
        min(lesson.batch, max(4, len(lesson.train) // 8)),
        lesson.rate * RATES[mode],
        lesson.weight_decay,
        warmup=0.1,
        patience=3,
        half=device.pays_bf16(device.best(lesson.run.device)),
    )
    train = replace(lesson.train, lengths=lesson.lengths)
    model = Model(network, lesson.head)
    key = lesson.keyed(f"tuning {mode}", recipe)
    best = Training(model, recipe, train, lesson.valid, lesson.stage("tuning"), key).learn().best
    if mode == LOW_RANK:
        merge_low_rank(network)
    network.requires_grad_(True)
    network.eval()
    return best


def decided(lesson: Lesson, mode: str) -> str:
    """The mode that is asked for, or the dearest that there is time for; a training that goes on decides the same."""
    if mode != AUTO:
        return mode
    note = None if lesson.run.folder is None else lesson.run.folder / DECISION
    if note is not None and note.is_file():
        found = str(json.loads(note.read_text("utf-8")).get("mode"))
        if found in MODES:
            return found
    left = lesson.run.remaining()
    needed = SAFETY * lesson.epochs * pace(lesson) * len(lesson.train) / lesson.batch if math.isfinite(left) else 0.0
    affordable = [each for each in (ALL, LOW_RANK, LAST) if COSTS[each] * needed < left]
    chosen = affordable[0] if affordable else HEAD
    if note is not None:
        note.parent.mkdir(parents=True, exist_ok=True)
        write_json(note, {"mode": chosen})
    return chosen
