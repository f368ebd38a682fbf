import numpy as np
import polars as pl
import pytest

from fathom.data.dataset import Dataset
from fathom.data.kinds import Column, Kind
from fathom.data.nested import nested_order
from fathom.tasks.problem import Problem

X = Column("x", Kind.NUMBER)
ROWS = np.arange(1_000)


def posed(classes=(), group=None, time=None):
    return Problem("any", "y", (X,), classes, group, time)


def labelled(labels, **columns):
    frame = pl.DataFrame({"x": np.arange(float(len(labels))), "y": labels, **columns})
    return Dataset(frame, (X, Column("y", Kind.CATEGORY), *(Column(name, Kind.NUMBER) for name in columns)))


@pytest.fixture
def rare():
    """A thousand labels: 3 rare, 97 seldom, 900 common."""
    labels = np.repeat(["rare", "seldom", "common"], [3, 97, 900])
    return labelled(np.random.default_rng(0).permutation(labels))


def test_every_row_is_in_the_order_once(rare):
    problem = posed(("common", "rare", "seldom"))
    assert sorted(nested_order(rare, problem, ROWS, seed=3)) == list(ROWS)


@pytest.mark.parametrize("size", [50, 100, 500])
def test_labels_keep_their_shares_at_every_size(rare, size):
    problem = posed(("common", "rare", "seldom"))
    for seed in range(5):
        sample = rare["y"][nested_order(rare, problem, ROWS, seed=seed)[:size].tolist()].to_list()
        assert sample.count("common") == pytest.approx(0.9 * size, abs=3)
        assert sample.count("rare") >= 1


def test_draws_differ_and_the_same_draw_is_the_same(rare):
    problem = posed(("common", "rare", "seldom"))
    first, second, again = (nested_order(rare, problem, ROWS, seed=seed) for seed in (0, 1, 0))
    assert (first == again).all()
    assert set(first[:100]) != set(second[:100])


def test_a_sample_holds_few_groups_in_full_not_a_little_of_each():
    owner = np.random.default_rng(1).integers(0, 50, 1_000)
    data = labelled(["a"] * 1_000, owner=owner)
    order = nested_order(data, posed(("a",), group="owner"), ROWS, seed=0)
    sample = owner[order[:200]]
    whole = [group for group in np.unique(sample) if (sample == group).sum() == (owner == group).sum()]
    assert len(whole) >= len(np.unique(sample)) - 1


def test_by_time_the_latest_rows_come_first():
    day = np.random.default_rng(2).permutation(1_000)
    data = labelled(["a", "b"] * 500, day=day)
    order = nested_order(data, posed(("a", "b"), time="day"), ROWS, seed=0)
    assert day[order[:100]].min() == 900


def test_by_time_groups_stay_whole_the_latest_first():
    day = np.random.default_rng(2).permutation(1_000)
    data = labelled(["a", "b"] * 500, day=day, owner=day // 100)
    order = nested_order(data, posed(("a", "b"), group="owner", time="day"), ROWS, seed=0)
    assert (day[order] == np.arange(1_000)[::-1]).all()
    mixed = labelled(["a", "b"] * 500, day=day, owner=day % 10)
    owners = (day % 10)[nested_order(mixed, posed(("a", "b"), group="owner", time="day"), ROWS, seed=0)]
    assert (np.diff(owners) != 0).sum() == 9
    assert owners[0] == 9


def test_only_the_rows_that_are_asked_for_are_ordered(rare):
    rows = np.array([5, 9, 700])
    assert sorted(nested_order(rare, posed(("common", "rare", "seldom")), rows, seed=0)) == [0, 1, 2]
