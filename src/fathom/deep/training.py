"""The one training loop: whatever goes in and comes out, steps are taken, watched, kept and resumed the same way."""

from __future__ import annotations

import copy
import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, nn

from fathom.deep import checkpoint, device
from fathom.deep.augment import shrunk
from fathom.deep.batches import order_of, stacked
from fathom.deep.inputs.shelf import Batches, portion
from fathom.deep.optimizer import AdamW
from fathom.deep.schedule import Plan
from fathom.errors import TrainingError
from fathom.learner import Run
from fathom.messages import phrase

TICK = 0.25  # seconds between readings of the clock that may change the plan
SAVE_EVERY = 10.0  # seconds between checkpoints: what a crash may cost
SAVE_SHARE = 20.0  # times what writing one takes, beyond a second, in addition
QUICK_SAVE = 1.0
LOOK_BATCH = 1024  # rows scored at once
WARM_STEPS = 3  # the first steps prepare kernels and say nothing about the pace
HALF_TOLERANCE = 0.02  # how far the loss in bfloat16 may be from that in float32
SETTLED = 30  # steps after which the pace is known well enough to plan by
UNSETTLED = 0.5  # of the pace measured before that is counted
RESERVE = 0.02  # of the time given, kept free for what was not foreseen
LEAST_RESERVE = 0.1  # seconds
STAGES = 4  # in which pictures grow
STEP_LOOKS = 2.0  # times a look at a row, at least, that a step takes for one
MOSTLY = 0.9  # of the steps wanted: a training of fewer was cut short, unless patience ended it


@dataclass(frozen=True)
class Recipe:
    """How to train: plain numbers, each with a default that holds for most problems."""

    epochs: int = 50
    batch: int = 256
    rate: float = 2e-3  # of learning, at its highest
    weight_decay: float = 1e-2
    warmup: float = 0.05  # share of the steps in which the rate rises
    decay: float = 1.0  # share of the steps, at the end, in which it falls
    patience: int | None = None  # looks at the validation rows without progress before training stops
    average: float = 0.0  # how much of the running average of weights a step keeps; 0: no average
    tolerance: float = 0.0  # standard errors by which later weights may score worse than the best and yet be kept
    clip: float = 1.0  # largest length of the gradient
    half: bool = False  # bfloat16 where it loses nothing
    look_batch: int = LOOK_BATCH  # rows scored at once
    epoch: int | None = None  # steps of an epoch at most, each on other rows; None: until every row was seen
    small: float = 1.0  # share of their sides that pictures begin with
    first: bool = False  # whether weights are scored before the first step: they may be better than what follows
    grown: float = 0.7  # share of the steps after which they have all of it

    def side(self, done: float) -> float:
        """The share of pictures' sides when this share of the steps is done: it grows by stages.

        >>> [Recipe(small=0.5).side(done) for done in (0.0, 0.4, 0.7)]
        [0.5, 0.75, 1.0]
        """
        stage = math.floor(STAGES * done / self.grown) / STAGES if done < self.grown else 1.0
        return self.small + (1 - self.small) * stage


@dataclass(frozen=True)
class Rows:
    """Input tensors and the truth, all with the rows first; pictures may be more than memory holds (`inputs.shelf`).

    `lengths` int64 [rows], where rows differ in length: batches are then made of rows of similar length.
    """

    inputs: tuple[Any, ...]  # tensors, or what gives rows as one does
    truth: Tensor
    lengths: Tensor | None = None

    def __len__(self) -> int:
        return len(self.truth)

    def to(self, where: str) -> Rows:
        """The rows on a device, if they fit there; batches are moved one by one otherwise."""
        held = [each for each in self.inputs if isinstance(each, Tensor)]
        if len(held) < len(self.inputs) or not device.fits((*held, self.truth), where):
            return self
        return Rows(tuple(each.to(where) for each in held), self.truth.to(where), self.lengths)


class Model(nn.Module):
    """Network and head, one after the other."""

    def __init__(self, network: nn.Module, head: Any) -> None:
        super().__init__()
        self.network = network
        self.head = head

    def forward(self, *inputs: Tensor) -> Tensor:
        """What the head makes of the network's features."""
        outputs: Tensor = self.head(self.network(*inputs))
        return outputs


@dataclass
class Progress:
    """Where a training stands: what a checkpoint must know beside tensors."""

    step: int = 0
    steps: int = 0  # the plan
    best: float = math.inf
    bound: float = math.inf  # the worst score that is as good as the best, given how few rows it was measured on
    stale: int = 0  # looks since the best
    finished: bool = False
    history: list[tuple[int, float]] = field(default_factory=list)  # step and validation score of each look


class Training:
    """One training of one model; `learn` runs it to its end, from wherever a checkpoint left it.

    Everything that chance decides is drawn from torch's random state, which checkpoints hold, or from the seed and
    the number of the epoch: a training that was killed and resumed ends with the very same weights.
    """

    def __init__(
        self,
        model: Model,
        recipe: Recipe,
        train: Rows,
        valid: Rows,
        run: Run,
        key: str,
        move: Callable[[Tensor], Tensor] | None = None,
        together: Callable[[Tensor, Tensor], tuple[Tensor, Tensor]] | None = None,
    ) -> None:
        self.where = device.best(run.device)
        self.model = model.to(self.where)
        self.recipe, self.run, self.key = recipe, run, key
        self.answered = type(model.network).__name__  # the part of an answer whose pace is told here
        self.move, self.together = move, together  # of the first input alone, or of it and the truth
        self.train, self.valid = train.to(self.where), valid.to(self.where)
        self.batch = max(1, min(recipe.batch, len(train)))
        self.per_epoch = max(1, len(train) // self.batch)
        if recipe.epoch is not None:
            self.per_epoch = min(self.per_epoch, recipe.epoch)
        self.look_every = max(self.per_epoch, 10)
        self.plan = Plan(self.per_epoch * recipe.epochs, recipe.warmup, recipe.decay)
        self.progress = Progress(steps=self.plan.steps)
        self.average = copy.deepcopy(model).requires_grad_(False) if recipe.average else model
        self.averaged, self.followed = floats(self.average), floats(model)
        self.optimizer = AdamW(model, recipe.weight_decay, getattr(model.network, "rates", None))
        self.best: dict[str, Tensor] = {}
        self.batches = Batches(self.train.inputs, self._picked)
        self.order = torch.empty(0)
        self.order_epoch = -1
        self.pace = self.look_seconds = self.save_seconds = 0.0
        self.half = recipe.half and self._agrees()
        self.begun = self.saved = time.monotonic()

    def learn(self) -> Progress:
        """Train to the end of the plan, the deadline or the end of patience; the model holds the best weights then."""
        self._resume()
        try:
            self._go()
        finally:
            self.batches.close()
        if not self.progress.finished and self.progress.step < MOSTLY * self.plan.wanted:
            self.run.hurried = True
        self._finish()
        return self.progress

    def _go(self) -> None:
        """Take steps, with an eye on the clock and on the validation rows."""
        self.first = self.progress.step
        if self.recipe.first and not self.progress.history:
            self._look()
        tick, counted, taken = time.monotonic(), self.progress.step, 0
        while not self.progress.finished and self.progress.step < self.plan.steps:
            self._step()
            taken += 1
            if taken <= WARM_STEPS:
                tick, counted = time.monotonic(), self.progress.step
            if self.progress.step % self.look_every == 0:
                self._synchronise()
                started = time.monotonic()
                self._look()
                tick += time.monotonic() - started
            if time.monotonic() - tick > TICK or self._late():
                self._synchronise()
                self._pace((time.monotonic() - tick) / max(1, self.progress.step - counted))
                self._save_if_due()
                tick, counted = time.monotonic(), self.progress.step

    def _step(self) -> None:
        """One batch forward and back."""
        state = self.progress
        picked, found = self.batches.at(state.step)
        inputs = [each.to(self.where, non_blocking=True) for each in found]
        truth = self.train.truth[picked].to(self.where, non_blocking=True)
        if (side := self.recipe.side(state.step / max(1, self.plan.steps))) < 1:
            inputs = [shrunk(inputs[0], side), *inputs[1:]]
        if self.move is not None:
            inputs = [self.move(inputs[0]), *inputs[1:]]
        if self.together is not None:
            inputs[0], truth = self.together(inputs[0], truth)
        with self._precision():
            outputs = self.model(*inputs)
        loss = self.model.head.loss(outputs, truth)
        self.optimizer.clear()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.optimizer.weights, self.recipe.clip, foreach=True)
        self.optimizer.step(self.recipe.rate * self.plan.rate(state.step))
        state.step += 1
        if self.recipe.average:
            self._follow()

    def _picked(self, step: int) -> Tensor:
        """The rows of a step's batch: each epoch has an order of its own that follows from the seed alone."""
        epoch, position = divmod(step, self.per_epoch)
        if epoch != self.order_epoch:
            chance = torch.Generator().manual_seed(self.run.seed * 1_000_003 + epoch)
            order = order_of(len(self.train), self.batch, chance, self.train.lengths)
            self.order = order.to(self.train.truth.device)
            self.order_epoch = epoch
        return self.order[position * self.batch : (position + 1) * self.batch]

    @torch.no_grad()
    def _follow(self) -> None:
        """Draw the average of the weights towards the weights."""
        keep = min(self.recipe.average, (1 + self.progress.step) / (10 + self.progress.step))
        torch._foreach_lerp_(self.averaged, self.followed, 1 - keep)

    def _look(self) -> None:
        """Score the validation rows and keep the weights if they are the best so far."""
        started = time.monotonic()
        state = self.progress
        score, error = self._score()
        state.history.append((state.step, score))
        state.stale = 0 if score < state.best else state.stale + 1
        if score < state.best:
            state.best, state.bound = score, score + self.recipe.tolerance * error
        if score <= state.bound or not self.best:
            self.best = {name: each.detach().clone() for name, each in self.average.state_dict().items()}
        if not math.isfinite(score) or (self.recipe.patience is not None and state.stale >= self.recipe.patience):
            state.finished = True
        self.look_seconds = max(time.monotonic() - started, 0.5 * self.look_seconds)
        if len(self.valid):
            self.run.answering(self.answered, self.look_seconds / len(self.valid))
        epoch = state.step // self.per_epoch
        note = phrase(
            "epoch {epoch}, validation {score:.4f}, best {best:.4f}", epoch=epoch, score=score, best=state.best
        )
        self.run.progress(min(1.0, state.step / max(1, self.plan.steps)), note)

    @torch.inference_mode()
    def _score(self) -> tuple[float, float]:
        """The head's score of the validation rows and its standard error; lower is better."""
        if not len(self.valid):
            return -float(self.progress.step), 0.0  # nothing to choose by: the latest weights are the best
        self.average.eval()
        outputs = []
        with self._precision():
            at_once = portion(self.valid.inputs, self.recipe.look_batch)
            for start in range(0, len(self.valid), at_once):
                part = slice(start, start + at_once)
                outputs.append(self.average(*(each[part].to(self.where) for each in self.valid.inputs)).float())
        self.average.train()
        score: tuple[float, float] = self.model.head.score(stacked(outputs), self.valid.truth.to(self.where))
        return score

    def _pace(self, pace: float) -> None:
        """Take note of the seconds that a step takes, and fit the plan to the time that is left."""
        self.pace = pace if not self.pace else 0.7 * self.pace + 0.3 * pace
        if not self.look_seconds:
            self.run.answering(self.answered, self.pace / self.batch / STEP_LOOKS)
        expected = self.pace + self.look_seconds / self.look_every
        if self.progress.step - self.first < SETTLED:
            expected *= UNSETTLED  # too early to tell: only a plan that is far too long is cut
        self.plan.fit(self.progress.step, self._spare(), expected)
        self.progress.steps = self.plan.steps

    def _spare(self) -> float:
        """Seconds left for steps, after what the end will take."""
        look = self.look_seconds or self.pace * len(self.valid) / self.batch
        slack = (
            max(LEAST_RESERVE, RESERVE * (self.run.deadline - self.begun)) if math.isfinite(self.run.deadline) else 0
        )
        return self.run.remaining() - 1.5 * look - slack

    def _late(self) -> bool:
        return self._spare() <= self.pace

    def _finish(self) -> None:
        """The last look, the last checkpoint, the best weights."""
        state = self.progress
        looked = bool(state.history) and state.history[-1][0] == state.step
        if not looked and (not self.best or self.run.remaining() > self.look_seconds):
            self._look()
        if not math.isfinite(state.best):
            raise TrainingError(
                phrase("The training diverged: its error is no number."),
                remedy=phrase("Look for extreme values with `fathom check`."),
            )
        self.model.load_state_dict(self.best)
        self.model.eval()
        state.finished = True
        self._save()

    def _precision(self) -> torch.autocast:
        return torch.autocast(self.where.partition(":")[0], torch.bfloat16, enabled=self.half)

    @torch.no_grad()
    def _agrees(self) -> bool:
        """Whether bfloat16 gives the same loss as float32 on some training rows."""
        rows = slice(0, 2 * self.batch)
        inputs, truth = [each[rows].to(self.where) for each in self.train.inputs], self.train.truth[rows].to(self.where)
        self.model.eval()
        losses = []
        for half in (False, True):
            with torch.autocast(self.where.partition(":")[0], torch.bfloat16, enabled=half):
                outputs = self.model(*inputs)
            losses.append(float(self.model.head.loss(outputs, truth)))
        return abs(losses[1] - losses[0]) <= HALF_TOLERANCE * (1 + abs(losses[0]))

    def _synchronise(self) -> None:
        """Wait for the device, so that the clock is read after the work and not after its order."""
        if self.where.startswith("cuda"):
            torch.cuda.synchronize(self.where)

    def _save_if_due(self) -> None:
        if time.monotonic() - self.saved > SAVE_EVERY + SAVE_SHARE * max(0.0, self.save_seconds - QUICK_SAVE):
            self._save()

    def _save(self) -> None:
        """Leave a checkpoint."""
        if self.run.folder is None:
            return
        started = time.monotonic()
        tensors = checkpoint.group("weights", self.model.state_dict())
        tensors |= checkpoint.group("best", self.best)
        tensors |= checkpoint.group("optimizer", self.optimizer.tensors())
        tensors |= checkpoint.group("random", checkpoint.random_tensors(self.where))
        if self.average is not self.model:
            tensors |= checkpoint.group("average", self.average.state_dict())
        checkpoint.write(self.run.folder, tensors, {"key": self.key, "progress": vars(self.progress)})
        self.saved = time.monotonic()
        self.save_seconds = self.saved - started

    def _resume(self) -> None:
        """Go on from the checkpoint, where there is one of this very training."""
        found = checkpoint.read(self.run.folder, self.key) if self.run.folder else None
        self.model.train()
        if found is None:
            return
        tensors, notes = found
        self.progress = Progress(**notes["progress"])
        self.progress.history = [(step, score) for step, score in self.progress.history]
        self.plan.steps = self.progress.steps
        self.model.load_state_dict(checkpoint.ungroup("weights", tensors))
        self.best = checkpoint.ungroup("best", tensors)
        self.optimizer.restore(checkpoint.ungroup("optimizer", tensors))
        if self.average is not self.model:
            self.average.load_state_dict(checkpoint.ungroup("average", tensors))
        checkpoint.restore_random(checkpoint.ungroup("random", tensors), self.where)


def floats(module: nn.Module) -> list[Tensor]:
    """A module's weights and running statistics, as they are and not copied."""
    return [each for each in module.state_dict(keep_vars=True).values() if each.dtype == torch.float32]
