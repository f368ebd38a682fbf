"""What was learned on other pictures is used again to find boxes: a step at a time, each kept only if it finds more."""

from __future__ import annotations

import math
import time
from dataclasses import replace
from typing import Any

import torch
from torch import Tensor

from fathom.deep import detecting, device
from fathom.deep.lesson import HEAD, Lesson
from fathom.deep.networks.backbone import depth_of, learn_last
from fathom.deep.networks.maps import Ready
from fathom.deep.pacing import TRAIN_SHARE, VALID_SHARE, looked, parts_of
from fathom.deep.training import Model, Recipe, Rows, Training
from fathom.deep.transfer import FASTER, PATIENCE, SHARES, Learned, Step, by_steps
from fathom.learner import Run

HEAD_EPOCHS = 20
HEAD_RATE = 2e-3
HEAD_PATIENCE = 8  # looks
HEAD_SHARE = 0.4  # of the time left once states are there
MOST_STATES = 1 << 30  # bytes
AT_ONCE = 16  # pictures whose states are computed between looks at the clock
SLOWEST_AVERAGE = 0.99


def transfer(lesson: Lesson, mode: str, together: Any) -> list[Step]:
    """Learn in the steps of a mode, from the cheapest to the dearest; what each of them brought.

    First pyramid and head on the trained network's states, which are computed once, of pictures as they are and
    mirrored where `together` mirrors them; then the last layers too, then all, on pictures that `together` moves.
    "auto" takes the steps that there is time for and keeps each only if more is found; a mode that was named is taken.
    """
    return by_steps(
        lesson,
        mode,
        lambda: head_first(lesson, together.mirror),
        lambda name, learned: (further(lesson, name, learned, together), None),
    )


def head_first(lesson: Lesson, mirror: bool) -> Learned:
    """Learn pyramid and head on states that are computed once; the best validation score, and from how many rows."""
    network: Any = lesson.network
    network.eval()
    train = computed(lesson, lesson.train, TRAIN_SHARE, mirror)
    done = len(train) // (1 + mirror)
    looked(lesson, done, len(lesson.train))
    valid = computed(lesson, lesson.valid, VALID_SHARE, mirror=False)
    recipe = Recipe(
        epochs=HEAD_EPOCHS,
        batch=min(lesson.batch, max(4, len(train) // 16)),
        rate=HEAD_RATE,
        weight_decay=lesson.weight_decay,
        average=SLOWEST_AVERAGE,
        patience=HEAD_PATIENCE,
        clip=detecting.CLIP,
        look_batch=detecting.AT_ONCE,
    )
    run = lesson.stage(HEAD)
    if math.isfinite(run.deadline):
        run.deadline -= (1 - HEAD_SHARE) * max(0.0, run.remaining())
    model = Model(Ready(network), lesson.head)
    before, found = {key: each.detach().clone() for key, each in model.state_dict().items()}, scored(model, valid, run)
    training = Training(model, recipe, train, valid, run, lesson.keyed(f"{HEAD} {len(train)}", recipe))
    best = training.learn().best
    if found <= best and len(valid):  # what was learned before finds more than what few pictures added to it
        model.load_state_dict(before)
        best = found
    return best, None, done


@torch.inference_mode()
def scored(model: Model, rows: Rows, run: Run) -> float:
    """The score of rows with states, before anything is learned of them; lower is better."""
    if not len(rows):
        return math.inf
    where = device.best(run.device)
    model.to(where).eval()
    parts = [slice(start, start + detecting.AT_ONCE) for start in range(0, len(rows), detecting.AT_ONCE)]
    outputs = [model(*(each[part].to(where) for each in rows.inputs)).float() for part in parts]
    score: tuple[float, float] = model.head.score(torch.cat(outputs), rows.truth.to(where))
    return score[0]


@torch.no_grad()
def computed(lesson: Lesson, rows: Rows, share: float, mirror: bool) -> Rows:
    """Rows with the body's states: all, or by chance as many as there is memory and a share of the time for.

    In half precision, which holds twice as many. `mirror`: those of mirrored pictures too, after the others.
    """
    network: Any = lesson.network
    where, started, allowed = device.best(lesson.run.device), time.monotonic(), share * lesson.run.remaining()
    order = torch.randperm(len(rows), generator=torch.Generator().manual_seed(lesson.run.seed))
    width = rows.inputs[0].shape[3]
    looks: list[list[list[Tensor]]] = [[], []] if mirror else [[]]
    kept = size = 0
    for part in parts_of(order, AT_ONCE):
        for turn, look in enumerate(looks):
            pixels = rows.inputs[0][part].to(where)
            found = [each.half().cpu() for each in network.states(pixels.flip(3) if turn else pixels)]
            look.append(found)
            size += sum(each.nbytes for each in found)
        kept += len(part)
        if time.monotonic() - started > allowed or size > MOST_STATES:
            break
    if not kept:
        return Rows(tuple(torch.zeros(0, 1, 1, 1) for _ in network.strides), rows.truth)
    lesson.look = (time.monotonic() - started) / (kept * len(looks))
    lesson.run.answering(type(network).__name__, lesson.look)
    states = tuple(
        torch.cat([batch[level] for look in looks for batch in look]) for level in range(len(network.strides))
    )
    truth = rows.truth[order[:kept]]
    return Rows(states, torch.cat([truth, mirrored(truth, width)]) if mirror else truth)


def mirrored(truth: Tensor, width: int) -> Tensor:
    """Boxes [rows, most, 5] as they are in mirrored pictures.

    >>> mirrored(torch.tensor([[[1.0, 2.0, 4.0, 6.0, 0.0]]]), 10).tolist()
    [[[6.0, 2.0, 9.0, 6.0, 0.0]]]
    """
    return torch.cat([width - truth[..., 2:3], truth[..., 1:2], width - truth[..., :1], truth[..., 3:]], dim=-1)


def further(lesson: Lesson, name: str, learned: int, together: Any) -> float:
    """Let the last layers, so many, learn on with pyramid and head; the best validation score."""
    network: Any = lesson.network
    learn_last(network, learned + (learned == depth_of(network.body)))
    for part, _ in Model(network, lesson.head).named_parameters():
        if not part.startswith("network.body."):
            network.rates[part] = FASTER
    recipe = Recipe(
        epochs=lesson.epochs,
        batch=lesson.batch,
        rate=lesson.rate,
        weight_decay=lesson.weight_decay,
        warmup=0.1,
        average=SLOWEST_AVERAGE,
        patience=PATIENCE,
        clip=detecting.CLIP,
        half=device.pays_bf16(device.best(lesson.run.device)),
        look_batch=detecting.AT_ONCE,
    )
    run = lesson.stage(name)
    if math.isfinite(run.deadline):
        run.deadline -= run.remaining() - SHARES[name] * max(0.0, lesson.run.remaining())
    model = Model(network, lesson.head)
    rows = replace(lesson.train, lengths=None)
    training = Training(model, recipe, rows, lesson.valid, run, lesson.keyed(name, recipe), together=together)
    best = training.learn().best
    lesson.run.hurried |= run.hurried
    network.requires_grad_(True)
    network.eval()
    return best
