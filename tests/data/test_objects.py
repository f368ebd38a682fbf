"""Objects of other libraries give the same dataset as a file would."""

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from fathom.data import media
from fathom.data.kinds import Kind
from fathom.data.read import read
from fathom.errors import DataError

COLUMNS = {"size": [1.5, None, 3.0], "city": ["서울", "부산", None], "count": [1, 2, 3]}
OBJECTS = {
    "dict": COLUMNS,
    "rows": [dict(zip(COLUMNS, row, strict=True)) for row in zip(*COLUMNS.values(), strict=True)],
    "polars": pl.DataFrame(COLUMNS),
    "lazy": pl.LazyFrame(COLUMNS),
    "pandas": pd.DataFrame(COLUMNS),
    "pandas objects": pd.DataFrame(COLUMNS, dtype=object),
    "arrow": pa.table(COLUMNS),
    "numpy columns": {name: np.array(values, dtype=object) for name, values in COLUMNS.items()},
}


@pytest.mark.parametrize("name", OBJECTS)
def test_objects(name):
    data = read(OBJECTS[name])
    assert [str(column.kind) for column in data.columns] == ["number", "category", "number"]
    assert data.fingerprint() == read(COLUMNS).fingerprint()


def test_pandas_types():
    frame = pd.DataFrame(
        {
            "c": pd.Categorical(["a", None, "b"]),
            "i": pd.array([1, None, 3], dtype="Int64"),
            "b": pd.array([True, None, False], dtype="boolean"),
            "t": pd.to_datetime(["2024-03-01", None, "2024-03-03"]),
            "s": pd.array(["x", None, "y"], dtype="string"),
            3: ["mixed", 1, None],
        }
    )
    data = read(frame)
    assert [str(column.kind) for column in data.columns] == [
        "category",
        "number",
        "category",
        "time",
        "category",
        "category",
    ]
    assert [column.missing for column in data.columns] == pytest.approx([1 / 3] * 6, abs=1e-6)
    assert data["3"].to_list() == ["mixed", "1", None]


def test_pandas_series_and_equal_names():
    assert read(pd.Series([1, 2], name="x")).names == ("x",)
    assert read(pd.DataFrame([[1, 2], [3, 4]], columns=["a", "a"])).names == ("a", "a (2)")


def test_arrays():
    assert read(np.arange(6.0).reshape(3, 2)).names == ("x1", "x2")
    assert len(read(np.arange(3))) == 3
    assert read(np.array([["a", "1"], ["b", "2"]]))["x2"].to_list() == [1.0, 2.0]


@pytest.mark.parametrize(
    ("pixels", "top"),
    [
        (np.full((3, 8, 8), 200, dtype=np.uint8), 200),
        (np.full((3, 8, 8), 0.5), 128),
        (np.full((3, 8, 8, 1), 200.0, dtype=np.float32), 200),
        (np.full((3, 8, 8, 3), 65_535, dtype=np.uint16), 255),
    ],
)
def test_arrays_of_pictures(pixels, top):
    data = read({"image": pixels, "label": ["a", "b", "a"]})
    assert data.column("image").kind == Kind.IMAGE
    channels = 3 if pixels.ndim == 4 and pixels.shape[3] == 3 else 1
    assert (media.images(data["image"], None, size=None, channels=channels) == top).all()
    assert len(read(pixels)) == 3


REFUSED = {
    "number": 5,
    "function": len,
    "one value": {"a": 5},
    "a word": {"a": "abc"},
    "lengths": {"a": [1], "b": [1, 2]},
    "no rows": {"a": []},
    "nothing": {},
    "no list": [],
    "list of numbers": [1, 2],
    "thin pictures": np.zeros((2, 2, 2)),
    "five dimensions": np.zeros((1, 8, 8, 3, 1)),
    "negative pictures": np.full((2, 8, 8), -1.0),
    "words as pictures": np.full((2, 8, 8), "x"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused(name):
    with pytest.raises(DataError):
        read(REFUSED[name])
