"""The split of persons: strangers are wholly strangers, known persons train and are tested on other pictures."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fathom.data.dataset import Dataset
from fathom.data.kinds import Column, Kind
from fathom.data.split import split
from fathom.data.strangers import TEST, TRAIN, VALID, parts_of_persons
from fathom.tasks.problem import Problem

SHARES = {"test": 0.2, "valid": 0.15}


@given(st.lists(st.integers(1, 9), min_size=1, max_size=40), st.integers(0, 3))
@settings(max_examples=60, deadline=None)
def test_strangers_are_in_one_part_alone_and_every_known_person_trains(sizes, seed):
    persons = np.repeat(np.arange(len(sizes)), sizes)
    parts = parts_of_persons(persons, np.arange(len(persons)), seed=seed, **SHARES)
    trained = set(persons[parts == TRAIN].tolist())
    strangers = set(range(len(sizes))) - trained
    for person in strangers:
        assert len(set(parts[persons == person].tolist())) == 1
    for person in trained:
        if sizes[person] >= 3:
            assert set(parts[persons == person].tolist()) == {TRAIN, VALID, TEST}
    if sum(size > 1 for size in sizes) >= 4:
        several = {person for person, size in enumerate(sizes) if size > 1}
        assert len(trained & several) >= 2
        for part in (VALID, TEST):
            assert strangers & set(persons[parts == part].tolist())


def test_half_of_two_pictures_is_held_out_and_no_unit_is_divided():
    persons = np.repeat(np.arange(60), 2)
    parts = parts_of_persons(persons, np.arange(120), seed=0, **SHARES)
    known = [person for person in range(60) if (parts[persons == person] == TRAIN).any()]
    held = [set(parts[persons == person].tolist()) - {TRAIN} for person in known]
    assert {frozenset(each) for each in held} == {frozenset({TEST}), frozenset({VALID})}
    units = np.repeat(np.arange(60), 2)
    parts = parts_of_persons(np.repeat(np.arange(10), 12), units, seed=0, **SHARES)
    assert all(len(set(parts[units == unit].tolist())) == 1 for unit in range(60))


@pytest.mark.parametrize("seed", range(3))
def test_given_test_rows_leave_only_training_and_validation(seed):
    parts = parts_of_persons(np.repeat(np.arange(12), 6), np.arange(72), seed=seed, test=0.0, valid=0.15)
    assert set(parts.tolist()) == {TRAIN, VALID}


def test_the_split_of_a_problem_of_persons_holds_some_out():
    names = pl.Series([f"p{row // 5}" for row in range(60)])
    frame = pl.DataFrame({"x": np.arange(60.0), "who": names})
    x = Column("x", Kind.NUMBER)
    data = Dataset(frame, (x, Column("who", Kind.CATEGORY)))
    problem = Problem("face-recognition", "who", (x,), persons=tuple(names.unique().sort().to_list()))
    parts = split(data, problem, seed=3)
    assert len(parts.train) + len(parts.valid) + len(parts.test) == 60
    trained, tested = (set(names.gather(rows).to_list()) for rows in (parts.train, parts.test))
    assert tested - trained
    assert tested & trained
