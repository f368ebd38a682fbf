import polars as pl
import pytest

from fathom.data.read import read
from fathom.errors import DataError
from fathom.tasks.propose import propose


@pytest.mark.parametrize(
    ("target", "task"),
    [
        ([1.5, 2.25, 9.75, 4.0] * 10, "tabular-regression"),
        (list(range(40)), "tabular-regression"),
        ([1, 2, 3, 4] * 10, "tabular-classification"),
        (["a", "b"] * 20, "tabular-classification"),
        ([True, False] * 20, "tabular-classification"),
    ],
)
def test_the_target_decides_on_tables(target, task):
    frame = pl.DataFrame({"x": [float(n) * 1.5 for n in range(40)], "y": target})
    assert propose(read(frame), "y") == task


def test_pictures_are_classified():
    assert propose(read("sample:digits"), "digit") == "image-classification"


def test_pictures_are_classified_whatever_stands_beside_them():
    digits = read("sample:digits").frame
    beside = digits.with_columns(pl.Series("brightness", [float(row) for row in range(len(digits))]))
    assert propose(read(beside), "digit") == "image-classification"
    assert propose(read(beside), "brightness") == "tabular-regression"


def test_a_wrong_column_name_is_a_clear_error():
    with pytest.raises(DataError, match="pricee"):
        propose(read({"price": [1.0, 2.0], "x": [1, 2]}), "pricee")
