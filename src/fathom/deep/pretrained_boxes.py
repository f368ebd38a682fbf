"""Finds boxes with what was learned on other pictures: under a pyramid, or by a detector that was trained as one."""

from __future__ import annotations

import hashlib
import time
from pathlib import Path
from typing import Any

from fathom.data.dataset import Dataset
from fathom.deep import detecting, detector, device
from fathom.deep.bodies import UNUSABLE
from fathom.deep.bodies_boxes import Opened, published
from fathom.deep.heads.queries import Queries
from fathom.deep.inputs.image import TRAIN, VALID, shelf
from fathom.deep.inputs.shelf import bytes_of, close
from fathom.deep.learned_boxes import learned
from fathom.deep.learner import DESCRIPTION
from fathom.deep.lesson import ALL, Lesson
from fathom.deep.networks.maps import LearnedMaps
from fathom.deep.training import Model, Recipe, Rows, Training
from fathom.deep.transfer import Step
from fathom.deep.transfer_boxes import transfer
from fathom.errors import StoreError, TrainingError
from fathom.learner import Run
from fathom.messages import phrase
from fathom.tasks.problem import Problem

RATE = 2e-4
BODY_SLOWER = 0.1  # times the rate, for what a trained detector sees with
BATCH = 8
EPOCHS, FEWEST_EPOCHS, PICTURES_SEEN = 20, 4, 5_000


def fit(learner: Any, problem: Problem, train: Dataset, valid: Dataset, run: Run, folder: str) -> list[Step]:
    """Learn to find boxes from the trained network in `folder`; what each step brought.

    `learner` has the hyperparameters of `Pretrained` and gets what its `fit` leaves. A TrainingError where the network
    cannot be used.
    """
    where = device.best(run.device)
    with run.step("inputs to tensors"):
        largest = detector.LARGEST[where.partition(":")[0]]
        inputs = detecting.learn_inputs(problem, train, largest)
        model, design, description = opened(folder, problem, where)
        begun = time.monotonic()
        rows, looked = (
            Rows(*detecting.rows_of(inputs, problem, part, shelf(run, name)))
            for part, name in ((train, TRAIN), (valid, VALID))
        )
        run.answering("inputs", (time.monotonic() - begun) / (len(train) + len(valid)))
    epochs = learner.epochs or max(FEWEST_EPOCHS, min(EPOCHS, PICTURES_SEEN // max(1, len(rows))))
    lesson = Lesson(
        model.network,  # type: ignore[arg-type]
        model.head,
        rows,
        looked,
        run,
        RATE if learner.rate is None else learner.rate,
        min(learner.batch, BATCH, max(4, len(rows) // 16)),
        epochs,
        learner.weight_decay,
        key_of(folder, rows, f"{run.seed}{learner.parameters()}"),
    )
    together = detecting.journey(problem, learner.mirror)
    steps = whole(lesson, together) if "queries" in design else transfer(lesson, learner.mode, together)
    close((*rows.inputs, *looked.inputs))
    learner.problem_, learner.inputs_, learner.design_, learner.smoothing_ = problem, inputs, design, 0.0
    learner.body_, learner.model_ = description, model.requires_grad_(True).eval()
    return steps


def key_of(folder: str, rows: Rows, said: str) -> str:
    """What a checkpoint must agree in to be resumed: the trained network, the rows and what was asked for."""
    digest = hashlib.sha256(said.encode())
    for path in sorted(Path(folder).glob("*.safetensors")):
        with path.open("rb") as file:
            digest.update(hashlib.file_digest(file, "sha256").digest())
    for each in (*rows.inputs, rows.truth):
        digest.update(bytes_of(each))
    return digest.hexdigest()


def opened(folder: str, problem: Problem, where: str) -> Opened:
    """The model that starts from the network in a folder, its design and the network's own description."""
    here = (Path(folder) / DESCRIPTION).is_file()
    try:
        return (learned if here else published)(Path(folder), problem, where)
    except (*UNUSABLE, StoreError) as error:
        first = (str(error).strip() or type(error).__name__).splitlines()[0]
        raise TrainingError(
            phrase("The trained network cannot be used: {error}", error=first),
            where=folder,
            remedy=phrase(
                "Name another one; networks of filters like ResNet or MobileNet fit, and detectors like DETR."
            ),
        ) from error


def whole(lesson: Lesson, together: Any) -> list[Step]:
    """Let a trained detector learn on as a whole, by its own loss."""
    lesson.network.rates = {
        f"head.{name}": BODY_SLOWER if ".backbone." in name else 1.0 for name, _ in lesson.head.named_parameters()
    }
    recipe = Recipe(
        epochs=lesson.epochs,
        batch=min(lesson.batch, 4),
        rate=lesson.rate,
        weight_decay=1e-4,
        clip=0.1,
        look_batch=detecting.AT_ONCE,
    )
    model = Model(lesson.network, lesson.head)
    with lesson.run.step("training"):
        training = Training(
            model, recipe, lesson.train, lesson.valid, lesson.stage(ALL), lesson.keyed(ALL, recipe), together=together
        )
        best = training.learn().best
    return [Step(ALL, True, best, None, 0.0, 1, 1)]


def export(model: Model, folder: Path) -> None:
    """Write what the trained network has become for the transformers library."""
    if isinstance(model.network, LearnedMaps):
        raise TrainingError(
            phrase("The network was made here; the transformers library has none like it."),
            remedy=phrase("Start from its model instead: --from MODEL."),
        )
    network: Any = model.head.body if isinstance(model.head, Queries) else model.network.body
    folder.mkdir(parents=True, exist_ok=True)
    network.save_pretrained(folder)
