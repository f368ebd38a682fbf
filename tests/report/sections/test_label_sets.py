from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import polars as pl
import pytest

from fathom.data.dataset import Dataset
from fathom.data.kinds import Column, Kind
from fathom.report.evidence import Answers
from fathom.report.sections.label_sets import body, examples, sureness
from fathom.tasks.label_sets import LabelSets
from fathom.tasks.problem import Problem

TEXT = (Column("letter", Kind.TEXT),)
CLASSES = ("late", "<rude>")


@pytest.fixture
def evidence():
    letters = Dataset(pl.DataFrame({"letter": ["<b>late</b>", "rude and late", "fine", "fine"]}), TEXT)
    truth = np.array([[1, 0], [1, 1], [0, 0], [0, 0]], dtype=np.int8)
    sets = LabelSets.of(CLASSES, np.array([[0.9, 0.1], [0.8, 0.3], [0.1, 0.1], [0.7, 0.1]]))
    answers = Answers(sets, truth, letters, np.arange(4))
    problem = Problem("multi-label-text-classification", "topics", TEXT, sets=CLASSES)
    winner = SimpleNamespace(learner="binary-relevance")
    return SimpleNamespace(
        sets=(sets, answers),
        winner=winner,
        words=None,
        image_column=None,
        decided={},
        study=SimpleNamespace(problem=problem),
    )


def test_each_label_has_its_figures(evidence):
    page = body(evidence)
    assert "gave 2 of 4 test rows exactly their labels; it found 2 of 3 labels and gave 1 others" in page
    assert "&lt;rude&gt;" in page
    assert "66.7 %" in page  # two of the three rows called late are
    assert "<rude>" not in page


def test_the_rows_with_wrong_labels_are_shown(evidence):
    page = examples(evidence, *evidence.sets)
    assert "rude and late" in page
    assert page.count("<tr>") == 3  # the head and two rows
    assert "<b>" not in page


def test_words_that_decide_are_marked(evidence):
    evidence.words = {"column": "letter", "shown": [{"row": 1, "label": "late", "marks": [[9, 13, 0.4]]}]}
    assert '<mark class="for-4">late</mark>' in examples(evidence, *evidence.sets)


def test_pictures_are_shown_with_their_labels(evidence):
    sets, answers = evidence.sets
    pixels = pl.DataFrame({"image": pl.Series("image", np.full((4, 8, 8, 3), 90, dtype=np.uint8))})
    evidence.image_column = "image"
    evidence.decided = {1: {"label": "late", "method": "occlusion", "places": [[0.0, 0.4], [0.1, -0.2]]}}
    page = examples(evidence, sets, replace(answers, test=Dataset(pixels, (Column("image", Kind.IMAGE),))))
    assert page.count("<img") == 3
    assert page.count("warm: late") == 1
    assert 'alt="Test row 2"' in page
    assert "&lt;rude&gt;" in page


def test_all_right_is_said():
    truth = np.array([[1, 0]], dtype=np.int8)
    answers = Answers(None, truth, None, np.arange(1))
    assert "None: the labels of all" in examples(None, LabelSets.of(CLASSES, truth.astype(float)), answers)


def test_sureness_counts_every_label(evidence):
    page = sureness(*evidence.sets)
    assert "0.0 % to 20.0 %" in page
    assert "80.0 % to 100.0 %" in page


def test_without_answers_that_is_said(evidence):
    evidence.sets = None
    assert "no stored answers" in body(evidence)
