"""Every learner on series: it learns, keeps its promises, and copes with awkward series."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
import pytest
import torch

from fathom.data.dataset import Dataset
from fathom.data.series.horizon import Horizon
from fathom.data.series.windows import HISTORY, ORIGIN
from fathom.deep.convolutional import Convolutional
from fathom.deep.feedforward import Feedforward
from fathom.deep.forecasting import context_of
from fathom.deep.recurrent import Recurrent
from fathom.deep.transformer import Transformer
from fathom.errors import TrainingError
from fathom.learner import Run

LEARNERS = {
    "feedforward": lambda **more: Feedforward(width=32, **more),
    "recurrent": lambda **more: Recurrent(width=16, **more),
    "convolutional": lambda **more: Convolutional(filters=16, **more),
    "transformer": lambda **more: Transformer(width=16, depth=1, heads=2, **more),
}


@pytest.fixture(scope="module", params=LEARNERS)
def make(request):
    """How a learner is made, small."""
    return LEARNERS[request.param]


@pytest.fixture(scope="module")
def case(make, series):
    """A learner that has learned three shops, the largest a million times the smallest, with the windows."""
    tracks = [series.weekly(level, seed=seed) for seed, level in enumerate((1e-3, 1.0, 1e3))]
    problem, train, valid, test = series.windowed(tracks)
    learner = make(epochs=40)
    learner.fit(problem, train, valid, Run(seed=1))
    return learner, problem, train, valid, test


def errors(problem, rows, values):
    """Mean absolute errors in units of seasonal naive's in the history."""
    truth = problem.truth(rows)
    return float(np.nanmean(np.abs(truth["future"] - values) / truth["error"][:, None]))


def test_it_beats_the_season_before(case):
    learner, problem, _, _, test = case
    said = learner.predict(test)
    naive = errors(problem, test, problem.truth(test)["naive"])
    assert errors(problem, test, said.values) < 0.92 * naive
    assert errors(problem, test, said.mean) < 0.92 * naive


def test_before_the_first_step_each_says_what_its_line_says(make, series):
    problem, train, valid, test = series.windowed([series.weekly(1.0)])
    learner = make(epochs=0)
    learner.fit(problem, train, valid, Run(seed=1))
    (past, *_), middle, unit = learner.inputs_.read(test)
    with torch.inference_mode():
        line = learner.model_.network.line(past[:, :, 0]).double().numpy()
    assert np.allclose(learner.predict(test).values, line * unit + middle, atol=1e-4)


def test_quantiles_are_in_order_and_numbers(case):
    learner, _, _, _, test = case
    said = learner.predict(test)
    assert said.quantiles.shape == (len(test), 5, 11)
    assert np.isfinite(said.quantiles).all()
    assert (np.diff(said.quantiles, axis=2) >= 0).all()


def test_what_is_known_ahead_is_used(case):
    learner, _, _, _, test = case
    raised = test.frame.with_columns(
        pl.col("known:price").list.eval(pl.when(pl.int_range(pl.len()) >= pl.len() - 5).then(1.0).otherwise(0.0))
    )
    lowered = raised.with_columns(pl.col("known:price").list.eval(pl.element() * 0))
    up, down = (learner.predict(Dataset(frame, test.columns)).values for frame in (raised, lowered))
    assert (up < down).mean() > 0.8


def test_a_batch_says_what_single_rows_say_in_any_order(case):
    learner, _, _, _, test = case
    together = learner.predict(test).quantiles
    order = np.arange(len(test))[::-1].copy()
    assert np.allclose(learner.predict(test.take(order)).quantiles[order], together, rtol=1e-5)
    for row in range(len(test)):
        assert np.allclose(learner.predict(test.take([row])).quantiles[0], together[row], rtol=1e-5)
    assert len(learner.predict(test.take([]))) == 0


def test_the_same_seed_gives_the_same_model_and_what_is_saved_says_the_same(make, series, tmp_path):
    problem, train, valid, test = series.windowed([series.weekly(1.0)])
    said = []
    for _ in range(2):
        learner = make(epochs=2)
        learner.fit(problem, train, valid, Run(seed=3))
        said.append(learner.predict(test).quantiles)
    assert np.array_equal(*said)
    learner.save(tmp_path)
    assert np.array_equal(type(learner).load(tmp_path).predict(test).quantiles, said[0])


def test_a_training_that_was_killed_goes_on_to_the_same_model(make, series, tmp_path, monkeypatch):
    monkeypatch.setattr("fathom.deep.training.TICK", 0.0)
    monkeypatch.setattr("fathom.deep.training.SAVE_EVERY", 0.0)
    problem, train, valid, test = series.windowed([series.weekly(1.0)])

    def dies(done, note):
        if done > 0.5:
            raise KeyboardInterrupt

    whole, again = make(epochs=3), make(epochs=3)
    whole.fit(problem, train, valid, Run(seed=3))
    with pytest.raises(KeyboardInterrupt):
        make(epochs=3).fit(problem, train, valid, Run(seed=3, folder=tmp_path, progress=dies))
    again.fit(problem, train, valid, Run(seed=3, folder=tmp_path))
    assert np.array_equal(whole.predict(test).quantiles, again.predict(test).quantiles)


def test_awkward_series_are_forecast(make, series):
    horizon = replace(series.horizon, known=(), past=())
    chance = np.random.default_rng(0)
    tracks = [
        series.track("constant", np.full(60, 7.0), horizon),
        series.track("nothing", np.zeros(60), horizon),
        series.track("rare", (chance.random(60) < 0.1).astype(float), horizon),
        series.track("huge", 1e100 * (1 + chance.random(60)), horizon),
        series.track("short", chance.random(29), horizon),
    ]
    problem, train, valid, test = series.windowed(tracks, horizon)
    learner = make(epochs=2)
    learner.fit(problem, train, valid, Run(seed=0))
    said = learner.predict(test)
    assert np.isfinite(said.quantiles).all()
    assert np.isfinite(said.mean).all()
    for name, value in (("constant", 7.0), ("nothing", 0.0)):  # what never moved is said to stay
        steps = said.quantiles[test.frame["series"].to_numpy() == name]
        assert len(steps)
        assert np.abs(steps - value).max() <= 1e-12


def test_what_training_never_had_is_answered(case):
    learner, _, _, _, test = case
    rows = test.frame.head(2)
    for name in test.names[:-1]:
        empty = rows.with_columns(pl.lit(None, dtype=rows.schema[name]).alias(name))
        assert np.isfinite(learner.predict(Dataset(empty, test.columns)).quantiles).all(), name
    new = rows.with_columns(pl.lit("a new shop").alias("series"))
    assert np.isfinite(learner.predict(Dataset(new, test.columns)).quantiles).all()
    one = rows.with_columns(pl.col(HISTORY).list.tail(1), pl.col(ORIGIN) + pl.duration(days=9_000))
    assert np.isfinite(learner.predict(Dataset(one, test.columns)).quantiles).all()


def test_a_deadline_is_kept_with_something_learned(make, series):
    problem, train, valid, test = series.windowed([series.weekly(1.0)])
    learner, run = make(epochs=100_000), Run.lasting(1.0, seed=0)
    learner.fit(problem, train, valid, run)
    assert run.remaining() > -1.0
    assert run.hurried
    assert len(learner.predict(test)) == len(test)


def test_nothing_to_learn_from_is_an_error(make, series):
    problem, train, valid, _ = series.windowed([series.weekly(1.0)])
    with pytest.raises(TrainingError, match="sold"):
        make().fit(problem, train.take([]), valid, Run())


@pytest.mark.parametrize(
    ("ahead", "season", "held", "back"), [(96, 24, 1_000, 384), (1, 1, 1_000, 336), (13, 52, 60, 60)]
)
def test_how_far_is_looked_back(ahead, season, held, back):
    assert context_of(Horizon(ahead, "1h", season, held, "t")) == back
