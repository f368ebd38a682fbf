"""Forecasts with a network that was trained on other series: as it is, corrected, or learned on as a whole."""

from __future__ import annotations

import copy
import time
from typing import Any

import numpy as np
import torch
import transformers
from torch import nn
from transformers import AutoConfig

from fathom.data.dataset import Dataset
from fathom.data.series.horizon import Horizon
from fathom.data.series.windows import stretches
from fathom.deep import bodies, device, forecasting
from fathom.deep.bodies import UNUSABLE
from fathom.deep.heads.quantiles import Quantiles
from fathom.deep.inputs.series import SeriesInputs
from fathom.deep.inputs.sliding import Sliding
from fathom.deep.lesson import ALL, AUTO, HEAD, Lesson
from fathom.deep.networks.series_published import PATCHED, TOLD, SeriesPublished
from fathom.deep.pretrained_boxes import key_of
from fathom.deep.training import Model, Recipe, Rows, Training
from fathom.deep.transfer import Step
from fathom.errors import TrainingError
from fathom.learner import Run
from fathom.messages import phrase
from fathom.tasks.problem import Problem

CLASSES = {  # of the transformers library, by the type that a configuration names
    "patchtst": "PatchTSTForPrediction",
    "patchtsmixer": "PatchTSMixerForPrediction",
    "timesfm": "TimesFmModelForPrediction",
    "timesfm2_5": "TimesFm2_5ModelForPrediction",
}
RATE = 1e-4
FASTER = 10.0  # the decoder learns so many times faster than the body
BATCH = 64
EPOCHS, EPOCH = 10, 50
MOST_LOOKED = 512  # validation windows: large bodies take their time
HEAD_SHARE = 0.4  # of the time, where the whole network may learn afterwards
WORTH = 2.0  # times what the head took that must be left for the whole


def fit(learner: Any, problem: Problem, train: Dataset, valid: Dataset, run: Run, folder: str) -> list[Step]:
    """Learn to forecast from the trained network in `folder`; what each step brought.

    `learner` has the hyperparameters of `Pretrained` and gets what its `fit` leaves; `epochs` 0 leaves the network as
    it was published. A TrainingError where the network cannot be used.
    """
    if learner.mode not in (AUTO, HEAD, ALL):
        raise TrainingError(
            phrase("Forecasters have no mode '{mode}'.", mode=learner.mode),
            remedy=phrase("The modes are: {names}.", names=", ".join((AUTO, HEAD, ALL))),
        )
    horizon = problem.horizon
    assert horizon is not None
    with run.step("inputs to tensors"):
        body: Any = opened(folder)
        found = stretches(train, problem)
        inputs = SeriesInputs.fit(problem, train, found, looks_back(body.config, horizon))
        units = forecasting.units_of(found, horizon)
        *given, truth = Sliding(found, inputs, train, units).views()
        few = valid.take(np.unique(np.linspace(0, max(len(valid) - 1, 0), min(len(valid), MOST_LOOKED)).astype(int)))
        looked, middle, unit = inputs.read(few)
        design = {"context": inputs.context, "steps": horizon.ahead, "ahead": inputs.ahead}
        network = SeriesPublished(body, **design)
        rows = Rows(tuple(given), truth)  # type: ignore[arg-type]
        held = Rows(looked, forecasting.held_to(problem, few, middle, unit, units))
    key = key_of(folder, rows, f"{run.seed}{learner.parameters()}")
    rate = RATE if learner.rate is None else learner.rate
    epochs = EPOCHS if learner.epochs is None else learner.epochs
    lesson = Lesson(
        network,  # type: ignore[arg-type]
        Quantiles(),
        rows,
        held,
        run,
        rate,
        min(BATCH, max(8, len(rows) // 8)),
        epochs,
        learner.weight_decay,
        key,
    )
    network.to(device.best(run.device))
    steps = learned(lesson, learner.mode)
    learner.problem_, learner.inputs_, learner.design_, learner.smoothing_ = problem, inputs, design, 0.0
    learner.body_ = {**body.config.to_diff_dict(), "model_type": body.config.model_type}
    learner.model_ = Model(network, lesson.head).requires_grad_(True).eval()
    return steps


def learned(lesson: Lesson, mode: str) -> list[Step]:
    """The decoder first, then the whole network where that is asked for, or there is time and it forecasts better."""
    run, network = lesson.run, lesson.network
    started, whole = time.monotonic(), run.deadline
    network.body.requires_grad_(False)
    if mode != HEAD:
        run.deadline = min(whole, started + HEAD_SHARE * max(0.0, run.remaining()))
    best = taught(lesson, HEAD, FASTER * lesson.rate)
    run.deadline = whole
    taken = time.monotonic() - started
    steps = [Step(HEAD, True, best, None, taken, 0, 1)]
    if mode == HEAD or not lesson.epochs:
        return steps
    if mode == AUTO and run.remaining() < WORTH * taken:
        run.hurried = True
        return [*steps, Step(ALL, False, None, None, 0.0, 1, 1)]
    model = Model(network, lesson.head)
    before = copy.deepcopy(model.state_dict())
    network.body.requires_grad_(True)
    slow = {name: 1 / FASTER for name, _ in model.named_parameters() if name.startswith("network.body.")}
    network.rates = slow
    started = time.monotonic()
    found = taught(lesson, ALL, FASTER * lesson.rate)
    kept = mode == ALL or found < best
    if not kept:
        model.load_state_dict(before)
    return [*steps, Step(ALL, kept, found, None, time.monotonic() - started, 1, 1)]


def taught(lesson: Lesson, name: str, rate: float) -> float:
    """One training of what may learn; its best validation score."""
    recipe = Recipe(
        epochs=lesson.epochs,
        batch=lesson.batch,
        rate=rate,
        weight_decay=lesson.weight_decay,
        patience=3,
        look_batch=lesson.batch,
        epoch=EPOCH,
    )
    model = Model(lesson.network, lesson.head)
    with lesson.run.step(name):
        run = lesson.stage(name)
        best = Training(model, recipe, lesson.train, lesson.valid, run, lesson.keyed(name, recipe)).learn().best
    lesson.run.hurried |= run.hurried
    return best


def opened(folder: str) -> nn.Module:
    """The trained forecaster in a folder, for one series at a time; nothing is fetched and no code of it run."""
    kept: dict[str, Any] = {"local_files_only": True, "trust_remote_code": False}
    try:
        config = single(AutoConfig.from_pretrained(folder, **kept))
        made: Any = getattr(transformers, CLASSES[config.model_type])
        body, notes = made.from_pretrained(
            folder, config=config, use_safetensors=True, dtype=torch.float32, output_loading_info=True, **kept
        )
        if notes["missing_keys"]:
            raise ValueError(phrase("it was not trained to forecast"))
    except UNUSABLE as error:
        first = (str(error).strip() or type(error).__name__).splitlines()[0]
        raise TrainingError(
            phrase("The trained network cannot be used: {error}", error=first),
            where=folder,
            remedy=phrase("Name another one; forecasters like TimesFM, PatchTST and PatchTSMixer fit."),
        ) from error
    forecaster: nn.Module = body
    return forecaster


def single(config: Any) -> Any:
    """The configuration, for one series at a time; a ValueError where the network is no forecaster that fits."""
    if config.model_type not in CLASSES:
        raise ValueError(phrase("{type} is no forecaster that is known here", type=config.model_type))
    if config.model_type in PATCHED:
        config.num_input_channels = 1  # each series by itself: weights are the same for all
        config.prediction_channel_indices = None
        config.do_mask_input = False
    return config


def looks_back(config: Any, horizon: Horizon) -> int:
    """How many steps a forecaster is shown."""
    if config.model_type in TOLD:
        patch = int(config.patch_length)
        wanted = -(-min(horizon.context, forecasting.MOST_BACK) // patch) * patch
        return min(int(config.context_length), max(patch, wanted))
    return int(config.context_length)


def revived(description: dict[str, Any], design: dict[str, Any]) -> Model:
    """The model of a description, its weights still to come."""
    config = single(bodies.configured(description))
    body = getattr(transformers, CLASSES[config.model_type])(config)
    return Model(SeriesPublished(body, **design), Quantiles())
