"""Ways to forecast one history, held to loops and to series whose next values are known."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fathom import catalog
from fathom.classical.ensemble import weighed
from fathom.classical.forecasting import linear, smoothing
from fathom.classical.forecasting.autoregression import autoregressed
from fathom.classical.forecasting.complex_smoothing import complex_smoothed
from fathom.classical.forecasting.effects import Effects
from fathom.classical.forecasting.examples import examples, last_windows
from fathom.classical.forecasting.past import past
from fathom.classical.forecasting.residuals import Residuals
from fathom.classical.forecasting.seasonal import seasons
from fathom.data.dataset import Dataset
from fathom.data.kinds import Column, Kind
from fathom.data.series.cut import Track, cut
from fathom.data.series.horizon import Horizon
from fathom.data.series.windows import stretches
from fathom.learner import Run
from fathom.tasks.forecasts import LEVELS
from fathom.tasks.problem import Problem


def ragged(rows=5, width=40, seed=0):
    values = 10 + np.cumsum(np.random.default_rng(seed).normal(size=(rows, width)), axis=1)
    for row in range(1, rows):
        values[row, : row * 6] = np.nan
    return past(values)


def test_smoothing_is_what_a_loop_says():
    held, grid = ragged(), smoothing.GRID
    found = smoothing.smooth(held)
    for row in range(len(held)):
        y = held.values[row][np.isfinite(held.values[row])]
        for each in (3, 15, 40, 95):
            level, trend, total = y[0], grid.drift[each] * (y[-1] - y[0]) / (len(y) - 1), 0.0
            for value in y[1:]:
                off = value - level - grid.phi[each] * trend
                total += off**2
                level = level + grid.phi[each] * trend + grid.alpha[each] * off
                trend = grid.phi[each] * trend + grid.beta[each] * off
            said = [found.level[row, each], found.trend[row, each], found.error[row, each]]
            assert said == pytest.approx([level, trend, total / (len(y) - 1)])
    assert found.weight.sum(axis=1) == pytest.approx(np.ones(len(held)))


def test_the_mean_of_candidates_and_its_deviation():
    held, grid = ragged(), smoothing.GRID
    found = smoothing.smooth(held)
    middle, deviation = smoothing.ahead(found, 4)
    steps = np.stack(
        [found.level + found.trend * (grid.phi ** np.arange(1, h + 1)[:, None]).sum(0) for h in range(1, 5)]
    )
    expected = (found.weight * steps).sum(axis=2).T
    assert middle == pytest.approx(expected)
    between = (found.weight * (steps - expected.T[:, :, None]) ** 2).sum(axis=2).T
    assert (deviation[:, 0] ** 2) == pytest.approx((found.weight * found.error).sum(axis=1) + between[:, 0])
    assert (np.diff(deviation, axis=1) >= -1e-12).all()


def smoothed(held, ahead):
    return smoothing.ahead(smoothing.smooth(held), ahead)[0]


@pytest.mark.parametrize("way", [autoregressed, complex_smoothed, smoothed])
def test_a_history_alone_is_told_the_same(way):
    held = ragged(60)
    together = way(held, 5)
    for row in (0, 3, 59):
        assert way(past(held.values[[row]]), 5) == pytest.approx(together[[row]])
    assert way(past(np.full((1, 30), 4.0)), 3) == pytest.approx(np.full((1, 3), 4.0), rel=1e-3)
    assert np.isfinite(way(past(np.array([[np.nan, 2.0]])), 3)).all()


def test_an_autoregression_finds_its_way_back():
    random = np.random.default_rng(0)
    moves = np.zeros(500)
    for step in range(1, 500):
        moves[step] = 0.8 * moves[step - 1] + random.normal()
    values = np.cumsum(moves)
    said = autoregressed(past(values[None, :]), 3)[0] - values[-1]
    assert said == pytest.approx(moves[-1] * np.array([0.8, 1.44, 1.952]), rel=0.15, abs=0.3)


def test_a_line_goes_on_and_half_of_it_for_theta():
    held = past(np.arange(50.0)[None, :])
    found = smoothing.smooth(held)
    assert smoothing.ahead(found, 3)[0][0] == pytest.approx([50, 51, 52], abs=0.01)
    assert np.diff(smoothing.theta(held, found, 3)[0]) == pytest.approx([0.5, 0.5], abs=0.01)


@pytest.mark.parametrize("times", [True, False])
def test_a_season_is_taken_out_and_put_back(times):
    wave = np.sin(2 * np.pi * np.arange(70) / 7)
    values = 50 * (1 + 0.3 * wave) if times else -50 + 5 * wave
    noise = np.random.default_rng(0).normal(size=(100, 70))
    parted = seasons(past(np.concatenate([values[None, :], noise])), 7)
    assert np.ptp(parted.rest.values[0]) < 1e-6 * 50
    assert parted.back(np.full((101, 7), 50.0 if times else -50.0))[0] == pytest.approx(values[:7])
    assert (parted.rest.values[1:] == noise).all(axis=1).mean() > 0.9


def test_effects_are_found_and_noise_is_not(sales):
    assert Effects.of(sales.train, sales.problem).gain[0] > 1
    shuffled = np.random.default_rng(0).permutation(len(sales.train))
    column = "known:promotion"
    frame = sales.train.frame.with_columns(sales.train.frame[column][shuffled].alias(column))
    assert Effects.of(type(sales.train)(frame, sales.train.columns), sales.problem).gain[0] < 0.5


def test_examples_learn_nothing_from_before_the_first(sales):
    found = {each.series: each for each in stretches(sales.train, sales.problem)}
    seen, future = examples(sales.train, sales.problem, 30, 10_000)
    assert len(seen) == sum(len(each.values) - 6 - each.first + 1 for each in found.values())
    for row in range(0, len(seen), 50):
        one = found[seen.series[row]]
        place = int((seen.origin[row] - one.start) / np.timedelta64(1, "D"))
        assert future[row].tolist() == one.values[place + 1 : place + 7].tolist()
        assert seen.history[row, -1] == one.values[place]
        assert seen.known[row, -6:, 0].tolist() == one.known[place + 1 : place + 7, 0].tolist()
        assert place + 1 >= one.first
    last = last_windows(sales.train, sales.problem, 10)
    assert all(row[-1] == found[name].values[-1] for name, row in zip(last.series, last.history, strict=True))


@settings(max_examples=30, deadline=None)
@given(st.integers(2, 5), st.integers(1, 60), st.integers(0, 99))
def test_weights_are_shares_no_worse_than_equal_ones(members, count, seed):
    off = np.random.default_rng(seed).normal(size=(members, count)) * np.arange(1, members + 1)[:, None]
    weights = weighed(off)
    assert weights.sum() == pytest.approx(1)
    assert (weights >= 0).all()
    assert np.abs(weights @ off).mean() <= np.abs(off.mean(axis=0)).mean() * 1.1 + 1e-9


def test_residuals_are_quantiles_of_errors():
    errors = np.random.default_rng(0).normal(size=(4_000, 1)) * 2
    said = Residuals.of(errors).around(np.array([[10.0]]), np.array([[3.0]]))
    assert said.quantiles[0, 0] == pytest.approx(10 + 3 * np.quantile(errors, LEVELS), abs=0.3)
    again = Residuals.from_json(Residuals.of(errors).to_json())
    assert np.array_equal(again.table, Residuals.of(errors).table)


def test_a_line_is_drawn_through_ten_values_at_least():
    few, more = past(np.array([[90.0, 50.0, 10.0]])), past(10.0 * np.arange(12.0)[None, ::-1])
    assert (smoothing.theta(few, smoothing.smooth(few), 28) >= 0).all()
    assert np.diff(smoothing.theta(more, smoothing.smooth(more), 2)[0]) == pytest.approx([-5.0])


def test_linear_lags_sum_once_and_take_fewer_windows_where_it_is_crowded(monkeypatch, sales):
    solved = []
    whole = np.linalg.eigh
    monkeypatch.setattr(np.linalg, "eigh", lambda gram: solved.append(1) or whole(gram))
    run = Run.lasting(60)
    linear.LinearLags.of(sales.problem, sales.train, sales.valid, run, (0.1, 1.0))
    assert (len(solved), run.hurried) == (1, False)
    monkeypatch.setattr(linear, "_pace", lambda: 1e5)
    assert linear._affordable(sales.problem.horizon, sales.train, run)[1] < 10_000
    linear.LinearLags.of(sales.problem, sales.train, sales.valid, run, (0.1, 1.0))
    assert run.hurried


@pytest.mark.parametrize("name", ["ridge", "gradient-boosting", "ensemble"])
def test_who_took_every_window_was_not_cut_short(name, few):
    run = Run.lasting(3)
    catalog.load(catalog.learner(name).path)().fit(few.problem, few.train, few.valid, run)
    assert not run.hurried


@pytest.mark.parametrize("name", ["ets", "arima"])
def test_who_had_no_time_for_one_form_says_so(name, few):
    run = Run.lasting(0.5)
    learner = catalog.load(catalog.learner(name).path)()
    learner.fit(few.problem, few.train, few.valid, run)
    assert run.idle
    assert np.isfinite(learner.predict(few.valid).quantiles).all()


def test_the_ensemble_is_tried_before_what_is_fitted_one_by_one():
    names = [row.name for row in catalog.LEARNERS]
    assert all(names.index("ensemble") < names.index(name) for name in ("seasonal-trend", "ets", "arima"))


def test_gaps_to_learn_from_are_filled_as_those_of_windows():
    horizon = Horizon(4, "1d", 7, 20, "day")
    values, seen = np.tile(np.arange(7.0), 9)[:60], np.ones(60, dtype=bool)
    seen[30:33] = False
    days = np.datetime64("2024-01-01", "us") + np.arange(60) * np.timedelta64(1, "D")
    nothing = np.empty((60, 0))
    rows = cut(Track("a", days, values, seen, nothing, nothing), horizon, range(9, 56, 4), "sold")
    columns = tuple(Column(name, Kind.CATEGORY if name == "series" else Kind.SERIES) for name in rows.columns)
    problem = Problem("forecasting", "sold", columns[:-1], horizon=horizon)
    told, future = examples(Dataset(rows, columns), problem, 20, 1_000)
    place = np.flatnonzero(np.isnan(future[:, 0]))[-1] + 5  # a history with the gap in it
    assert (told.history[place][7:] == told.history[place][:-7]).all()
    assert np.isnan(future).sum() == 12  # the truth stays as it was
