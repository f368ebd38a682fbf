import numpy as np
import pytest

from fathom.data.kinds import Column, Kind
from fathom.errors import DataError
from fathom.model import Model
from fathom.protocol.insight.asking import OfBox, OfLabel, OfPerson, named, usual
from fathom.tasks.boxes import Box, Boxes
from fathom.tasks.identities import Identities
from fathom.tasks.predictions import Labels
from fathom.tasks.problem import Problem

IMAGE = (Column("image", Kind.IMAGE),)
CAT = Box(10, 10, 30, 30, "cat", 0.8)


def model(**said):
    return Model(None, "any", "classical", Problem("any", "what", IMAGE, **said))


def test_a_box_is_worth_the_best_of_its_label_that_lies_there():
    said = Boxes.of(
        [
            [Box(11, 10, 31, 30, "cat", 0.6), Box(10, 10, 30, 30, "cat", 0.5), Box(10, 10, 30, 30, "dog", 0.9)],
            [Box(60, 60, 80, 80, "cat", 0.9)],
            [],
        ]
    )
    assert OfBox(CAT).worth(said).tolist() == [0.6, 0.0, 0.0]
    assert OfBox(CAT).scaled(0.5).target[:4] == (5, 5, 15, 15)


def test_what_is_said_first_is_asked_about():
    assert usual(Boxes.of([[CAT, Box(0, 0, 5, 5, "dog", 0.9)], []])) == [OfBox(Box(0, 0, 5, 5, "dog", 0.9)), None]
    assert usual(Labels(("a", "b"), np.array([[0.2, 0.8]]))) == [OfLabel("b", 1)]
    alike = np.array([[0.1, 0.4], [-1.0, -1.0]])
    assert usual(Identities(("Ada", "Bo"), alike, np.eye(2))) == [OfPerson("Bo", 1), None]  # the second shows nobody


def test_what_a_person_names_is_held_to_what_the_model_knows():
    assert named(model(boxes=("cat", "dog")), CAT) == OfBox(CAT)
    assert named(model(boxes=("cat", "dog")), [10, 10, 30, 30, "cat"]).target.probability == 1.0
    assert named(model(boxes=("cat", "dog")), CAT._asdict()) == OfBox(CAT)
    assert named(model(persons=("Ada", "Bo")), "Bo") == OfPerson("Bo", 1)
    assert named(model(sets=("x", "y")), "y") == OfLabel("y", 1)


@pytest.mark.parametrize(
    "wrong",
    [
        "cat",
        None,
        {"left": 1},
        [30, 10, 10, 30, "cat"],
        [-3, 10, 10, 30, "cat"],
        [1, 1, 5, 5, "cow"],
        {**CAT._asdict(), "probability": 7},
        {**CAT._asdict(), "probability": "much"},
    ],
)
def test_what_is_no_box_is_refused(wrong):
    with pytest.raises(DataError) as error:
        named(model(boxes=("cat", "dog")), wrong)
    assert error.value.remedy


def test_who_is_not_known_is_refused():
    with pytest.raises(DataError, match="Nobody called 'Cy'"):
        named(model(persons=("Ada", "Bo")), "Cy")
    with pytest.raises(DataError, match="no label"):
        named(model(classes=("a", "b")), {"a": 1})
