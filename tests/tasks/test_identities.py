"""Identities: who is known, what is kept of them, how well they are told from strangers."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics

from fathom.data.dataset import Dataset
from fathom.data.kinds import Column, Kind
from fathom.errors import DataError
from fathom.model import calibrated
from fathom.protocol.calibration import fit
from fathom.protocol.intervals import bootstrap
from fathom.tasks import likeness
from fathom.tasks.face_recognition import TASK, only_known, pose
from fathom.tasks.gallery import Gallery, unit
from fathom.tasks.identities import Identities
from fathom.tasks.predictions import from_frame
from fathom.tasks.problem import Problem

COLUMNS = (Column("image", Kind.IMAGE), Column("who", Kind.CATEGORY))
PERSONS = ("Ada", "Bo", "Cy")


@st.composite
def said(draw):
    rows, seed = draw(st.integers(2, 30)), draw(st.integers(0, 10_000))
    chance = np.random.default_rng(seed)
    vectors = unit(chance.normal(size=(rows, 4)))
    known = Gallery.of(PERSONS, chance.normal(size=(3, 4)), np.arange(3))
    truth = chance.integers(0, 6, rows)  # three persons, three strangers
    rounded = np.round(known.similarities(vectors), draw(st.sampled_from([1, 8])))  # ties among them
    return truth, Identities(PERSONS, rounded, vectors)


@given(said())
def test_what_is_written_is_read(case):
    _, found = case
    found = found.at(0.3, 0.4)
    again = from_frame(found.frame())
    assert isinstance(again, Identities)
    assert again.persons == found.persons
    assert np.array_equal(again.similarities, found.similarities)
    assert np.array_equal(again.vectors, found.vectors)
    assert (again.threshold, again.pair_threshold, again.far) == (0.3, 0.4, 0.01)
    rows = np.array([1, 0])
    assert again.take(rows).values.tolist() == found.values[rows].tolist()
    assert from_frame(found.frame().head(0)).similarities.shape == (0, 3)


@given(said())
def test_measures_with_equal_weights_are_those_without_and_doubled_rows_are_doubled_weights(case):
    truth, found = case
    weights = np.random.default_rng(0).integers(0, 3, len(truth))
    rows = np.repeat(np.arange(len(truth)), weights)
    for measure in TASK.measures:
        plain = measure.score(truth, found, None)
        assert np.isclose(plain, measure.score(truth, found, np.ones(len(truth))), equal_nan=True)
        assert np.isnan(plain) or 0 <= plain <= 1
        if len(rows) and not isinstance(measure.score, likeness.PairScore):
            repeated = measure.score(truth[rows], found.take(rows), None)
            assert np.isclose(repeated, measure.score(truth, found, weights), equal_nan=True), measure.name


@given(said())
def test_open_set_area_is_the_chance_of_every_pair(case):
    truth, found = case
    known, foreign = truth < 3, truth >= 3
    if not (known.any() and foreign.any()):
        assert np.isnan(likeness.open_set(truth, found, None))
        return
    right = (found.codes == truth)[known]
    wins = found.highest[known][:, None] > found.highest[foreign][None]
    assert np.isclose(likeness.open_set(truth, found, None), (wins * right[:, None]).mean())


@given(said())
def test_pairs_agree_with_scikit_learn(case):
    truth, found = case
    pairs = likeness.pairs(truth, found)
    drawn = pairs.curve()
    if drawn is None:
        assert pairs.genuine.all() or not pairs.genuine.any()
        return
    false, true, _ = metrics.roc_curve(pairs.genuine, pairs.scores, drop_intermediate=False)
    assert np.allclose(false[1:], drawn.false)
    assert np.allclose(true[1:], drawn.true)
    assert 0 <= drawn.equal_error <= 1


def test_equal_error_and_true_accepts_of_known_curves():
    perfect = likeness.curve(np.array([0.9, 0.8, 0.2, 0.1]), np.array([True, True, False, False]))
    constant = likeness.curve(np.zeros(4), np.array([True, True, False, False]))
    assert (perfect.equal_error, perfect.true_at(0.0)) == (0.0, 1.0)
    assert (constant.equal_error, constant.true_at(0.01)) == (0.5, 0.0)
    assert likeness.curve(np.array([0.4]), np.array([True])) is None


def test_pairs_of_many_strangers_are_those_of_some():
    vectors = unit(np.random.default_rng(0).normal(size=(4_000, 2)))
    found = Identities(("a",), np.zeros((4_000, 1)), vectors)
    pairs = likeness.pairs(np.arange(4_000) % 50 + 1, found)
    assert len(pairs.scores) <= likeness.MOST_ROWS * (likeness.MOST_ROWS - 1) // 2


def test_thresholds_let_the_stated_share_of_strangers_in():
    chance = np.random.default_rng(1)
    similar = chance.uniform(-1, 1, (1_000, 3))
    vectors = unit(chance.normal(size=(1_000, 5)))
    truth = chance.integers(3, 40, 1_000)
    for far in (0.0, 0.01, 0.2):
        found = Identities(PERSONS, similar, vectors, far=far)
        kept = calibrated(found, fit(truth, found))
        assert kept.accepted.mean() <= far
        assert kept.accepted.mean() > far - 0.002
        pairs = likeness.pairs(truth, kept)
        impostors = pairs.scores[~pairs.genuine]
        assert far - 0.001 < (impostors >= kept.pair_threshold).mean() <= far


def test_without_strangers_forgotten_persons_play_them():
    truth = np.array([0, 1, 2, 0])
    similar = np.array([[0.9, 0.2, 0.1], [0.3, 0.8, 0.1], [0.1, 0.4, 0.7], [0.8, 0.5, 0.1]])
    found = Identities(PERSONS, similar, unit(np.eye(4)[:, :3] + 0.1), far=0.25)
    assert 0.4 < fit(truth, found)["threshold"] <= 0.5


def test_the_bootstrap_of_pairs_is_the_measure_with_weights():
    chance = np.random.default_rng(2)
    truth = chance.integers(0, 6, 40)
    found = Identities(PERSONS, chance.uniform(-1, 1, (40, 3)), unit(chance.normal(size=(40, 4))))
    measure = TASK.measure("equal-error-rate")
    drawn = bootstrap(measure, truth, [found], seconds=0.0)
    assert drawn.scores[0] == measure.score(truth, found, None)
    assert drawn.resamples.shape == (200, 1)


def test_a_gallery_keeps_one_vector_a_person_and_forgets_it():
    vectors = np.array([[2.0, 0.0], [0.0, 3.0], [0.0, 1.0]])
    known = Gallery.of(("Ada", "Bo", "Eve"), vectors, np.array([0, 1, -1]))
    assert known.counts.tolist() == [1, 1, 0]
    assert known.similarities(np.array([[1.0, 0.0]])).tolist() == [[1.0, 0.0, -1.0]]
    more = known.enrolled("Cy", np.array([[-1.0, 0.0]]))
    assert more.persons == ("Ada", "Bo", "Eve", "Cy")
    assert more.similarities(np.array([[-1.0, 0.0]]))[0, 3] == 1.0
    again = more.enrolled("Ada", np.array([[0.0, 1.0]]))
    assert again.counts.tolist() == [2, 1, 0, 1]
    assert more.counts.tolist() == [1, 1, 0, 1]
    gone = again.without("Ada")
    assert gone.persons == ("Bo", "Eve", "Cy")
    assert len(gone.sums) == 3
    with pytest.raises(DataError, match="Nobody called 'Zoe'"):
        gone.without("Zoe")
    with pytest.raises(DataError, match="only person known"):
        Gallery.of(("Ada",), vectors[:1], np.array([0])).without("Ada")
    with pytest.raises(DataError, match="a name and at least one picture"):
        gone.enrolled("Dee", np.zeros((0, 2)))


def people(names):
    frame = pl.DataFrame({"image": pl.Series([b"x"] * len(names), dtype=pl.Binary), "who": names})
    return Dataset(frame, COLUMNS)


def test_posing_needs_several_persons_with_several_pictures():
    data = people(["a", "a", "b", "b", "c", "c", "d", "d", "e"])
    problem = pose(data, "who")
    assert problem.persons == ("a", "b", "c", "d", "e")
    assert Problem.from_json(problem.to_json()) == problem
    with pytest.raises(DataError, match="3 persons have two pictures"):
        pose(people(["a", "a", "b", "b", "c", "c", "d"]), "who")


def test_strangers_are_those_who_do_not_train():
    data = people(["b", "a", "c", None, "b"])
    problem = Problem("face-recognition", "who", COLUMNS[:1], persons=("a", "b", "c"))
    known = only_known(problem, data.take([0, 4]))
    assert known.persons == ("b",)
    assert known.truth(data).tolist() == [0, 1, 2, -1, 0]
    assert known.known(known.truth(data)).tolist() == [True, True, True, False, True]
