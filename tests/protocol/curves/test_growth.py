import numpy as np
import pytest

from fathom.protocol.curves.growth import growth


def test_one_stalled_fit_does_not_turn_the_exponent():
    rows = np.array([100, 200, 400, 800, 1600])
    seconds = 0.003 * rows**1.5
    seconds[1] *= 5
    assert growth(rows, seconds) == pytest.approx(1.5, abs=0.1)


@pytest.mark.parametrize(
    ("rows", "seconds"), [([], []), ([100], [1.0]), ([100, 100], [1.0, 2.0]), ([1, 2], [0.1, 0.2])]
)
def test_nothing_is_told_from_one_size_or_from_fits_too_short_to_time(rows, seconds):
    assert growth(rows, seconds) is None


def test_what_made_do_with_less_where_there_was_little_time_tells_nothing():
    assert growth([13_839, 27_678], [0.35, 7.82]) is None
    assert growth([100, 200], [1.0, 7.9]) == pytest.approx(2.98, abs=0.01)


def test_a_fit_that_got_faster_by_chance_does_not_shrink_the_forecast():
    assert growth([100, 200], [1.0, 0.5]) == 0
