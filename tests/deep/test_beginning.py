"""Where networks on series begin: as good as least squares, and no further from the seasons than windows show."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from fathom.data.series.horizon import Horizon
from fathom.data.series.windows import stretches
from fathom.deep import beginning
from fathom.deep.forecasting import held_to, units_of
from fathom.deep.heads.quantiles import Quantiles
from fathom.deep.inputs.series import SeriesInputs
from fathom.deep.inputs.sliding import Sliding
from fathom.deep.networks.series import Sizes
from fathom.deep.networks.series_recurrent import SeriesRecurrent
from fathom.learner import Run

HORIZON = Horizon(5, "1d", 7, 40, "day", ("shop",))


@pytest.fixture
def begun(series):
    """A network that began on a series, with its validation windows as tensors."""

    def begin(values, rows=None, run=None):
        problem, train, valid, _ = series.windowed([series.track("shop", values, HORIZON)], HORIZON)
        found = stretches(train, problem)
        inputs = SeriesInputs.fit(problem, train, found, 30)
        units = units_of(found, HORIZON)
        sliding = Sliding(found, inputs, train, units)
        valid = valid if rows is None else valid.take(rows)
        looked, middle, unit = inputs.read(valid)
        aims = held_to(problem, valid, middle, unit, units)
        torch.manual_seed(0)
        network = SeriesRecurrent(Sizes(30, 5, inputs.channels, inputs.ahead, season=7), segment=2, width=8)
        before = network.line.trend.weight.clone()
        beginning.begin(network, sliding, looked[0], aims, run or Run())
        return network.eval(), sliding, looked, aims, before

    return begin


def swinging(length=400, noise=0.05):
    """Values that follow from the two before them, and repeat after no number of days."""
    chance = np.random.default_rng(0)
    values = [1.0, 0.9]
    for _ in range(length - 2):
        values.append(1.9 * values[-1] - 0.98 * values[-2] + noise * chance.standard_normal())
    return 100 + np.array(values)


def errors(network, looked, aims):
    """Mean absolute error of the line, and of the last values over again."""
    last = looked[0][:, -1:, 0]
    with torch.inference_mode():
        said = network.line(looked[0][:, :, 0])
    return [float((aims[:, :-1] - each).abs().mean()) for each in (said, last)]


def test_a_line_begins_with_what_least_squares_found(begun):
    network, _, looked, aims, _ = begun(swinging())
    found, last = errors(network, looked, aims)
    assert found < 0.4 * last


def test_nothing_else_is_said_before_the_first_step_and_bands_are_as_wide_as_the_line_is_off(begun):
    network, sliding, *_ = begun(swinging())
    *windows, truth = sliding.at(slice(None))
    with torch.inference_mode():
        said = Quantiles()(network(*windows))
        assert torch.allclose(said[..., 5], network.line(windows[0][:, :, 0]), atol=1e-5)
    inside = ((truth[:, :-1] > said[..., 0]) & (truth[:, :-1] < said[..., 10])).float().mean()
    assert 0.85 < inside < 0.95


def test_a_line_stays_with_the_seasons_where_windows_that_validate_know_nothing_better(begun):
    week = np.tile([1.0, 2.0, 3.0, 2.0, 1.0, 5.0, 6.0], 30)
    values = 10 + week + np.random.default_rng(0).standard_normal(210) * (np.arange(210) < 130)
    network, _, _, _, before = begun(values)
    assert (network.line.trend.weight - before).abs().max() < 0.02


@pytest.mark.parametrize("values", [np.zeros(80), np.full(80, 7.0), swinging(60)])
def test_awkward_series_and_no_windows_to_choose_by_leave_numbers(begun, values):
    network, *_ = begun(values, rows=[])
    assert all(torch.isfinite(each).all() for each in network.parameters())


def test_little_time_is_enough_to_begin(begun, monkeypatch):
    monkeypatch.setattr(beginning, "BLOCK", 50)
    run = Run.lasting(0.0)
    network, _, looked, aims, before = begun(swinging(), run=run)
    assert run.hurried
    assert not torch.equal(network.line.trend.weight, before)
    assert math.isfinite(errors(network, looked, aims)[0])


def test_the_line_goes_on_to_learn_slowly(begun):
    network, *_ = begun(swinging())
    names = {f"network.{name}" for name, _ in network.named_parameters() if name.startswith("line.")}
    assert set(network.rates) == names
    assert set(network.rates.values()) == {beginning.SLOWER}
