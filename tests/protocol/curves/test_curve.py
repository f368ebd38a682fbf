import pytest

from fathom.errors import FathomError
from fathom.protocol.curves.curve import Curve


def test_a_curve_says_nothing_of_sizes_that_it_was_not_drawn_for():
    told = ([10.0, 1000.0], [0.5, 0.7], [0.4, 0.6], [0.6, 0.8])
    curve = Curve("ridge", "classical", *told, "rising", 0.8, None, (0, 0, 0))
    assert curve.at(1000.0 * (1 + 1e-9))[0] == 0.7
    for rows in (9, 1001.1, 0, -5, float("nan"), float("inf")):
        assert not curve.reaches(rows)
        with pytest.raises(FathomError, match="beyond what the curves can tell") as found:
            curve.at(rows)
        assert "10 to 1,000" in str(found.value)
