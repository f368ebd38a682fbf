import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fathom.data.read import read
from fathom.errors import DataError
from fathom.protocol.resampled import scorer
from fathom.tasks import entities
from fathom.tasks.named_entity_recognition import TASK
from fathom.tasks.predictions import Entity, Spans, from_frame
from fathom.tasks.problem import Problem
from fathom.tasks.propose import propose

SPAN = st.tuples(st.integers(0, 6), st.integers(1, 4), st.sampled_from("xyz"))
ROWS = st.lists(st.tuples(st.lists(SPAN, max_size=3), st.lists(SPAN, max_size=3)), min_size=1, max_size=8)


def truth_of(rows):
    truth = np.empty(len(rows), dtype=object)
    truth[:] = [tuple(sorted({(start, start + length, label) for start, length, label in row})) for row in rows]
    return truth


def said_of(rows):
    return Spans.of([Entity(*span[:2], "", span[2], 0.5) for span in row] for row in truth_of(rows))


def by_hand(truth, said, weight):
    """Micro F1, precision and recall, an entity at a time."""
    right = true = called = 0.0
    for spans, row, times in zip(truth, said.rows, weight, strict=True):
        named = {(each.start, each.end, each.label) for each in row}
        right += times * len(named & set(spans))
        true += times * len(spans)
        called += times * len(named)
    if not true:
        return [np.nan] * 3
    return [2 * right / (true + called), right / called if called else 0.0, right / true]


@settings(deadline=None)
@given(ROWS, st.data())
def test_measures_with_weights_and_their_fast_form(rows, data):
    truth, said = truth_of([row for row, _ in rows]), said_of([row for _, row in rows])
    weights = np.array(
        data.draw(
            st.lists(st.lists(st.integers(0, 3), min_size=len(rows), max_size=len(rows)), min_size=1, max_size=3)
        ),
        dtype=np.float32,
    )
    for weight in weights:
        found = [measure.score(truth, said, weight) for measure in entities.MEASURES[:3]]
        assert found == pytest.approx(by_hand(truth, said, weight), nan_ok=True)
    for measure in entities.MEASURES:
        slow = [[measure.score(truth, said, weight)] for weight in weights]
        assert scorer(measure, truth, [said])(weights) == pytest.approx(np.array(slow), nan_ok=True)


def test_characters_are_counted_as_klue_does():
    truth, said = truth_of([[(0, 4, "x")]]), said_of([[(0, 2, "x")]])  # B I I I against B I
    f1 = entities.CHARACTER_F1.score(truth, said, None)
    assert f1 == pytest.approx((1.0 + 2 * 1 / (3 + 1)) / 2)
    assert entities.F1.score(truth, said, None) == 0.0


def test_macro_averages_over_the_labels_of_the_truth():
    truth, said = truth_of([[(0, 1, "x"), (2, 1, "y")]]), said_of([[(0, 1, "x"), (4, 1, "z")]])
    assert entities.MACRO_F1.score(truth, said, None) == pytest.approx(0.5)


def test_spans_survive_parquet(tmp_path):
    said = Spans.of([[Entity(0, 5, "Seoul", "city", 0.25)], [], [Entity(1, 2, "b", "x", 1.0)]])
    said.frame().write_parquet(tmp_path / "said.parquet")
    again = from_frame(pl.read_parquet(tmp_path / "said.parquet"))
    assert again == said
    assert again.take(np.array([2, 0])).rows == (said.rows[2], said.rows[0])
    assert from_frame(Spans.of([[]]).frame()) == Spans.of([[]])


def test_the_problem_knows_its_labels_and_which_rows_were_looked_at():
    data = read({"text": ["to Seoul", "home", "who knows"], "entities": ['[[3, 8, "city"]]', "[]", None]})
    assert propose(data, "entities") == TASK.name
    problem = TASK.pose(data, "entities")
    assert problem.labels == ("city",)
    assert problem.classes == ()
    truth = problem.truth(data)
    assert truth.tolist() == [((3, 8, "city"),), (), None]
    assert problem.known(truth).tolist() == [True, True, False]
    assert Problem.from_json(problem.to_json()) == problem


@pytest.mark.parametrize(
    ("columns", "target"),
    [
        ({"text": ["to Seoul", "home"], "entities": ["[]", "[]"]}, "entities"),
        ({"text": ["to Seoul", "home"], "entities": ['[[3, 8, "x"]]', "[]"]}, "text"),
    ],
)
def test_what_is_no_problem_says_what_to_do(columns, target):
    with pytest.raises(DataError) as raised:
        TASK.pose(read(columns, kinds={"entities": "spans"}), target)
    assert raised.value.remedy
