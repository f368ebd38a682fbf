"""Windows as tensors: units of their own, padding told apart, nothing from after the origin."""

from __future__ import annotations

import json

import numpy as np
import pytest
import torch
from hypothesis import example, given
from hypothesis import strategies as st

from fathom.data.series.windows import stretches
from fathom.deep.inputs.calendar import calendar, cycles, width
from fathom.deep.inputs.series import SeriesInputs, normalised


@pytest.fixture(scope="module")
def fitted(series):
    problem, train, _, test = series.windowed([series.weekly(1), series.weekly(1e6, length=90)])
    return SeriesInputs.fit(problem, train, stretches(train, problem), 30), test


def test_tensors_have_the_shapes_that_they_say(fitted):
    inputs, test = fitted
    past, ahead, numbers, codes = inputs.tensors(test)
    assert past.shape == (4, 30, inputs.channels)
    assert ahead.shape == (4, 5, inputs.ahead)
    assert numbers.shape == (4, 0)
    assert codes.ravel().tolist() == [1, 1, 2, 2]
    assert past.dtype == ahead.dtype == torch.float32


def test_series_of_any_size_look_alike(series):
    one, other = (series.windowed([series.weekly(level)]) for level in (1e-3, 1e9))
    tensors = []
    for problem, train, _, test in (one, other):
        tensors.append(SeriesInputs.fit(problem, train, stretches(train, problem), 30).tensors(test)[0][:, :, :2])
    assert torch.allclose(*tensors, atol=1e-4)


def test_what_comes_after_the_origin_is_not_looked_at(series):
    whole = series.weekly(1)
    problem, train, _, test = series.windowed([whole])
    inputs = SeriesInputs.fit(problem, train, stretches(train, problem), 30)
    blind = test.select([column.name for column in problem.inputs])
    for one, other in zip(inputs.tensors(test), inputs.tensors(blind), strict=True):
        assert torch.equal(one, other)


def test_inputs_travel_as_json(fitted):
    inputs, test = fitted
    again = SeriesInputs.from_json(json.loads(json.dumps(inputs.to_json())))
    assert again == inputs
    assert all(map(torch.equal, again.tensors(test), inputs.tensors(test)))


@given(st.lists(st.floats(allow_nan=True, allow_infinity=True, width=64), min_size=1, max_size=12))
@example([5e-324])
@example([5e-324, 1e-323, 0.0])
def test_units_are_always_numbers(values):
    found, middle, unit = normalised(np.array([values]))
    assert np.isfinite(middle).all()
    assert np.isfinite(unit).all()
    assert (unit > 0).all()
    known = np.isfinite(values)
    assert np.isfinite(found[0]).tolist() == known.tolist()
    assert (np.abs(found[0][known]) <= 1e3 + len(values)).all()


@pytest.mark.parametrize("step", ["1i", "5m", "1h", "1d", "1b", "1w", "1mo", "1q", "1y"])
def test_calendars_say_what_steps_go_through(step):
    stamps = np.array([["2024-01-06T05:00", "NaT"]], "datetime64[us]")
    said = calendar(stamps, cycles(step))
    assert said.shape == (1, 2, width(cycles(step)))
    assert np.isfinite(said).all()
    assert ("week" in cycles(step)) == (step in {"5m", "1h", "1d", "1b"})


def test_cycles_that_were_not_gone_through_twice_are_not_told(series):
    for days, told in ((160, ("week", "month")), (800, ("week", "month", "year"))):
        problem, train, _, _ = series.windowed([series.weekly(1, length=days)])
        assert SeriesInputs.fit(problem, train, stretches(train, problem), 30).cycles == told


def test_a_description_without_cycles_is_of_all_of_them(fitted):
    inputs, _ = fitted
    description = inputs.to_json()
    del description["cycles"]
    assert SeriesInputs.from_json(description).cycles == cycles("1d")
