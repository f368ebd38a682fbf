import time

import numpy as np
import polars as pl
import pytest

from fathom.classical import mining, sliding_window, windows
from fathom.classical.features import cells
from fathom.classical.sliding_window import SlidingWindow, _platt
from fathom.classical.windows import Shape
from fathom.data.boxes import Mark, stored
from fathom.data.dataset import Dataset
from fathom.data.kinds import Column, Kind
from fathom.data.media import encode
from fathom.errors import DataError
from fathom.learner import Run
from fathom.tasks.detections import MAP50
from fathom.tasks.object_detection import TASK

DISC = "disc"


def picture(middle, radius=12, size=64):
    """A white disc on grey noise, and its box."""
    x, y = middle
    down, across = np.mgrid[:size, :size]
    pixels = np.random.default_rng(x * size + y).integers(60, 110, (size, size, 3)).astype(np.uint8)
    pixels[(down - y) ** 2 + (across - x) ** 2 < radius**2] = 250
    return encode(pixels), (Mark(x - radius, y - radius, x + radius, y + radius, DISC),)


@pytest.fixture(scope="module")
def discs():
    chance = np.random.default_rng(0)
    pictures, marks = zip(*(picture(chance.integers(14, 50, 2).tolist()) for _ in range(36)), strict=True)
    frame = pl.DataFrame([pl.Series("image", pictures, dtype=pl.Binary), stored("boxes", marks)])
    return Dataset(frame, (Column("image", Kind.IMAGE), Column("boxes", Kind.BOXES)))


@pytest.fixture(scope="module")
def found(discs):
    problem = TASK.pose(discs, "boxes")
    learner = SlidingWindow()
    learner.fit(problem, discs.take(range(24)), discs.take(range(24, 30)), Run.lasting(600, seed=1))
    return problem, learner


def level(seed=0, size=(70, 90)):
    pixels = np.random.default_rng(seed).integers(0, 256, (*size, 3)).astype(np.uint8)
    return next(windows.levels(pixels, cells.Cells(((0.0, 0.0, 0.0), (255.0, 255.0, 255.0))), [0]))


def test_scores_by_shifted_sums_are_those_of_the_windows():
    shape, one = Shape(DISC, 3, 4, 0, 0), level()
    weights = np.random.default_rng(1).normal(size=shape.whole[0] * shape.whole[1] * one.cells.shape[2])
    weights = weights.astype(np.float32)
    boxes = one.boxes(shape)
    vectors = one.vectors(shape, np.arange(len(boxes)))
    assert np.allclose(one.scores(shape, weights, 0.5), vectors @ weights + 0.5, atol=1e-3)
    assert len(boxes) == len(vectors)


def test_windows_lie_where_their_features_are_from():
    shape = Shape(DISC, 2, 2, 0, 0)
    pixels = np.zeros((64, 64, 3), dtype=np.uint8)
    pixels[24:40, 32:48] = 255
    one = next(windows.levels(pixels, cells.Cells(((0.0, 0.0, 0.0), (255.0, 255.0, 255.0))), [0]))
    white = one.vectors(shape, np.arange(len(one.boxes(shape)))).reshape(-1, *shape.whole, one.cells.shape[2])[..., -2]
    inside = white[:, 1:-1, 1:-1].sum(axis=(1, 2))
    assert one.boxes(shape)[inside.argmax()].tolist() == [32.0, 24.0, 48.0, 40.0]


def test_an_upright_edge_is_counted_by_its_direction():
    pixels = np.zeros((24, 24, 3), dtype=np.uint8)
    pixels[:, 12:] = 200
    senses = cells.edges(pixels)[1, 1, : cells.SENSES]
    assert senses.argmax() == cells.SENSES // 2  # from dark to bright, to the right
    assert cells.edges(np.full((24, 24, 3), 7, dtype=np.uint8)).max() == 0.0


def test_the_strongest_channel_counts():
    pixels = np.zeros((16, 16, 3), dtype=np.uint8)
    pixels[:, 8:, 2] = 90
    grey = np.repeat(pixels[..., 2:], 3, axis=2)
    assert np.array_equal(cells.edges(pixels), cells.edges(grey))


def test_a_window_moved_as_it_should_be_is_the_true_box():
    box = np.array([[10.0, 10.0, 30.0, 34.0], [12.0, 8.0, 36.0, 32.0]])
    true = np.array([13.0, 9.0, 31.0, 36.0])
    assert np.allclose(mining.moved(box, mining.moves(box, true)), true)


def test_long_and_high_things_get_windows_of_their_own():
    wide = np.array([[0.0, 0.0, 60.0 + at, 20.0] for at in range(30)])
    found = windows.shapes(DISC, np.concatenate([wide, wide[:, [1, 0, 3, 2]]]), 0)
    assert {(shape.columns > shape.rows) for shape in found} == {True, False}


def test_it_finds_what_it_was_shown(discs, found):
    problem, learner = found
    test = discs.take(range(30, 36))
    assert MAP50.score(problem.truth(test), learner.predict(test), None) > 0.95
    assert "edge 1" in learner.features()


def test_probabilities_rise_with_scores_and_few_rows_do_not_run_away():
    slope, _ = _platt(np.array([2.0, -1.0]), np.array([True, False]))
    assert 0.05 <= slope < 10
    assert _platt(np.zeros(0), np.zeros(0, dtype=bool)) == (2.0, -1.0)
    assert _platt(np.linspace(-1, 1, 50), np.linspace(-1, 1, 50) < 0)[0] == 0.05


def test_a_broken_picture_is_an_error_in_words_and_training_passes_it_over(discs, found):
    problem, learner = found
    cells_of = discs.frame["image"].to_list()
    broken = Dataset(discs.frame.with_columns(pl.Series("image", [cells_of[0][:60], *cells_of[1:]])), discs.columns)
    with pytest.raises(DataError) as caught:
        learner.predict(broken.take([0]))
    assert caught.value.remedy
    again = SlidingWindow(rounds=0)
    again.fit(problem, broken.take(range(8)), broken.take([0, 9]), Run.lasting(600, seed=1))
    assert len(again.predict(broken.take([9]))) == 1


def test_without_time_it_finds_nothing_and_says_so(discs):
    learner, run = SlidingWindow(), Run.lasting(-1.0)
    learner.fit(TASK.pose(discs, "boxes"), discs, discs, run)
    assert learner.predict(discs.take([0])).rows == ((),)
    assert run.hurried


class Counted(Run):
    """A run whose time passes only when a test says so."""

    passed = 0.0

    def remaining(self):
        return self.deadline - self.passed


@pytest.mark.parametrize("deadline", [30.0, 12.0, np.inf])
def test_what_deceives_is_gathered_however_short_the_time(discs, monkeypatch, deadline):
    run, gathered = Counted(deadline=deadline, seed=1), []

    def gather(stock, sight, boxes, weights, chance):
        run.passed += 1.0  # a second for each picture
        gathered.append(weights is not None)
        return mining.gather(stock, sight, boxes, weights, chance)

    monkeypatch.setattr(sliding_window, "gather", gather)
    SlidingWindow().fit(TASK.pose(discs, "boxes"), discs.take(range(24)), discs.take(range(24, 30)), run)
    assert [name for name, _ in run.steps].count("windows") == 3
    assert sum(gathered) >= 0.4 * len(gathered)  # looked at with what the round before had learned
    assert run.passed <= 0.75 * deadline + 1
    assert run.hurried == (deadline < np.inf)


def test_time_to_look_at_the_rows_to_come_is_kept_back(discs, monkeypatch):
    seen = SlidingWindow._sight

    def slowly(self, pixels, wanted):
        time.sleep(0.02)
        return seen(self, pixels, wanted)

    monkeypatch.setattr(SlidingWindow, "_sight", slowly)
    run = Run.lasting(8.0, rows=60, after=0.6)  # so much that a slow machine has some left
    ends = run.deadline
    SlidingWindow().fit(TASK.pose(discs, "boxes"), discs.take(range(24)), discs.take(range(24, 36)), run)
    assert ends - run.deadline >= 60 * 0.02 - 0.3
    assert time.monotonic() < run.deadline + 1.0
