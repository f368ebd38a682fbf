import numpy as np

from fathom.data.boxes import Mark
from fathom.protocol.insight.asking import OfBox, OfLabel, OfPerson
from fathom.protocol.insight.mistakes import surest
from fathom.tasks.boxes import Box, Boxes
from fathom.tasks.identities import Identities
from fathom.tasks.predictions import Labels


def test_the_surest_wrong_box_of_each_picture_is_asked_about():
    truth = np.empty(3, dtype=object)
    truth[:] = [(Mark(0, 0, 10, 10, "cat"),), (), (Mark(0, 0, 10, 10, "cat"),)]
    right, twice = Box(0, 0, 10, 9, "cat", 0.9), Box(1, 0, 10, 10, "cat", 0.7)
    unsure, other = Box(50, 50, 60, 60, "dog", 0.3), Box(0, 0, 10, 10, "dog", 0.8)
    said = Boxes.of([[right, twice, unsure], [unsure], [right, other, twice]])
    assert surest(said, truth, 0.5) == [(0, OfBox(twice), 0.7), (2, OfBox(other), 0.8)]
    assert [row for row, _, _ in surest(said, truth, 0.2)] == [0, 1, 2]


def test_whom_somebody_was_taken_for_is_asked_about():
    alike = np.array([[0.9, 0.1], [0.8, 0.1], [0.2, 0.6], [0.3, 0.1], [-1.0, -1.0]])
    said = Identities(("Ada", "Bo"), alike, np.eye(5), threshold=0.5)
    truth = np.array([0, 1, 2, 1, 0])  # the third is a stranger, the fourth like nobody, the fifth shows nobody
    assert surest(said, truth) == [(1, OfPerson("Ada", 0), 1.8), (2, OfPerson("Bo", 1), 1.6)]


def test_the_label_that_was_said_is_asked_about():
    said = Labels(("a", "b"), np.array([[0.9, 0.1], [0.3, 0.7]]))
    assert surest(said, np.array([0, 0])) == [(1, OfLabel("b", 1), 0.7)]
