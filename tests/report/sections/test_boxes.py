from types import SimpleNamespace

import numpy as np
import polars as pl

from fathom.data.boxes import Mark
from fathom.data.dataset import Dataset
from fathom.data.kinds import Column, Kind
from fathom.data.media import encode
from fathom.report.evidence import Answers
from fathom.report.sections.boxes import _curve, confusion
from fathom.report.sections.drawn import _figure, judge, written
from fathom.report.sections.mistaken import boxes as wrong_boxes
from fathom.tasks.boxes import Box, Boxes
from fathom.tasks.detections import found
from fathom.tasks.problem import Problem

CAT, DOG = Mark(0.0, 0.0, 10.0, 10.0, "cat"), Mark(20.0, 0.0, 30.0, 10.0, "dog")


def array(*rows):
    truth = np.empty(len(rows), dtype=object)
    truth[:] = rows
    return truth


def test_found_missed_and_wrong_are_told_apart():
    found = judge((CAT, DOG), (Box(*CAT, 0.9), Box(1.0, 0.0, 11.0, 10.0, "cat", 0.8), Box(*DOG[:4], "cat", 0.7)))
    assert [look for _, look in found] == ["right", "wrong", "wrong", "missed"]
    assert found[-1][0] == DOG


def test_what_is_taken_for_what_and_what_is_not_there():
    said = Boxes.of([[Box(*CAT[:4], "dog", 0.9), Box(50.0, 50.0, 60.0, 60.0, "cat", 0.8)], []])
    counts = confusion(said, array((CAT,), (DOG,)), ("cat", "dog"))
    assert counts.tolist() == [[0, 1, 0], [0, 0, 1], [1, 0, 0]]


def test_boxes_are_drawn_over_their_picture_and_labels_are_escaped():
    cells = pl.Series("image", [encode(np.zeros((20, 40, 3)))])
    page = _figure(cells, 0, None, [(Mark(1.0, 2.0, 5.0, 8.0, "<b>"), "missed")])
    assert 'viewBox="0 0 40 20"' in page
    assert "<b>" not in page
    assert 'width="4.0"' in page


def test_the_surest_wrong_box_is_drawn_with_what_decided():
    cells = pl.Series("image", [encode(np.full((20, 40, 3), 90))] * 2)
    data = Dataset(pl.DataFrame([cells]), (Column("image", Kind.IMAGE),))
    said = Boxes.of([[Box(*CAT[:4], "<dog>", 0.7)], [Box(*CAT, 0.9), Box(*DOG[:4], "cat", 0.8)]])
    answers = Answers(said, array((CAT,), (CAT,)), data, np.arange(2))
    told = {"row": 1, "label": "cat", "method": "occlusion", "places": [[0.1, 0.5]]}
    evidence = SimpleNamespace(
        boxes=(said, answers),
        threshold=0.5,
        winner=SimpleNamespace(learner="sliding-window"),
        image_column="image",
        decided={1: {**told, "box": said.rows[1][1]._asdict()}},
        study=SimpleNamespace(problem=Problem("object-detection", "boxes", data.columns, boxes=("<dog>", "cat"))),
    )
    page = wrong_boxes(evidence)
    assert page.index("Test row 2: a wrong box, cat") < page.index("Test row 1: a wrong box, &lt;dog&gt;")
    assert page.count('class="warmed') == 1
    assert "covering it costs sliding-window most of the box&#x27;s probability" in page
    evidence.threshold = 0.95
    assert wrong_boxes(evidence) is None


def test_a_picture_that_cannot_be_read_is_said():
    assert "svg" not in _figure(pl.Series("image", [b"nothing"]), 0, None, [])


def test_a_curve_has_a_dot_or_says_why_it_has_none():
    (cats,) = found(array((CAT,)), Boxes.of([[Box(*CAT, 0.3), Box(*DOG[:4], "cat", 0.2)]]))
    reached, never = _curve(cats, "classical", 0.25), _curve(cats, "classical", 0.5)
    assert "<circle" in reached
    assert "The dot is where the threshold lies." in reached
    assert "<circle" not in never
    assert "No dot: the surest box has a probability of 30.0 %" in never


def test_names_of_boxes_stand_beside_one_another_and_within_the_picture():
    boxes = [(10, 30, 60)] * 4 + [(95, 2, 20)]
    places = written(boxes, ["cat", "dog", "cow", "hen", "고양이"], 10.0, (100, 90))
    assert len({line for _, line in places[:4]}) == 4
    assert places[4][0] == 70  # three letters, each as wide as high
    assert all(10 <= line <= 90 for _, line in places)
