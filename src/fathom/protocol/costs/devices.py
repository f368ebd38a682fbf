"""The same network on another device: what a graphics processor is worth, measured where there is one."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from fathom import catalog
from fathom.data.dataset import Dataset
from fathom.errors import FathomError
from fathom.learner import Learner, Run
from fathom.protocol.costs import latency
from fathom.tasks.problem import Problem

SHARE = 0.05  # of a trial's time, for training a little on the other device
OF_THE_REST = 1 / 3  # of the time that is left when the trial has tested
MOST_SECONDS = 10.0
LEAST_STEPS = 10  # fewer tell nothing of the pace
EXTRAPOLATED = "extrapolated"


def used(device: str, threads: int) -> dict[str, Any]:
    """The hardware of a trial, to be told: its device, the name of a graphics processor, threads of the processor.

    >>> used("cpu", 2)
    {'device': 'cpu', 'threads': 2}
    """
    if not device.startswith("cuda"):
        return {"device": device, "threads": threads}
    return {"device": device, "name": catalog.load("torch.cuda:get_device_name")(device), "threads": threads}


def others(device: str) -> list[str]:
    """The devices that are worth comparing with the one that a network was trained on.

    >>> others("cuda"), others("cpu")
    (['cpu'], [])
    """
    return ["cpu"] if device.startswith("cuda") else []


def elsewhere(
    learner: Learner, problem: Problem, parts: tuple[Dataset, Dataset, Dataset], run: Run, limit: float, end: float
) -> dict[str, dict[str, Any]]:
    """What the trained network costs on each other device, by the device's name; empty where there is no other.

    `parts` are training, validation and test rows; `run` is the one it was trained in; `limit`: seconds that the trial
    may take; `end`: the reading of `time.monotonic()` when it must be over. `latency_ms` is as `latency` has it.
    `fit_seconds` is extrapolated, and `fit_source` says so: from the pace of a short training of `fit_steps` steps
    there, to as many steps as were taken here.
    """
    train, valid, test = parts
    found: dict[str, dict[str, Any]] = {}
    for device in others(run.device):
        seconds = latency.budget(limit, end - time.monotonic())
        with _moved(learner, device) as moved:
            if not moved or not seconds or not len(test):
                continue
            found[device] = {"latency_ms": latency.brief(learner, test, seconds)}
        seconds = min(SHARE * limit, MOST_SECONDS, OF_THE_REST * (end - time.monotonic()))
        there = Run(time.monotonic() + seconds, run.seed, device, run.threads)
        taken = _steps(learner)
        if taken and seconds > 0:
            other = _tried(learner, problem, train, valid, there)
            found[device] |= _extrapolated(_steps(other), taken, dict(there.steps))
    return found


def _tried(learner: Learner, problem: Problem, train: Dataset, valid: Dataset, run: Run) -> Learner | None:
    """One with the same parameters, trained for a short time; None where that fails, which must not end the trial."""
    try:
        other: Learner = replace(learner)  # type: ignore[type-var]
        other.fit(problem, train, valid, run)
    except (FathomError, RuntimeError, TypeError):
        return None
    return other


def _extrapolated(tried: int, taken: int, steps: dict[str, float]) -> dict[str, Any]:
    """Training seconds for as many steps as were `taken`, at the pace of the `tried` ones; empty after too few.

    >>> _extrapolated(20, 200, {"inputs to tensors": 0.5, "training": 2.0})
    {'fit_seconds': 20.5, 'fit_source': 'extrapolated', 'fit_steps': 20}
    """
    if tried < LEAST_STEPS:
        return {}
    before = sum(seconds for name, seconds in steps.items() if name != "training")
    whole = before + steps.get("training", 0.0) * taken / tried
    return {"fit_seconds": whole, "fit_source": EXTRAPOLATED, "fit_steps": tried}


def _steps(learner: Learner | None) -> int:
    """Steps that a network's training took; 0 where it does not tell."""
    return int(getattr(getattr(learner, "progress_", None), "step", 0))


@contextmanager
def _moved(learner: Learner, device: str) -> Iterator[bool]:
    """A network on another device for the length of a block; False where the learner has none or it does not fit."""
    model = getattr(learner, "model_", None)
    if model is None or not hasattr(model, "to"):
        yield False
        return
    home = next(model.parameters()).device
    try:
        model.to(device)
    except RuntimeError:  # no memory there
        model.to(home)
        yield False
        return
    try:
        yield True
    finally:
        model.to(home)
