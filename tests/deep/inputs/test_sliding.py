"""Training windows: all of them, the same as if they had been cut beforehand, and none that looks ahead."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from fathom.data.dataset import Dataset
from fathom.data.series.cut import cut
from fathom.data.series.windows import stretches
from fathom.deep.inputs.series import SeriesInputs
from fathom.deep.inputs.sliding import Sliding, targets


@pytest.fixture(scope="module")
def sliding(series):
    tracks = [series.weekly(1), series.weekly(1e6, length=90, seed=1)]
    problem, train, _, _ = series.windowed(tracks)
    found = stretches(train, problem)
    inputs = SeriesInputs.fit(problem, train, found, 30)
    units = {each.series: 2.0 for each in found}
    return tracks, problem, train, inputs, Sliding(found, inputs, train, units)


def test_each_step_has_a_window_equal_to_the_one_that_is_cut_there(sliding, series):
    tracks, problem, train, inputs, windows = sliding
    origins = [list(range(*_span(train, each.name, series.horizon, each.stamps))) for each in tracks]
    assert len(windows) == sum(map(len, origins))
    found = windows.at(slice(None))
    start = 0
    for each, places in zip(tracks, origins, strict=True):
        frame = cut(each, series.horizon, places, "sold")
        rows = Dataset(frame, train.columns)
        tensors, middle, unit = inputs.read(rows)
        wanted = targets(problem.truth(rows)["future"], middle, unit, np.full(len(rows), 2.0))
        part = slice(start, start + len(rows))
        for one, other in zip(found, (*tensors, wanted), strict=True):
            assert torch.allclose(one[part], other, atol=1e-5)
        start += len(rows)


def _span(train, name, horizon, stamps):
    """From the first origin of a series' training windows to after the last."""
    mine = train.frame.filter(train.frame["series"] == name)["origin"].to_numpy().astype("datetime64[us]")
    first, last = (int(np.flatnonzero(stamps == each)[0]) for each in (mine.min(), mine.max()))
    return first, last + 1


def test_views_give_rows_as_tensors_do(sliding):
    *_, windows = sliding
    picked = torch.tensor([5, 0, len(windows) - 1])
    past, *_, truth = windows.views()
    assert torch.equal(past[picked], past[slice(None)][picked])
    assert truth[picked].shape == (3, 6)
    assert len({each.digest() for each in windows.views()}) == 2


def test_a_gap_in_what_came_next_is_left_out(sliding):
    found = targets(np.array([[1.0, np.nan]]), np.zeros((1, 1)), np.ones((1, 1)), np.ones(1))
    assert np.isnan(found[0].numpy()).tolist() == [False, True, False]


def test_windows_know_how_far_through_their_series_they_are(sliding):
    *_, windows = sliding
    far = windows.through(torch.arange(len(windows))).numpy()
    assert ((far > 0) & (far < 1)).all()
    first = int(windows.end[0])
    for each in (far[:first], far[first:]):
        assert (np.diff(each) > 0).all()
        assert each.mean() == pytest.approx(0.5)
