import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize, sparse

from fathom import catalog
from fathom.classical.border import Border
from fathom.classical.descent import SQUARED_HINGE, Descent
from fathom.classical.naive_bayes import NaiveBayes, counts
from fathom.classical.products import Products, probabilities
from fathom.classical.quasi_newton import minimised
from fathom.classical.words import finer, ratios
from fathom.data.dataset import Dataset
from fathom.data.kinds import Column, Kind
from fathom.learner import Run
from fathom.tasks.problem import Problem

TEXT = Column("said", Kind.TEXT)
LEARNERS = ["logistic-regression", "naive-bayes", "support-vectors", "gradient-boosting"]


def rows_of(texts, labels=None):
    frame = pl.DataFrame({"said": pl.Series(texts, dtype=pl.String)})
    if labels is None:
        return Dataset(frame, (TEXT,))
    labels = pl.Series("label", labels, dtype=pl.String)
    return Dataset(frame.with_columns(labels), (TEXT, Column("label", Kind.CATEGORY)))


def made(rows, classes, seed=0):
    """Texts in which a word names the class three times of four."""
    chance = np.random.default_rng(seed)
    labels = chance.integers(0, classes, rows)
    noise = chance.choice(["so", "it", "was", "and", "then", "film", "day"], (rows, 5))
    words = np.where(chance.random(rows) < 0.75, labels, chance.integers(0, classes, rows))
    return rows_of(
        [f"{' '.join(line)} word{word}ed" for line, word in zip(noise, words, strict=True)], [f"c{at}" for at in labels]
    )


def problem_of(classes):
    return Problem("text-classification", "label", (TEXT,), tuple(f"c{at}" for at in range(classes)))


@given(st.integers(0, 100), st.integers(2, 4), st.sampled_from([None, SQUARED_HINGE]))
@settings(max_examples=20, deadline=None)
def test_the_lowest_point_is_that_of_scipy(seed, classes, goal):
    chance = np.random.default_rng(seed)
    x = sparse.random_array((60, 25), density=0.3, rng=chance, format="csr")
    x, y = sparse.csr_matrix(x), chance.integers(0, classes, 60)
    y[:classes] = range(classes)
    run = Run()
    mine, usual = Descent(x, y, classes, run, goal), Descent(x.toarray(), y, classes, run, goal)
    start = mine.start(np.full(classes, 1 / classes))
    weights = [mine.solve(start, 3.0, 500), usual.solve(start, 3.0, 500)]
    losses = [usual._loss(each.ravel(), 1 / 180)[0] for each in weights]
    assert losses[0] == pytest.approx(losses[1], rel=1e-2)  # it stops when steps bring little: at most 0.8 % here


def test_a_badly_scaled_valley_is_walked_down():
    scales = np.logspace(0, 6, 40)
    found = minimised(
        lambda at: (float((scales * at**2).sum() / 2 + at.sum()), scales * at + 1), np.ones(40), scales, 200
    )
    assert np.allclose(found, -1 / scales, atol=1e-3)
    assert optimize.check_grad(lambda at: (scales * at**2).sum() / 2, lambda at: scales * at, found) < 1


def test_it_stops_when_told():
    start = np.ones(3)
    assert (minimised(lambda at: (float(at @ at), 2 * at), start, np.ones(3), 50, lambda: True) == start).all()


def test_sparse_and_dense_products_agree():
    x = sparse.csr_matrix(np.array([[1.0, 0.0, 2.0], [0.0, -3.0, 0.0]]))
    for width in (1, 2):
        weights, slope = np.arange(3.0 * width).reshape(3, width), np.arange(2.0 * width).reshape(2, width)
        some, other = Products(x), Products(x.toarray())
        assert np.allclose(some.ahead(weights), other.ahead(weights))
        assert np.allclose(some.back(slope), other.back(slope))
        assert np.allclose(some.squares_back(slope), other.squares_back(slope))
        whole = np.vstack([weights, np.ones((1, width))])
        assert np.allclose(probabilities(x, whole), probabilities(x.toarray(), whole))


def test_ratios_are_of_each_class_against_the_rest():
    x = Products(sparse.csr_matrix(np.eye(3)))
    found = ratios(x, np.array([0, 1, 2]), 3)
    assert found.shape == (3, 3)
    assert (np.diag(found) > 0).all()
    assert found[0, 1] < 0


def test_strengths_are_refined():
    assert finer((0.001, 0.01)) == pytest.approx([0.001, 0.00316, 0.01], rel=1e-2)


def test_two_scores_say_the_same():
    scores = Border(np.array([[1.0], [0.5]])).scores(sparse.csr_matrix([[2.0]]))
    assert scores.tolist() == [[-1.25, 1.25]]


def test_counts_are_never_negative():
    x = sparse.csr_matrix(np.array([[0.5, -1.0, 0.0], [0.2, 2.0, 0.0]]))
    assert counts(x, 3) is x
    assert counts(x, 1).min() >= 0


@pytest.mark.parametrize("classes", [2, 4])
@pytest.mark.parametrize("name", LEARNERS)
def test_the_word_that_tells_is_found(name, classes, tmp_path):
    problem, learner = problem_of(classes), catalog.load(catalog.learner(name).path)()
    train, valid, test = made(400, classes), made(100, classes, 1), made(200, classes, 2)
    learner.fit(problem, train, valid, Run.lasting(30, seed=0))
    said = learner.predict(test)
    assert (said.codes == problem.truth(test)).mean() > 0.62
    strange = learner.predict(rows_of([None, "", "never heard", "😀" * 9]))
    assert np.isfinite(strange.probabilities).all()
    learner.save(tmp_path)
    again = type(learner).load(tmp_path)
    assert np.array_equal(again.predict(test).probabilities, said.probabilities)
    assert any("word1ed" in each for each in again.features())


@pytest.mark.parametrize("name", LEARNERS)
def test_one_label_or_no_rows_to_choose_by(name):
    learner = catalog.load(catalog.learner(name).path)()
    alone = rows_of(["a b c", "b c d", "c d e"], ["c1"] * 3)
    learner.fit(problem_of(2), alone, alone.take([]), Run.lasting(10))
    assert learner.predict(alone).values.tolist() == ["c1"] * 3
    two = rows_of(["good one", "bad one", "good", "bad"] * 5, ["c1", "c0"] * 10)
    learner.fit(problem_of(2), two, two.take([]), Run.lasting(10))
    assert learner.predict(two.take([])).probabilities.shape == (0, 2)


def test_a_label_that_is_rare_among_thousands_has_its_probability():
    learner = NaiveBayes()
    learner.fit(problem_of(3), made(300, 2), made(60, 2, 1), Run.lasting(10))
    assert learner.predict(made(20, 2, 3)).probabilities[:, 2].max() == 0
