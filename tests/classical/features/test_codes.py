import json

import numpy as np
import polars as pl

from fathom.classical.features.codes import Codes
from fathom.data.dataset import Dataset
from fathom.data.kinds import Column, Kind

INPUTS = (Column("c", Kind.CATEGORY),)


def _rows(cells):
    return Dataset(pl.DataFrame({"c": pl.Series(cells, dtype=pl.String)}), INPUTS)


def test_codes_rank_by_frequency_and_unseen_is_missing():
    codes = Codes.learn(INPUTS, _rows(["b", "a", "b", None]).frame)
    assert codes.levels == {"c": ("b", "a")}
    assert np.array_equal(codes.matrix(_rows(["a", "b", "z", None]))[:, 0], [1, 0, np.nan, np.nan], equal_nan=True)


def test_few_and_many_rows_are_read_alike(kit):
    dataset, problem = kit["mixed"](700)
    codes = Codes.learn(problem.inputs, dataset.frame)
    assert np.array_equal(codes.matrix(dataset)[:10], codes.matrix(dataset.take(range(10))), equal_nan=True)
    assert codes.names[:6] == ["n0", "n1", "n2", "n3", "n4", "same"]
    assert codes.names[codes.categorical[0]] == "colour"


def test_a_column_without_any_level(kit):
    codes = Codes.learn(INPUTS, _rows([None] * 300).frame)
    assert np.isnan(codes.matrix(_rows(["a"] * 300))).all()


def test_survives_json(kit):
    dataset, problem = kit["mixed"](100)
    codes = Codes.learn(problem.inputs, dataset.frame)
    assert Codes.from_json(json.loads(json.dumps(codes.to_json()))) == codes
