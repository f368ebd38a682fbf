"""The split: nothing on two sides, everything somewhere, every label in its share, always the same."""

import datetime

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fathom import catalog
from fathom.data.dataset import Dataset
from fathom.data.kinds import Column, Kind
from fathom.data.read import read
from fathom.data.split import duplicate_groups, split
from fathom.tasks.problem import Problem

X, NUMBER = Column("x", Kind.NUMBER), Column("y", Kind.NUMBER)


def labelled(labels, x=None, **more):
    """A dataset of these labels, and its problem."""
    x = np.arange(len(labels), dtype=float) if x is None else x
    frame = pl.DataFrame({"x": x, "y": pl.Series(labels, dtype=pl.String), **more})
    columns = (X, Column("y", Kind.CATEGORY), *(Column(name, Kind.CATEGORY) for name in more))
    classes = tuple(sorted({label for label in labels if label}))
    return Dataset(frame, columns), Problem("tabular-classification", "y", (X,), classes)


def parts(data, problem, seed=0, **shares):
    found = split(data, problem, seed=seed, **shares)
    return found.train, found.valid, found.test


@settings(max_examples=120, deadline=None)
@given(
    labels=st.lists(st.sampled_from(["a", "b", "c", None]), min_size=1, max_size=80),
    values=st.integers(1, 60),
    groups=st.integers(0, 15),
    seed=st.integers(0, 50),
    shares=st.sampled_from([(0.2, 0.15), (0.0, 0.15), (0.3, 0.0), (0.5, 0.4)]),
)
def test_invariants(labels, values, groups, seed, shares):
    chance = np.random.default_rng(seed)
    x = chance.integers(0, values, len(labels)).astype(float)
    owner = pl.Series(chance.integers(0, groups + 1, len(labels)).astype(str))
    data, problem = labelled(labels, x, owner=owner)
    if groups:
        problem = Problem(problem.task, "y", (X,), problem.classes, group="owner")
    found = parts(data, problem, seed, test=shares[0], valid=shares[1])
    rows = np.concatenate(found)
    assert sorted(rows) == [row for row, label in enumerate(labels) if label is not None]
    assert all((np.diff(part) > 0).all() and part.dtype == np.int64 for part in found)
    held = [set(x[part]) for part in found]
    owners = [set(owner.gather(part)) for part in found] if groups else [set()] * 3
    for one, other in ((0, 1), (0, 2), (1, 2)):
        assert not held[one] & held[other]
        assert not owners[one] & owners[other]
    trained = {labels[row] for row in found[0]}
    assert trained == {label for label in labels if label is not None}
    again = parts(data, problem, seed, test=shares[0], valid=shares[1])
    assert all((one == other).all() for one, other in zip(found, again, strict=True))


@pytest.mark.parametrize("seed", range(5))
def test_shares_of_every_label(seed):
    labels = ["common"] * 800 + ["rare"] * 40 + ["middle"] * 160
    data, problem = labelled(labels)
    for part, share in zip(parts(data, problem, seed), (0.65, 0.15, 0.2), strict=True):
        assert len(part) == pytest.approx(1000 * share, abs=2)
        for label, count in (("common", 800), ("rare", 40), ("middle", 160)):
            assert sum(labels[row] == label for row in part) == pytest.approx(count * share, abs=1.5)


def test_numbers_are_stratified():
    y = np.random.default_rng(0).lognormal(size=1000)
    data = Dataset(pl.DataFrame({"x": np.arange(1000.0), "y": y}), (X, NUMBER))
    for part in parts(data, Problem("tabular-regression", "y", (X,))):
        assert np.median(y[part]) == pytest.approx(np.median(y), rel=0.15)


@pytest.mark.parametrize("rows", [4, 10, 25])
def test_few_numbers_are_split_too(rows):
    data = Dataset(pl.DataFrame({"x": np.arange(float(rows)), "y": np.arange(float(rows))}), (X, NUMBER))
    assert all(len(part) > 0 for part in parts(data, Problem("tabular-regression", "y", (X,))))


def test_seeds_differ_and_lone_labels_train():
    data, problem = labelled(["a"] * 50 + ["b"] * 50 + ["once"])
    assert 100 in split(data, problem, seed=0).train
    assert not np.array_equal(split(data, problem, seed=0).test, split(data, problem, seed=1).test)


def test_one_group_of_most_rows_trains():
    owner = pl.Series(["big"] * 700 + [f"small {i % 30}" for i in range(300)])
    data, problem = labelled(["a", "b"] * 500, owner=owner)
    problem = Problem(problem.task, "y", (X,), problem.classes, group="owner")
    for seed in range(5):
        train, valid, test = parts(data, problem, seed)
        assert set(range(700)) <= set(train.tolist())
        assert len(test) > 50
        assert len(valid) > 30


def test_by_time():
    days = [datetime.datetime(2024, 1, 1) + datetime.timedelta(days=i // 3) for i in range(300)]
    order = np.random.default_rng(0).permutation(300)
    frame = pl.DataFrame({"x": np.arange(300.0), "y": ["a", "b"] * 150, "day": [days[i] for i in order]})
    frame = frame.with_columns(pl.when(pl.col("x") == 7).then(None).otherwise(pl.col("day")).alias("day"))
    data = Dataset(frame, (X, Column("y", Kind.CATEGORY), Column("day", Kind.TIME)))
    problem = Problem("tabular-classification", "y", (X,), ("a", "b"), time="day")
    train, valid, test = parts(data, problem)
    day = frame["day"]
    assert day.gather(train).max() < day.gather(valid).min()
    assert day.gather(valid).max() < day.gather(test).min()
    assert len(test) == pytest.approx(60, abs=3)
    assert len(valid) == pytest.approx(45, abs=4)
    assert 7 in train  # what has no date cannot be shown to come late


@pytest.mark.parametrize("row", catalog.TASKS, ids=lambda row: row.name)
def test_samples(row):
    data, task = read(row.sample), catalog.load(row.path)
    problem = task.pose(data, row.target)
    if problem.horizon:  # what is divided are windows
        data, problem, _ = task.ready(data, problem)
    train, valid, test = parts(data, problem)
    assert len(train) + len(valid) + len(test) == len(data)
    most = 0.3 if problem.persons else 0.2  # strangers, whom training never sees, are tested beside known persons
    assert 0.2 * len(data) - 2 <= len(test) <= most * len(data) + 2


def test_equal_rows_have_one_number():
    frame = pl.DataFrame({"a": [1.0, 2.0, 1.0, None, None], "b": [b"x", b"x", b"x", b"", b""]})
    data = Dataset(frame, (Column("a", Kind.NUMBER), Column("b", Kind.IMAGE)))
    numbers = duplicate_groups(data, ("a", "b")).tolist()
    assert numbers == [numbers[0], numbers[1], numbers[0], numbers[3], numbers[3]]
    assert len(set(numbers)) == 3


def test_many_rows_need_no_share_of_them_for_testing():
    frame = pl.DataFrame({"x": np.arange(100_000.0), "y": ["a", "b"] * 50_000})
    data = Dataset(frame, (Column("x", Kind.NUMBER), Column("y", Kind.CATEGORY)))
    parts = split(data, Problem("tabular-classification", "y", data.columns[:1], ("a", "b")), seed=0)
    assert (len(parts.test), len(parts.valid)) == (10_000, 5_000)
