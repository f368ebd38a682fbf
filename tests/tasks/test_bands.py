"""Bands hold what they promise on windows like those of validation; where nothing can be promised they stay."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fathom.model import calibrated
from fathom.protocol import calibration
from fathom.tasks import bands
from fathom.tasks.forecast_measures import COVERAGE, COVERAGE_80
from fathom.tasks.forecasts import LEVELS, Forecasts, Named

NAMES = [f"band:{width}:{part}" for width in (90, 80, 60, 40, 20) for part in (1, 2, 3)]
DEVIATES = np.array([-1.64, -1.28, -0.84, -0.52, -0.25, 0, 0.25, 0.52, 0.84, 1.28, 1.64])


def drawn(random, windows, steps, narrow):
    """Truths that move together within a window, and bands of the wrong width."""
    truth = np.zeros(windows, dtype=[("future", "f8", (steps,))])
    level = random.normal(size=(windows, 1))
    truth["future"] = 10 + (0.8 * level + 0.6 * random.normal(size=(windows, steps))) * np.arange(1, steps + 1)
    quantiles = 10 + narrow * np.arange(1, steps + 1)[None, :, None] * DEVIATES
    return truth, Forecasts.of(None, np.broadcast_to(quantiles, (windows, steps, len(LEVELS))).copy())


@pytest.mark.parametrize("narrow", [0.3, 3.0])
@pytest.mark.parametrize("windows", [12, 200])
def test_new_windows_lie_within_as_often_as_promised(narrow, windows):
    random = np.random.default_rng(0)
    found = {COVERAGE: [], COVERAGE_80: []}
    for _ in range(150):
        factors = calibration.fit(*drawn(random, windows, 7, narrow))
        truth, said = drawn(random, 20, 7, narrow)
        for measure, scores in found.items():
            scores.append(measure.score(truth, calibrated(said, factors), None))
    slack = 0.1 if windows < 20 else 0.02  # few windows must be promised more than they need
    assert 0.89 <= np.mean(found[COVERAGE]) <= 0.9 + slack
    assert 0.79 <= np.mean(found[COVERAGE_80]) <= 0.8 + slack


def test_too_few_windows_promise_nothing():
    truth, said = drawn(np.random.default_rng(0), 8, 7, 0.3)
    factors = calibration.fit(truth, said)
    assert not any(name.startswith("band:90") for name in factors)
    assert any(name.startswith("band:80") for name in factors)
    assert calibration.fit(*drawn(np.random.default_rng(0), 1, 7, 0.3)) == {}


def test_what_nobody_saw_and_bands_without_width_say_nothing():
    truth, said = drawn(np.random.default_rng(0), 60, 7, 1.0)
    more, flat = drawn(np.random.default_rng(1), 30, 7, 0.0)
    unseen, other = drawn(np.random.default_rng(2), 30, 7, 1.0)
    unseen["future"] = np.nan
    together = Forecasts.of(None, np.concatenate([each.quantiles for each in (said, flat, other)]))
    assert bands.learned(np.concatenate([truth, more, unseen]), together) == bands.learned(truth, said)


@settings(max_examples=50, deadline=None)
@given(st.dictionaries(st.sampled_from(NAMES), st.floats(0.01, 100)), st.integers(1, 7))
def test_quantiles_stay_in_order_and_the_median_where_it_is(factors, steps):
    _, said = drawn(np.random.default_rng(0), 3, steps, 1.0)
    mended = bands.fitted(said, factors)
    assert (np.diff(mended.quantiles, axis=2) >= 0).all()
    assert np.array_equal(mended.values, said.values)
    assert np.array_equal(mended.mean, said.mean)


def named(said, origins):
    stamps = (np.asarray(origins)[:, None] + np.arange(said.quantiles.shape[1])).astype("datetime64[D]")
    return replace(said, named=Named((), np.array(["a"] * len(said), dtype=object), "day", stamps))


def test_windows_that_overlap_count_once():
    truth, said = drawn(np.random.default_rng(0), 20, 7, 0.3)
    apart, close = named(said, np.arange(20) * 7), named(said, np.arange(20))
    assert bands.learned(truth, apart) == bands.learned(truth, said)
    assert bands.learned(truth, close) == {}  # 26 steps: not four windows
    half = bands.learned(truth, named(said, np.arange(20) * 3))  # 64 steps: as nine windows
    assert half["band:90:1"] >= bands.learned(truth, said)["band:90:1"]
    twice = Forecasts.of(None, np.concatenate([said.quantiles, said.quantiles]))
    again = bands.learned(np.concatenate([truth, truth]), named(twice, np.tile(np.arange(20) * 7, 2)))
    assert again == pytest.approx(bands.learned(truth, said))
