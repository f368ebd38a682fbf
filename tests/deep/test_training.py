"""The one training loop: it learns, keeps its deadline, and goes on after a crash as if nothing had happened."""

from __future__ import annotations

import hashlib
import math
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import polars as pl
import pytest
import torch
from torch import nn

from fathom.data.dataset import Dataset
from fathom.data.kinds import Column, Kind
from fathom.deep import checkpoint, training
from fathom.deep.device import has_bf16, quiet_randomness
from fathom.deep.feedforward import Feedforward
from fathom.deep.heads.label import Label
from fathom.deep.heads.members import AsItIs, Members
from fathom.deep.heads.number import Number
from fathom.deep.networks.convolutional import ConvolutionalNetwork
from fathom.deep.networks.feedforward import FeedforwardNetwork
from fathom.deep.training import Model, Recipe, Rows, Training
from fathom.errors import TrainingError
from fathom.learner import Run
from fathom.tasks.problem import Problem


class Stop(Exception):
    """A crash at a moment of the test's choosing."""


def make(
    recipe: Recipe, run: Run, *, rows: int = 64, learnable: bool = True, valid: int = 32, network=None
) -> Training:
    chance = torch.Generator().manual_seed(1)
    inputs = torch.randn(rows + valid, 5, generator=chance)
    truth = (inputs[:, 0] > 0).long() if learnable else torch.randint(0, 2, (rows + valid,), generator=chance)
    torch.manual_seed(0)
    network = network or nn.Sequential(nn.Linear(5, 32), nn.ReLU(), nn.Dropout(0.2), nn.Linear(32, 2))
    model = Model(network, Label(AsItIs()))
    return Training(
        model, recipe, Rows((inputs[:rows],), truth[:rows]), Rows((inputs[rows:],), truth[rows:]), run, "key"
    )


def digest(model: nn.Module) -> str:
    found = hashlib.sha256()
    for name, tensor in sorted(model.state_dict().items()):
        found.update(name.encode() + tensor.numpy().tobytes())
    return found.hexdigest()


def test_a_few_rows_are_learned_by_heart():
    chance = torch.Generator().manual_seed(3)
    numbers, truth = torch.randn(32, 4, generator=chance), torch.randint(0, 3, (32,), generator=chance)
    torch.manual_seed(0)
    network = FeedforwardNetwork(4, [], members=4, width=64, dropout=0.0)
    codes = torch.zeros(32, 0, dtype=torch.int64)
    rows = Rows((numbers, codes), truth)
    model = Model(network, Label(Members(64, 4, 3)))
    Training(model, Recipe(epochs=200, batch=32, rate=1e-2, weight_decay=0.0), rows, rows, Run(), "key").learn()
    assert (model(numbers, codes).mean(1).argmax(1) == truth).all()


def test_pictures_are_learned_by_heart():
    chance = torch.Generator().manual_seed(3)
    images = torch.randint(0, 256, (24, 3, 8, 8), generator=chance, dtype=torch.uint8)
    truth = torch.randint(0, 3, (24,), generator=chance)
    torch.manual_seed(0)
    model = Model(ConvolutionalNetwork(3, widths=[16, 32], depths=[1, 1], dropout=0.0), Label(Members(32, 1, 3)))
    model.network.mean.fill_(128.0)
    model.network.spread.fill_(64.0)
    rows = Rows((images,), truth)
    Training(model, Recipe(epochs=60, batch=24, rate=1e-2), rows, rows, Run(), "key").learn()
    assert (model(images)[:, 0].argmax(1) == truth).all()


@pytest.mark.parametrize("members", [1, 4])
def test_gradients_flow_to_every_weight(members):
    torch.manual_seed(0)
    table = FeedforwardNetwork(3, [4, 40], members=members, width=16)
    table.embed.set_edges(torch.linspace(-1, 1, 49).expand(3, 49))
    pictures = ConvolutionalNetwork(1, widths=[8, 16], depths=[1, 1])
    for block in pictures.blocks:  # these begin as short cuts, where a first step has nothing to say to the filters
        nn.init.normal_(block.second.weight)
    cases = [
        (table, (torch.randn(20, 3), torch.randint(0, 4, (20, 2))), members),
        (pictures, (torch.randn(20, 1, 8, 8),), 1),
    ]
    for network, inputs, of in cases:
        for head, truth in (
            (Label(Members(network.features, of, 3)), torch.randint(0, 3, (20,))),
            (Number(Members(network.features, of, 1)), torch.randn(20).double()),
        ):
            model = Model(network, head)
            head.loss(model(*inputs), truth).backward()
            silent = [name for name, weight in model.named_parameters() if weight.grad is None or not weight.grad.any()]
            assert silent == []
            model.zero_grad()


def test_training_stops_when_nothing_gets_better():
    progress = make(Recipe(epochs=1000, batch=16, rate=1e-2, patience=3), Run(), learnable=False).learn()
    assert progress.step < 1000 * 4 / 2
    assert progress.finished
    assert progress.best == min(score for _, score in progress.history)


def test_the_best_weights_are_kept_and_not_the_last():
    task = make(Recipe(epochs=60, batch=16, rate=3e-2), Run(), learnable=False)
    progress = task.learn()
    task.average = task.model
    assert task._score()[0] == pytest.approx(progress.best)
    assert progress.history[-1][1] > progress.best


def test_weights_that_are_good_before_the_first_step_are_kept():
    """Where that is asked for: steps that only make things worse leave them as they were."""
    scores = []
    for first in (False, True):
        task = make(Recipe(epochs=20, batch=16, rate=1.0, first=first), Run(), learnable=False)
        scores.append(task.learn())
        begun = make(Recipe(epochs=20, batch=16), Run(), learnable=False).model.state_dict()
        kept = task.model.state_dict()
        assert all(torch.equal(kept[name], each) for name, each in begun.items()) == first
    assert scores[1].history[0] == (0, scores[1].best)
    assert scores[1].best < scores[0].best


def test_later_weights_that_are_as_good_as_the_best_are_kept():
    """The best score of few rows is a matter of luck; with tolerance the last weights within its error are taken."""
    task = make(Recipe(epochs=60, batch=16, rate=3e-2, tolerance=1.0), Run(), learnable=False)
    progress = task.learn()
    task.average = task.model
    kept = task._score()[0]
    later = [score for _, score in progress.history if score <= progress.bound]
    assert progress.best < kept <= progress.bound
    assert kept == pytest.approx(later[-1])


def test_without_validation_rows_the_last_weights_are_kept():
    progress = make(Recipe(epochs=5), Run(), valid=0).learn()
    assert progress.finished
    assert progress.step == 5


def test_the_same_seed_gives_the_same_weights_and_another_seed_others():
    def train(seed: int) -> str:
        with quiet_randomness(seed, "cpu"):
            task = make(Recipe(epochs=3, average=0.9), Run(seed=seed))
            task.learn()
        return digest(task.model)

    assert train(1) == train(1)
    assert train(1) != train(2)


def test_training_leaves_the_callers_randomness_alone():
    torch.manual_seed(7)
    before = torch.get_rng_state()
    with quiet_randomness(1, "cpu"):
        make(Recipe(epochs=1), Run()).learn()
    assert torch.equal(torch.get_rng_state(), before)


def test_the_deadline_is_kept_with_a_decayed_rate_and_the_best_weights(monkeypatch):
    monkeypatch.setattr(training, "TICK", 0.05)
    seconds = 1.5
    task = make(Recipe(epochs=10_000_000, batch=16), Run.lasting(seconds))
    started = time.monotonic()
    progress = task.learn()
    assert time.monotonic() - started < seconds + 0.2
    assert progress.steps < 40_000_000
    assert progress.best < 0.6
    assert task.plan.rate(progress.step - 1) < 0.2


def test_a_training_that_does_less_than_it_wanted_for_lack_of_time_says_so():
    """The plan ends a little before the deadline, so that the clock alone does not tell."""
    late, calm, patient = Run.lasting(0.3), Run(), Run()
    make(Recipe(epochs=100_000, batch=16), late).learn()
    make(Recipe(epochs=5, batch=16), calm).learn()
    make(Recipe(epochs=1000, batch=16, rate=1e-2, patience=3), patient, learnable=False).learn()
    assert (late.hurried, calm.hurried, patient.hurried) == (True, False, False)


def test_no_time_at_all_still_gives_a_model_that_answers():
    task = make(Recipe(epochs=10), Run.lasting(-1.0))
    progress = task.learn()
    assert progress.step <= 1
    assert math.isfinite(progress.best)


def test_a_training_that_diverges_says_so():
    task = make(Recipe(epochs=2, batch=16), Run())
    task.train.inputs[0][:] = math.nan
    with pytest.raises(TrainingError, match="diverged"):
        task.learn()


def test_a_crash_at_any_moment_costs_no_bit(tmp_path, monkeypatch):
    """Epochs, averages, dropout and the optimizer's memory all go on where they stood."""
    monkeypatch.setattr(training, "TICK", 0.0)
    monkeypatch.setattr(training, "SAVE_EVERY", 0.0)
    recipe = Recipe(epochs=6, batch=10, average=0.9, patience=50)
    with quiet_randomness(5, "cpu"):
        whole = make(recipe, Run(seed=5))
        whole.learn()
    for moment in (1, 7, 20):
        folder = tmp_path / str(moment)
        with quiet_randomness(5, "cpu"):
            broken = make(recipe, Run(seed=5, folder=folder))
            step = broken._step

            def crash(step=step, broken=broken, moment=moment) -> None:
                if broken.progress.step == moment:
                    raise Stop
                step()

            broken._step = crash
            with pytest.raises(Stop):
                broken.learn()
        with quiet_randomness(999, "cpu"):
            resumed = make(recipe, Run(seed=5, folder=folder))
            resumed.learn()
        assert digest(resumed.model) == digest(whole.model)
        assert resumed.progress == whole.progress


def test_a_finished_training_is_not_repeated(tmp_path):
    recipe = Recipe(epochs=2)
    first = make(recipe, Run(folder=tmp_path))
    first.learn()
    again = make(recipe, Run(folder=tmp_path))
    again._step = pytest.fail
    again.learn()
    assert digest(again.model) == digest(first.model)


def test_another_trainings_checkpoint_is_left_alone(tmp_path):
    first = make(Recipe(epochs=2), Run(folder=tmp_path))
    first.learn()
    assert checkpoint.read(tmp_path, "key") is not None
    assert checkpoint.read(tmp_path, "another key") is None


@pytest.mark.parametrize("damage", [b"", b"garbage", b"\xff" * 100])
def test_a_damaged_checkpoint_means_a_fresh_start(tmp_path, damage):
    (tmp_path / checkpoint.FILE).write_bytes(damage)
    task = make(Recipe(epochs=2), Run(folder=tmp_path))
    assert task.learn().finished


SCRIPT = """
import runpy, sys, time
from pathlib import Path
train = runpy.run_path(sys.argv[1])["train_a_learner"]

def linger(done, note):
    print(done, flush=True)
    time.sleep(60 if done > 0.3 else 0)

train(Path(sys.argv[2]), linger)
"""


def train_a_learner(folder: Path, progress: Callable[[float, str], None]) -> str:
    """The digest of a learner's weights, trained with a checkpoint at every step."""
    training.TICK = training.SAVE_EVERY = 0.0
    torch.set_num_threads(1)
    chance = np.random.default_rng(0)
    numbers = chance.normal(size=(200, 2))
    label = np.where(numbers[:, 0] > 0, "a", "b")
    color = chance.choice(["r", "g"], 200)
    frame = pl.DataFrame({"one": numbers[:, 0], "two": numbers[:, 1], "color": color, "label": label})
    kinds = (Kind.NUMBER, Kind.NUMBER, Kind.CATEGORY, Kind.CATEGORY)
    columns = tuple(Column(name, kind) for name, kind in zip(frame.columns, kinds, strict=True))
    data = Dataset(frame, columns)
    problem = Problem("tabular-classification", "label", columns[:3], ("a", "b"))
    learner = Feedforward(epochs=12, members=4, width=32, patience=100)
    learner.fit(
        problem, data.take(range(150)), data.take(range(150, 200)), Run(seed=3, folder=folder, progress=progress)
    )
    return digest(learner.model_)


def test_kill_9_in_the_middle_costs_no_bit(tmp_path, monkeypatch):
    monkeypatch.setattr(training, "TICK", 0.0)
    monkeypatch.setattr(training, "SAVE_EVERY", 0.0)
    command = [sys.executable, "-c", SCRIPT, __file__, str(tmp_path / "killed")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, env={**os.environ, "OMP_NUM_THREADS": "1"}) as killed:
        assert killed.stdout is not None
        assert killed.stdout.readline()  # one look is behind it,
        assert killed.stdout.readline()  # it lingers in the second
        killed.send_signal(signal.SIGKILL)
    assert killed.returncode == -signal.SIGKILL
    looks: list[float] = []
    resumed = train_a_learner(tmp_path / "killed", lambda done, note: looks.append(done))
    left = len(looks)
    whole = train_a_learner(tmp_path / "whole", lambda done, note: looks.append(done))
    assert resumed == whole
    assert left < len(looks) - left  # it did not begin again


@pytest.mark.skipif(not has_bf16("cpu"), reason="this processor has no bfloat16 instructions")
def test_half_precision_learns_as_well():
    full = make(Recipe(epochs=40, batch=16, rate=1e-2), Run()).learn()
    half = make(Recipe(epochs=40, batch=16, rate=1e-2, half=True), Run()).learn()
    assert half.best == pytest.approx(full.best, abs=0.05)


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
def test_a_cuda_device_learns_the_same():
    network = nn.Sequential(nn.Linear(5, 32), nn.ReLU(), nn.Linear(32, 2))
    there = make(Recipe(epochs=40, batch=16, rate=1e-2, half=True), Run(device="cuda"), network=network).learn()
    assert there.best < 0.3


def test_inputs_and_truth_move_together():
    seen = []

    def turn(inputs, truth):
        seen.append(len(inputs))
        return -inputs, 1 - truth

    lesson = make(Recipe(epochs=20, batch=16, rate=1e-2), Run())
    lesson.together = turn
    lesson.learn()
    assert set(seen) == {16}
    assert lesson.progress.best < 0.4  # what is learned of both turned around holds for both as they are


def test_validation_rows_are_scored_a_few_at_a_time():
    asked = []

    class Watched(nn.Sequential):
        def forward(self, inputs):
            if not self.training:
                asked.append(len(inputs))
            return super().forward(inputs)

    make(Recipe(epochs=1, look_batch=10), Run(), network=Watched(nn.Linear(5, 2))).learn()
    assert set(asked) == {10, 2}


class Slow(nn.Module):
    """A network that takes its time to answer, and little to learn."""

    def __init__(self, seconds):
        super().__init__()
        self.layer, self.seconds = nn.Linear(5, 2), seconds

    def forward(self, x):
        """What the layer says, later."""
        if not self.training:
            time.sleep(self.seconds * len(x))
        return self.layer(x)


def test_time_to_answer_the_rows_to_come_is_kept_back():
    run = Run.lasting(2.0, rows=60, after=0.2)
    ends = run.deadline
    training = make(Recipe(epochs=100_000), run, valid=10, network=Slow(0.01))
    training.learn()
    assert ends - run.deadline >= 60 * 0.01
    assert time.monotonic() + 60 * 0.01 < ends + 0.2


def test_what_answers_at_once_keeps_its_deadline():
    run = Run.lasting(5.0, rows=60, after=2.0)
    ends = run.deadline
    make(Recipe(epochs=3), run).learn()
    assert run.deadline == ends
