"""Which series a report draws."""

import numpy as np

from fathom.report.sections.forecasts import chosen


def test_a_series_that_never_moves_is_neither_the_best_nor_the_worst():
    names = np.array(["a", "a", "b", "b", "c", "still", "still"], dtype=object)
    errors = np.array([1.0, 1.0, 2.0, np.nan, 3.0, np.nan, np.nan])
    assert chosen(names, errors) == [(3, "Typical"), (1, "Best"), (4, "Worst")]
