"""Tables become tensors."""

from __future__ import annotations

import json
import math

import numpy as np
import polars as pl
import torch
from hypothesis import given
from hypothesis import strategies as st

from fathom.data.dataset import Dataset
from fathom.data.kinds import Column, Kind
from fathom.deep.inputs.table import TableInputs, codes_of, quantile_edges
from fathom.tasks.problem import Problem


def numbers(**columns: list[float | None]) -> tuple[Problem, Dataset]:
    frame = pl.DataFrame({name: pl.Series(values, dtype=pl.Float64) for name, values in columns.items()})
    kinds = tuple(Column(name, Kind.NUMBER) for name in frame.columns)
    return Problem("tabular-regression", "y", kinds), Dataset(frame, kinds)


def test_a_table_becomes_numbers_and_codes(people, pose):
    inputs = TableInputs.fit(pose(people, "label"), people)
    rows, codes = inputs.tensors(people)
    assert rows.shape == (400, inputs.width)
    assert rows.dtype == torch.float32
    assert codes.shape == (400, 1)
    assert inputs.counts == [4]  # three colours and "missing"
    assert torch.isfinite(rows).all()
    assert codes.min() == 1
    assert codes.max() == 4


def test_constant_columns_are_left_out_and_missing_values_told_apart():
    problem, data = numbers(same=[3.0] * 8, empty=[None] * 8, holes=[1.0, 2.0, None, 3.0] * 2, flag=[None, 5.0] * 4)
    inputs = TableInputs.fit(problem, data)
    rows, _ = inputs.tensors(data)
    assert [bool(scale) for scale in inputs.scales] == [False, False, True, True]
    assert rows.shape == (8, 4)  # holes, flag, and an indicator for each
    assert rows[:, 2].tolist() == [0, 0, 1, 0] * 2
    assert rows[:, 3].tolist() == [1, 0] * 4


def test_a_value_missing_for_the_first_time_reads_as_the_middle():
    problem, data = numbers(x=[1.0, 2.0, 3.0])
    inputs = TableInputs.fit(problem, data)
    _, new = numbers(x=[None])
    assert inputs.tensors(new)[0].tolist() == [[0.0]]


def test_values_without_bounds_stay_within_bounds():
    problem, data = numbers(x=[1.0, 2.0, 3.0, 4.0, math.inf, -math.inf, math.nan, 1e300])
    rows, _ = TableInputs.fit(problem, data).tensors(data)
    assert torch.isfinite(rows).all()
    assert rows.abs().max() <= 3


def test_an_unseen_category_is_code_nought_in_few_rows_and_in_many():
    values = ("", "a", "b")
    few = pl.Series(["b", None, "", "new"])
    many = pl.concat([few] * 100)
    assert codes_of(few, values).tolist() == [3, 1, 1, 0]
    assert codes_of(many, values).tolist() == [3, 1, 1, 0] * 100


def test_one_row_reads_as_it_does_among_others(people, pose):
    inputs = TableInputs.fit(pose(people, "label"), people)
    rows, codes = inputs.tensors(people)
    for row in (0, 17, 399):
        one, code = inputs.tensors(people.take([row]))
        assert torch.equal(one[0], rows[row])
        assert torch.equal(code[0], codes[row])


def test_a_table_without_a_useful_column_becomes_nothing():
    problem, data = numbers(same=[1.0, 1.0])
    rows, codes = TableInputs.fit(problem, data).tensors(data)
    assert rows.shape == (2, 0)
    assert codes.shape == (2, 0)


def test_inputs_survive_json(people, pose):
    inputs = TableInputs.fit(pose(people, "label"), people)
    again = TableInputs.from_json(json.loads(json.dumps(inputs.to_json())))
    assert again == inputs


@given(st.lists(st.floats(allow_nan=True, allow_infinity=True), min_size=1, max_size=30))
def test_any_numbers_become_finite_ones(values):
    problem, data = numbers(x=values)
    rows, _ = TableInputs.fit(problem, data).tensors(data)
    assert torch.isfinite(rows).all()


@given(st.lists(st.floats(-3, 3, width=32), min_size=1, max_size=60), st.integers(1, 20))
def test_edges_ascend_and_span_the_values(values, intervals):
    edges = quantile_edges(torch.tensor(values)[:, None], intervals)
    assert edges.shape == (1, intervals + 1)
    assert (edges.diff(dim=1) >= 0).all()
    assert edges.min() == min(values)
    assert edges.max() == max(values)


def test_the_parts_of_a_time_tell_the_hour():
    hours = pl.Series(np.arange(48) * 3_600_000_000).cast(pl.Datetime("us"))
    problem = Problem("tabular-regression", "y", (Column("t", Kind.TIME),))
    rows, _ = TableInputs.fit(problem, Dataset(pl.DataFrame({"t": hours}), problem.inputs)).tensors(
        Dataset(pl.DataFrame({"t": hours}), problem.inputs)
    )
    assert torch.allclose(rows[:24, 1:3], rows[24:, 1:3], atol=1e-5)
    assert rows[:, 0].diff().gt(0).all()
