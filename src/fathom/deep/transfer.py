"""What was learned on other pictures is used again: a step at a time, each kept only if validation rows say so."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import Any

import torch
from torch import Tensor

from fathom.deep import checkpoint, device
from fathom.deep.heads.identity import ArcFace
from fathom.deep.lesson import ALL, AUTO, HEAD, LAST, LOW_RANK, Lesson
from fathom.deep.networks.backbone import Ready, add_low_rank, depth_of, learn_last, merge_low_rank
from fathom.deep.pacing import TRAIN_SHARE, VALID_SHARE, looked, pace
from fathom.deep.probe import learn_top
from fathom.deep.training import Model, Recipe, Rows, Training
from fathom.deep.tuning import COSTS, DECISION, RANK, RATES, computed
from fathom.errors import TrainingError
from fathom.folders import write_json
from fathom.messages import phrase

SHARES = {LAST: 0.4, LOW_RANK: 1.0, ALL: 1.0}  # of the time left, for a step
LAST_SHARE = 0.25  # of the layers
FASTER = 10.0  # the head learns so many times faster than the body
FEWEST_EPOCHS = 2.0  # of a step that there must be time for
LOOKS = 4.0  # at the validation rows, in a step of so few epochs
AT_ONCE = 16  # pictures whose features are computed between looks at the clock
STATES = "states"
TRANSFER = "transfer"  # by what name the steps are told
BEGUN = "begun"
PATIENCE = 5  # looks
EMBED_EPOCHS, EMBED_BATCH, EMBED_RATE, EMBED_PATIENCE = 80, 128, 5e-3, 15  # of an embedding on features computed once
EMBED_SHARE = 0.4  # of the time left


@dataclass
class Step:
    """One step of a transfer: what it brought on the validation rows, and what it cost.

    `loss` is the validation rows' log-loss at the best temperature, which decides, `right` the share of them that was
    answered right (None: no labels, or the step was not taken). `learned` of `layers` learned on; the others were used
    again as they were. `rows`: how many it learned from.
    """

    name: str
    kept: bool
    loss: float | None
    right: float | None
    seconds: float
    learned: int
    layers: int
    rows: int = 0


Learned = tuple[float, float | None, int]
FAILURES = (TrainingError, torch.OutOfMemoryError)  # of a step: what was learned before it still stands


def transfer(lesson: Lesson, mode: str, move: Any = None) -> list[Step]:
    """Learn in the steps of a mode, from the cheapest to the dearest; what each of them brought.

    First the head on features that are computed once, then the last layers too, then all of them, each from what was
    best before. "auto" takes all steps that there is time for and keeps each only if it answers the validation rows
    better; a mode that was named is taken whatever they say. What was learned before a step stands where the step
    fails or finds no time.
    """
    return by_steps(
        lesson,
        mode,
        lambda: head_first(lesson),
        lambda name, learned: (further(lesson, name, learned, move), share_right(lesson)),
    )


def by_steps(
    lesson: Lesson, mode: str, first: Callable[[], Learned], further: Callable[[str, int], tuple[float, float | None]]
) -> list[Step]:
    """Take the steps of a mode: `first` learns the head, `further` lets so many of the last layers learn on with it.

    Both answer with the validation score, lower is better, and the share right; `first` with its rows too.
    """
    lesson.network.to(device.best(lesson.run.device))
    layers = depth_of(lesson.network.body)
    started = time.monotonic()
    with lesson.run.step(HEAD):
        best, right, rows = first()
    steps = [Step(HEAD, True, best, right, time.monotonic() - started, 0, layers, rows)]
    for name in {AUTO: (LAST, ALL), HEAD: ()}.get(mode, (mode,)):
        learned = last_of(layers) if name == LAST else layers
        if not affordable(lesson, name, mode == AUTO):
            lesson.run.hurried = True
            steps.append(Step(name, False, None, None, 0.0, learned, layers))
            continue
        started, model = time.monotonic(), Model(lesson.network, lesson.head)
        before = {key: each.detach().clone() for key, each in model.state_dict().items()}
        found: tuple[float | None, float | None] = None, None
        with lesson.run.step(name), suppress(*(FAILURES if mode == AUTO else ())):
            found = further(name, learned)
        score, right = found
        kept = mode != AUTO or (score is not None and score < best)
        if score is not None and kept:
            best = score
        if not kept:
            model.load_state_dict(before)
            model.requires_grad_(True).eval()
        steps.append(Step(name, kept, score, right, time.monotonic() - started, learned, layers, len(lesson.train)))
    return steps


def last_of(layers: int) -> int:
    """How many layers are the last ones.

    >>> last_of(17), last_of(2)
    (4, 1)
    """
    return max(1, round(LAST_SHARE * layers))


def head_first(lesson: Lesson) -> Learned:
    """Learn the head alone on features that are computed once; its validation score, share right and rows."""
    lesson.network.eval()
    train, valid = states(lesson)
    if isinstance(lesson.head, ArcFace):
        return embedded(lesson, train, valid), None, len(train)
    where = device.best(lesson.run.device)
    score = learn_top(
        lesson.head,
        (train.inputs[0].to(where), train.truth.to(where)),
        (valid.inputs[0].to(where), valid.truth.to(where)),
        lesson.stage(HEAD),
    )
    with torch.inference_mode():
        answers = lesson.head.answer(lesson.head(valid.inputs[0].to(where)[:, None]))
    return score, right_of(answers, valid.truth), len(train)


def embedded(lesson: Lesson, train: Rows, valid: Rows) -> float:
    """Learn what makes a vector of features, and the persons' centres; the validation score."""
    recipe = Recipe(
        EMBED_EPOCHS,
        min(EMBED_BATCH, max(8, len(train) // 8)),
        EMBED_RATE,
        lesson.weight_decay,
        patience=EMBED_PATIENCE,
        average=0.99,
    )
    model, run = Model(Ready(lesson.network), lesson.head), lesson.stage(HEAD)
    if math.isfinite(run.deadline):
        run.deadline -= (1 - EMBED_SHARE) * max(0.0, run.remaining())
    return Training(model, recipe, train, valid, run, lesson.keyed(f"{HEAD} {len(train)}", recipe)).learn().best


def states(lesson: Lesson) -> tuple[Rows, Rows]:
    """Training and validation rows with the features that the body makes of them; kept for a training that goes on."""
    folder = None if lesson.run.folder is None else lesson.run.folder / STATES
    parts = {"train": (lesson.train, TRAIN_SHARE), "valid": (lesson.valid, VALID_SHARE)}
    found = checkpoint.read(folder, lesson.key) if folder else None
    if found is None:
        made = {}
        for name, (rows, share) in parts.items():
            made[name] = computed(lesson, rows, share, AT_ONCE)
            if name == "train":
                looked(lesson, len(made[name]), len(rows))
        kept = {f"{name}/{part}": each for name, rows in made.items() for part, each in whole(rows).items()}
        if folder is not None:
            checkpoint.write(folder, kept, {"key": lesson.key})
        return made["train"], made["valid"]
    train, valid = (Rows((found[0][f"{name}/states"],), found[0][f"{name}/truth"]) for name in parts)
    looked(lesson, len(train), len(lesson.train))
    return train, valid


def whole(rows: Rows) -> dict[str, Tensor]:
    """Rows with features as tensors by name."""
    return {"states": rows.inputs[0], "truth": rows.truth}


def further(lesson: Lesson, name: str, learned: int, move: Any) -> float:
    """Let the last layers, so many, learn on with the head; the best validation score."""
    network = lesson.network
    if name == LOW_RANK:
        if not add_low_rank(network, RANK):
            raise TrainingError(
                phrase("The mode '{mode}' needs a network with attention.", mode=name),
                remedy=phrase("The modes are: {names}.", names=", ".join((AUTO, HEAD, LAST, ALL))),
            )
        network.to(device.best(lesson.run.device))
    else:
        learn_last(network, learned + (learned == depth_of(network.body)))
    for part, _ in lesson.head.named_parameters():
        network.rates[f"head.{part}"] = FASTER if name != LOW_RANK else 1.0
    recipe = Recipe(
        lesson.epochs,
        min(lesson.batch, max(4, len(lesson.train) // 8)),
        lesson.rate * RATES[name],
        lesson.weight_decay,
        warmup=0.1,
        patience=PATIENCE,
        half=device.pays_bf16(device.best(lesson.run.device)),
    )
    run = lesson.stage(name)
    if math.isfinite(run.deadline):
        run.deadline -= run.remaining() - SHARES[name] * max(0.0, lesson.run.remaining())
    model = Model(network, lesson.head)
    training = Training(model, recipe, lesson.train, lesson.valid, run, lesson.keyed(name, recipe), move)
    best = training.learn().best
    lesson.run.hurried |= run.hurried
    if name == LOW_RANK:
        merge_low_rank(network)
    network.requires_grad_(True)
    network.eval()
    return best


@torch.inference_mode()
def share_right(lesson: Lesson) -> float | None:
    """The share of validation rows that the model as it is answers right."""
    truth = lesson.valid.truth
    if truth.dtype != torch.int64 or truth.ndim != 1 or isinstance(lesson.head, ArcFace):
        return None
    where, model = device.best(lesson.run.device), Model(lesson.network, lesson.head).eval()
    parts = torch.split(torch.arange(len(lesson.valid)), lesson.batch)
    answers = [lesson.head.answer(model(lesson.valid.inputs[0][part].to(where))).cpu() for part in parts]
    return right_of(torch.cat(answers), lesson.valid.truth) if answers else None


def right_of(answers: Tensor, truth: Tensor) -> float | None:
    """The share of rows whose likeliest class is the true one; None where there are no rows or no classes."""
    if truth.dtype != torch.int64 or truth.ndim != 1 or not len(truth):
        return None
    return float((answers.argmax(dim=1).cpu() == truth.cpu()).double().mean())


def affordable(lesson: Lesson, name: str, whole: bool = True) -> bool:
    """Whether there is time for some epochs of a step (`whole`), or for its beginning at least.

    A training that goes on decides as it did before.
    """
    note = None if lesson.run.folder is None else lesson.run.folder / DECISION
    said: dict[str, Any] = {}
    if note is not None and note.is_file():
        said = json.loads(note.read_text("utf-8"))
        if name in said:
            return bool(said[name] == BEGUN)
    left = SHARES[name] * lesson.run.remaining() - LOOKS * lesson.look * len(lesson.valid)
    enough = left > 0
    if enough and math.isfinite(left):
        steps = FEWEST_EPOCHS * len(lesson.train) / lesson.batch if whole else 1.0
        enough = steps * COSTS[name] * pace(lesson) < left
    if note is not None:
        note.parent.mkdir(parents=True, exist_ok=True)
        write_json(note, {**said, name: BEGUN if enough else "left out"})
    return enough


def told(steps: list[Step]) -> list[dict[str, Any]]:
    """The steps as plain JSON data."""
    return [asdict(each) for each in steps]
