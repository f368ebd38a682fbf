import itertools
import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from fathom.protocol.insight.covering import FINEST, MOST_BYTES, around, lost, regular

sides = st.integers(1, 200)


@given(sides, sides, st.integers(1, 7))
def test_places_are_all_of_the_picture_and_no_more(height, width, side):
    grid = regular(height, width, side)
    for cuts, whole in ((grid.down, height), (grid.across, width)):
        assert (cuts[0], cuts[-1]) == (0, whole)
        assert all(a < b for a, b in itertools.pairwise(cuts))
    assert max(grid.shape) <= side


@given(sides, sides, st.lists(st.floats(-50, 250), min_size=4, max_size=4), st.integers(1, 4))
def test_around_a_box_too_wherever_it_lies(height, width, box, inside):
    left, right = sorted(box[:2])
    top, bottom = sorted(box[2:])
    grid = around(height, width, (left, top, right, bottom), inside)
    for cuts, whole in ((grid.down, height), (grid.across, width)):
        assert (cuts[0], cuts[-1]) == (0, whole)
        assert all(a < b for a, b in itertools.pairwise(cuts))
        assert len(cuts) - 1 <= inside + 4
    told = grid.even(np.arange(len(grid), dtype=np.float64).reshape(grid.shape))
    assert max(told.shape) <= max(FINEST, *grid.shape)
    assert set(told.ravel()) <= set(range(len(grid)))


def test_a_large_place_covers_no_more_of_its_neighbours_than_a_small_one():
    grid = around(100, 100, (40, 40, 60, 60), 4)
    covers = grid.covers()
    assert covers[0] == (slice(0, 32), slice(0, 32))  # to the pixel 30, and half of a place of 5 pixels


def bright(pictures):
    """How bright the pixels from 40 to 60 are."""
    return pictures[:, 40:60, 40:60].mean(axis=(1, 2, 3)) / 255


def test_what_is_lost_is_lost_where_it_stood():
    pixels = np.zeros((100, 100, 3), dtype=np.uint8)
    pixels[40:60, 40:60] = 255
    found = lost(pixels, lambda fewer: around(100, 100, (40, 40, 60, 60)), bright, math.inf)
    middles = (np.arange(len(found)) + 0.5) * 100 / len(found)
    inside, near = (middles > 40) & (middles < 60), (middles > 35) & (middles < 65)
    assert found[np.ix_(inside, inside)].min() > 0.1
    assert found[~near].max() < 0.05


def test_few_pictures_are_held_at_a_time_and_fewer_places_looked_at_where_time_is_short():
    pixels = np.zeros((1500, 1500, 3), dtype=np.uint8)
    pixels[40:60, 40:60] = 255
    asked = []

    def worth(pictures):
        asked.append(pictures.nbytes)
        return bright(pictures)

    found = lost(pixels, lambda fewer: regular(1500, 1500, 7 - fewer), worth, 0.0)
    assert found.shape == (1, 1)
    asked.clear()
    lost(pixels, lambda fewer: regular(1500, 1500, 4), worth, math.inf)
    assert max(asked) <= MOST_BYTES
    assert sum(asked) >= 17 * pixels.nbytes


def test_what_is_worth_nothing_has_nothing_to_lose():
    assert (
        lost(np.zeros((8, 8, 3), np.uint8), lambda fewer: regular(8, 8), lambda each: np.zeros(len(each)), 1e9) is None
    )
