"""What the report says of persons: who was named, errors by group, every threshold, the hardest pairs, the limits."""

from types import SimpleNamespace

import numpy as np
import polars as pl
import pytest

from fathom.data.dataset import Dataset
from fathom.data.kinds import Column, Kind
from fathom.report.evidence import Answers
from fathom.report.sections.identities import body, examples, sureness
from fathom.tasks.face_recognition import TASK
from fathom.tasks.gallery import unit
from fathom.tasks.identities import Identities
from fathom.tasks.problem import Problem

IMAGE = Column("image", Kind.IMAGE)


def made(truth, similarities, by="group"):
    rows = len(truth)
    names = [f"<p{code}>" for code in truth]
    frame = pl.DataFrame(
        {
            "image": pl.Series(np.full((rows, 8, 8, 3), 90, dtype=np.uint8)),
            "who": names,
            "group": ["<old>" if row % 2 else "young" for row in range(rows)],
        }
    )
    data = Dataset(frame, (IMAGE, Column("who", Kind.CATEGORY), Column("group", Kind.CATEGORY)))
    vectors = unit(np.random.default_rng(0).normal(size=(rows, 3)) + np.eye(8)[truth][:, :3] * 3)
    said = Identities(("<p0>", "<p1>"), similarities, vectors, threshold=0.5, pair_threshold=0.8)
    measures = TASK.scores(truth, said)
    winner = SimpleNamespace(learner="eigenfaces", family="classical", measures=measures)
    problem = Problem("face-recognition", "who", (IMAGE,), persons=said.persons)
    return SimpleNamespace(
        identities=(said, Answers(said, truth, data, np.arange(rows))),
        winner=winner,
        done=[winner],
        task=TASK,
        image_column="image",
        decided={},
        study=SimpleNamespace(problem=problem, settings={"by": by}),
    )


@pytest.fixture
def evidence():
    truth = np.array([0, 0, 1, 1, 2, 2, 3, 3])
    similar = np.array([[0.9, 0.1], [0.4, 0.3], [0.2, 0.8], [0.7, 0.6], [0.3, 0.2], [0.6, 0.1], [0.1, 0.1], [0.2, 0.1]])
    return made(truth, similar)


def test_who_was_named_and_who_was_let_in(evidence):
    page = body(evidence)
    assert "knows 2 persons" in page
    assert "Of 4 test pictures of them it named 2 right, took 1 for somebody else and found 1 like nobody known" in page
    assert "Of 4 pictures of 2 strangers it took 1 for somebody" in page
    assert all(name in page for name in ("rank-1", "equal-error-rate", "strangers-accepted"))


def test_errors_are_told_by_group_with_intervals_and_few_persons_are_marked(evidence):
    page = body(evidence)
    assert "&lt;old&gt;" in page
    assert "<old>" not in page
    assert "4 (few)" in page
    assert "50.0 %<small>9.5 to 90.5 % of 2</small>" in page
    evidence.study.settings["by"] = None
    assert "No column of groups was named" in body(evidence)


def test_whom_somebody_was_taken_for_is_drawn_with_what_decided(evidence):
    evidence.decided = {3: {"row": 3, "person": "<p0>", "method": "occlusion", "places": [[0.1, -0.2], [0.0, 0.3]]}}
    page = examples(evidence, *evidence.identities)
    assert "Taken for somebody else" in page
    assert page.index("Test row 4: &lt;p1&gt;, taken for &lt;p0&gt;") < page.index("Test row 6: &lt;p2&gt;, taken for")
    assert page.count('class="warmed') == 1
    assert "most of the similarity to the person named" in page
    assert "<p0>" not in page


def test_every_threshold_and_what_no_figure_says(evidence):
    page = sureness(evidence, *evidence.identities)
    assert "Are these two the same person?" in page
    assert "equal error rate" in page
    assert "biometric" in page
    assert page.count("<svg") == 2
    assert "false accepts on test rows" in page


def test_without_pairs_of_strangers_there_is_no_curve():
    alone = made(np.array([0, 1, 2]), np.array([[0.9, 0.1], [0.2, 0.8], [0.3, 0.2]]))
    page = sureness(alone, *alone.identities)
    assert "<svg" not in page
    assert "there are no pairs to draw this from" in page


def test_the_hardest_pairs_stand_side_by_side(evidence):
    page = examples(evidence, *evidence.identities)
    assert page.count("<img") >= 8
    assert "&lt;p0&gt;" in page
    assert "<p0>" not in page
    one = made(np.array([0]), np.array([[0.9, 0.1]]))
    assert "no pairs" in examples(one, *one.identities)


def test_two_who_are_alike_do_not_take_all_the_room(evidence):
    page = examples(evidence, *evidence.identities)
    alike, unalike = page.split("Taken for somebody else")[0].split("One person, least alike")
    assert alike.count("<figcaption") == 6  # of four persons, each two
    assert unalike.count("<figcaption") == 4
