"""Forecasters that were trained elsewhere: as they are, corrected, learned on, saved, refused."""

from __future__ import annotations

import json
from dataclasses import replace

import checkpoints
import numpy as np
import pytest
import torch

from fathom.deep.heads.quantiles import MEDIAN, Quantiles
from fathom.deep.networks.series_published import SeriesPublished, gaps_of
from fathom.deep.pretrained import Pretrained
from fathom.deep.pretrained_series import opened
from fathom.errors import TrainingError
from fathom.learner import Run

KINDS = ("patchtst", "patchtsmixer", "timesfm", "timesfm2_5")


@pytest.fixture(scope="module", params=KINDS)
def folder(request, tmp_path_factory):
    """A small forecaster with weights of chance, that looks six steps ahead."""
    return checkpoints.forecasting(request.param, tmp_path_factory.mktemp(request.param))


@pytest.fixture(scope="module")
def posed(series):
    """Two shops, to be forecast further ahead than the forecasters look at once."""
    horizon = replace(series.horizon, ahead=8)
    return series.windowed([series.weekly(level, horizon=horizon) for level in (1.0, 1e5)], horizon)


def test_as_it_was_published_it_says_what_the_network_says(folder, posed):
    problem, train, valid, test = posed
    learner = Pretrained(str(folder), epochs=0)
    learner.fit(problem, train, valid, Run(seed=0))
    tensors, middle, unit = learner.inputs_.read(test)
    body = opened(str(folder)).eval()
    network = SeriesPublished(body, **learner.design_)
    with torch.inference_mode():
        points, gaps = network.asked(tensors[0][:, :, 0], tensors[0][:, :, 1])
    said = learner.predict(test)
    assert said.values.shape == (len(test), 8)
    assert np.allclose(said.values, points.numpy() * unit + middle, rtol=1e-4)
    assert (gaps is None) == ("patch" in folder.name)


def test_what_it_learns_is_kept_saved_and_the_same_again(folder, posed, tmp_path):
    problem, train, valid, test = posed
    scores, said = [], []
    for epochs in (0, 3, 3):
        learner, run = Pretrained(str(folder), epochs=epochs), Run(seed=0)
        learner.fit(problem, train, valid, run)
        scores.append(min(each["loss"] for each in run.told["transfer"] if each["kept"]))
        said.append(learner.predict(test).quantiles)
    assert scores[1] < scores[0]
    assert np.array_equal(said[1], said[2])
    learner.save(tmp_path)
    assert np.array_equal(Pretrained.load(tmp_path).predict(test).quantiles, said[2])
    assert np.allclose(learner.predict(test.take([3])).quantiles[0], said[2][3], rtol=1e-4)


def test_short_and_constant_series_are_learned_and_forecast(folder, series):
    horizon = replace(series.horizon, known=(), past=())
    tracks = [
        series.track("constant", np.full(60, 7.0), horizon),
        series.track("late", (np.arange(60) > 40) * 1.0, horizon),
    ]
    problem, train, valid, test = series.windowed(tracks, horizon)
    learner = Pretrained(str(folder), epochs=1, mode="all")
    learner.fit(problem, train, valid, Run(seed=0))
    assert np.isfinite(learner.predict(test).quantiles).all()


def test_it_leaves_for_the_transformers_library(folder, posed, tmp_path):
    problem, train, valid, _ = posed
    learner = Pretrained(str(folder), epochs=0)
    learner.fit(problem, train, valid, Run(seed=0))
    learner.export(tmp_path / "out")
    written, read = (json.loads((each / "config.json").read_text("utf-8")) for each in (tmp_path / "out", folder))
    assert written["model_type"] == read["model_type"]
    assert not opened(str(tmp_path / "out")).training


def test_what_does_not_fit_is_refused(posed, tmp_path):
    problem, train, valid, _ = posed
    mixing = checkpoints.checkpoint("bert", tmp_path / "bert", ["some words"])
    with pytest.raises(TrainingError, match="bert is no forecaster") as raised:
        Pretrained(str(mixing)).fit(problem, train, valid, Run())
    assert "TimesFM" in raised.value.remedy
    with pytest.raises(TrainingError, match="lora"):
        Pretrained(str(mixing), mode="lora").fit(problem, train, valid, Run())


def test_gaps_of_deciles_become_the_same_quantiles():
    deciles = torch.linspace(-1.0, 3.0, 9)
    figures = torch.cat([torch.zeros(1), deciles[4:5], gaps_of(deciles)])
    said = Quantiles()(figures)
    assert torch.allclose(said[1:MEDIAN], deciles[:4], atol=1e-5)
    assert torch.allclose(said[MEDIAN : MEDIAN + 5], deciles[4:], atol=1e-5)
