import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics

from fathom.data.dataset import Dataset
from fathom.data.kinds import Column, Kind
from fathom.data.read import read
from fathom.data.split import rarest, split
from fathom.errors import DataError
from fathom.model import calibrated
from fathom.protocol.calibration import fit
from fathom.protocol.intervals import bootstrap
from fathom.tasks import label_sets
from fathom.tasks.label_sets import LabelSets, encoded
from fathom.tasks.multi_label_text_classification import TASK, pose
from fathom.tasks.predictions import from_frame
from fathom.tasks.problem import Problem
from fathom.tasks.propose import propose
from fathom.tasks.several_labels import MEASURES, MICRO_F1

CLASSES = ("damage", "late", "rude")
COLUMNS = (Column("letter", Kind.TEXT), Column("topics", Kind.LABELS))


def letters(topics):
    texts = [f"a letter about number {place} and more" for place in range(len(topics))]
    frame = pl.DataFrame({"letter": texts, "topics": pl.Series(topics, dtype=pl.List(pl.String))})
    return Dataset(frame, COLUMNS)


@st.composite
def answers(draw):
    rows = draw(st.integers(1, 12))
    cells = draw(st.lists(st.lists(st.booleans(), min_size=3, max_size=3), min_size=rows, max_size=rows))
    given_ = draw(st.lists(st.lists(st.floats(0, 1), min_size=3, max_size=3), min_size=rows, max_size=rows))
    return np.array(cells, dtype=np.int8), LabelSets.of(CLASSES, np.array(given_))


@given(answers())
def test_measures_are_those_of_scikit_learn(pair):
    truth, sets = pair
    assert label_sets.exact_match(truth, sets, None) == metrics.accuracy_score(truth, sets.chosen)
    if truth.any() or sets.chosen.any():
        said = metrics.f1_score(truth, sets.chosen, average="micro", zero_division=0.0)
        assert label_sets.micro_f1(truth, sets, None) == pytest.approx(said)
    if truth.any():
        there = np.flatnonzero(truth.any(axis=0))
        said = [metrics.f1_score(truth[:, at], sets.chosen[:, at], zero_division=0.0) for at in there]
        assert label_sets.macro_f1(truth, sets, None) == pytest.approx(np.mean(said))


@given(answers(), st.integers(0, 3))
def test_weights_are_repeated_rows(pair, seed):
    truth, sets = pair
    weight = np.random.default_rng(seed).integers(0, 3, len(truth)).astype(float)
    if not weight.any():
        return
    rows = np.repeat(np.arange(len(truth)), weight.astype(int))
    for measure in MEASURES:
        weighed, repeated = measure.score(truth, sets, weight), measure.score(truth[rows], sets.take(rows), None)
        assert weighed == pytest.approx(repeated, nan_ok=True)


def test_a_frame_and_back():
    sets = LabelSets.of(CLASSES, np.array([[0.9, 0.2, 0.6], [0.1, 0.1, 0.1]]), threshold=0.15)
    again = from_frame(sets.frame())
    assert isinstance(again, LabelSets)
    assert np.array_equal(again.chosen, sets.chosen)
    assert np.array_equal(again.probabilities, sets.probabilities)
    assert sets.values.tolist() == [("damage", "late", "rude"), ()]


def test_a_label_that_training_did_not_know_is_passed_over():
    assert encoded(pl.Series([["new", "late"], None]), CLASSES).tolist() == [[0, 1, 0], [-1, -1, -1]]


def test_a_column_of_lists_is_several_labels():
    data = read([{"letter": f"my parcel number {i} is late again", "topics": [["late"], ["late", "rude"], []][i % 3]}
                 for i in range(30)])  # fmt: skip
    assert data.column("topics").kind == Kind.LABELS
    assert propose(data, "topics") == TASK.name
    problem = pose(data, "topics")
    assert problem.sets == ("late", "rude")
    assert Problem.from_json(problem.to_json()) == problem
    assert problem.truth(data)[:3].tolist() == [[1, 0], [1, 1], [0, 0]]


def test_texts_with_separators_are_several_labels_where_the_person_says_so(tmp_path):
    path = tmp_path / "letters.csv"
    rows = "\n".join(f"my parcel number {i} is late again,{['late', 'late; rude', ''][i % 3]}" for i in range(30))
    path.write_text(f"letter,topics\n{rows}\n")
    data = read(path, kinds={"topics": "labels"})
    assert data["topics"].to_list()[:2] == [["late"], ["late", "rude"]]
    with pytest.raises(DataError) as caught:
        pose(read(path), "topics")
    assert "--kind topics=labels" in caught.value.remedy


def test_labels_of_one_row_cannot_be_learned():
    assert pose(letters([["late"], ["late", "odd"], ["rude"], ["rude"]]), "topics").sets == ("late", "rude")
    with pytest.raises(DataError, match="No label is on two rows"):
        pose(letters([["late"], ["rude"]]), "topics")


def test_rare_labels_are_in_every_part():
    topics = [["late"]] * 60 + [["late", "rude"]] * 8 + [[]] * 32
    data = letters(topics)
    problem = Problem(TASK.name, "topics", COLUMNS[:1], sets=("late", "rude"))
    parts = split(data, problem, seed=0)
    for rows in (parts.train, parts.valid, parts.test):
        assert problem.truth(data)[rows].max(axis=0).tolist() == [1, 1]
    assert set(rarest(problem.truth(data)).tolist()) == {0, 1, 2}


def test_the_threshold_is_the_one_that_serves_f1_best():
    random = np.random.default_rng(0)
    truth = (random.random((200, 3)) < 0.3).astype(np.int8)
    timid = LabelSets.of(CLASSES, np.where(truth > 0, 0.35, 0.1) + 0.05 * random.random((200, 3)))
    found = fit(truth, timid)
    assert 0.1 < found["threshold"] <= 0.35
    assert label_sets.micro_f1(truth, calibrated(timid, found), None) == 1.0
    assert fit(truth[:5], timid.take(np.arange(5))) == {}


def test_intervals_come_from_the_rows():
    random = np.random.default_rng(1)
    truth = (random.random((300, 3)) < 0.4).astype(np.int8)
    noise = random.random((300, 3))
    good, bad = (LabelSets.of(CLASSES, np.clip(truth * skill + noise * (1 - skill), 0, 1)) for skill in (0.4, 0.1))
    drawn = bootstrap(MICRO_F1, truth, [good, bad], seed=0)
    low, high = drawn.interval(0)
    assert low < label_sets.micro_f1(truth, good, None) < high
    assert drawn.interval(1)[1] < low
