"""Learning to guess hidden pieces before learning labels."""

from __future__ import annotations

import math

import polars as pl
import pytest
import torch

from fathom.data.dataset import Dataset
from fathom.data.kinds import Column, Kind
from fathom.deep.inputs.text import MASK, TextInputs
from fathom.deep.networks.masked import Masked
from fathom.deep.pretraining import SHARE, pretrained, shared
from fathom.deep.recurrent import Recurrent
from fathom.deep.transformer import Transformer
from fathom.learner import Run
from fathom.tasks.problem import Problem

SMALL = {"width": 16, "depth": 1, "heads": 2}
SENTENCES = ["the cat sat on the mat", "a dog ran in the park", "no bird sang in the tree"] * 40
LABELS = ["cat", "dog", "bird"] * 40


@pytest.fixture(scope="module")
def texts():
    frame = pl.DataFrame({"text": SENTENCES, "label": LABELS})
    return Dataset(frame, (Column("text", Kind.TEXT), Column("label", Kind.CATEGORY)))


@pytest.fixture(scope="module")
def problem(texts):
    return Problem("text-classification", "label", texts.columns[:1], ("bird", "cat", "dog"))


@pytest.fixture
def stock(tmp_path):
    path = tmp_path / "stock.txt"
    path.write_text("\n".join(SENTENCES), "utf-8")
    return str(path)


def network_of(inputs, seed=0):
    torch.manual_seed(seed)
    return Transformer.build({**SMALL, "dropout": 0.0, "forget": 0.0, "vocabulary": len(inputs.pieces)})


def test_hidden_pieces_are_guessed_better_afterwards(texts, problem):
    inputs = TextInputs.fit(problem, texts)
    pieces = inputs.pieces_of(SENTENCES)
    network = network_of(inputs)
    start = {name: each.clone() for name, each in network.state_dict().items()}
    history = pretrained(network, inputs, SENTENCES * 10, Run(seed=1)).history
    assert history[-1][1] < 0.5 * math.log(len(inputs.pieces))
    assert not torch.equal(network.state_dict()["embed.weight"], start["embed.weight"])
    assert pieces.shape == (len(SENTENCES), inputs.length)


def test_the_same_pieces_are_hidden_whenever_it_is_scored(texts, problem):
    inputs = TextInputs.fit(problem, texts)
    model = Masked(network_of(inputs), MASK).eval()
    pieces = inputs.pieces_of(SENTENCES[:9])
    assert torch.equal(model(pieces), model(pieces))
    assert (model(pieces) > 0).any()
    model.train()
    assert not torch.equal(model(pieces), model(pieces))


def test_nothing_to_hide_is_no_loss(texts, problem):
    inputs = TextInputs.fit(problem, texts)
    model = Masked(network_of(inputs), MASK)
    assert not model(torch.ones(3, inputs.length, dtype=torch.int32)).any()


def test_it_takes_its_share_of_the_time_and_checkpoints_of_its_own(tmp_path):
    heard = []
    run = shared(Run.lasting(100, folder=tmp_path, progress=lambda done, note: heard.append((done, note))))
    assert 0.9 * SHARE * 100 < run.remaining() <= SHARE * 100
    assert run.folder == tmp_path / "pretraining"
    run.progress(1.0, "done")
    assert heard == [(SHARE, "pre-training: done")]
    assert shared(Run()).deadline == math.inf


@pytest.mark.parametrize(
    "make", [lambda **more: Transformer(**SMALL, **more), lambda **more: Recurrent(width=8, **more)]
)
def test_killed_and_resumed_it_is_the_same_model(make, texts, problem, stock, tmp_path):
    def fit(**circumstances):
        learner = make(epochs=4, pretrain=stock)
        learner.fit(problem, texts.take(range(90)), texts.take(range(90, 120)), Run(seed=3, **circumstances))
        return learner

    whole = fit()
    for place in ("pre-training", "epoch"):
        folder = tmp_path / place

        def die(done, note, place=place):
            if note.startswith(place):
                raise KeyboardInterrupt

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("fathom.deep.training.SAVE_EVERY", 0.05)
            patch.setattr("fathom.deep.training.TICK", 0.0)
            with pytest.raises(KeyboardInterrupt):
                fit(folder=folder, progress=die)
        again = fit(folder=folder)
        mine, other = whole.model_.state_dict(), again.model_.state_dict()
        assert all(torch.equal(mine[name], other[name]) for name in mine)


def test_where_the_texts_were_is_not_kept(texts, problem, stock, tmp_path):
    learner = Transformer(**SMALL, epochs=1, pretrain=stock)
    run = Run()
    learner.fit(problem, texts, texts, run)
    assert "pre-training" in dict(run.steps)
    learner.save(tmp_path)
    assert stock not in (tmp_path / "learner.json").read_text("utf-8")
    assert Transformer.load(tmp_path).predict(texts).classes == problem.classes
