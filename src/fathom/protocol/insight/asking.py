"""What is asked about in an answer: a label, one box, one person; and how much an answer speaks for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from fathom.data.boxes import read_box, rectangles
from fathom.data.rectangles import overlaps
from fathom.errors import DataError
from fathom.messages import listed, phrase
from fathom.model import Model
from fathom.tasks.boxes import Box, Boxes
from fathom.tasks.identities import Identities
from fathom.tasks.label_sets import LabelSets
from fathom.tasks.predictions import Labels, Predictions

SAME = 0.5  # overlap from which a box of the same label is the one that is asked about
MOST_NAMED = 20  # labels or persons, in a sentence about them

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class OfLabel:
    """A label of those that a picture can have: its probability."""

    name: str
    target: int  # its position
    maps: ClassVar[str] = "fathom.deep.gradcam:maps"
    longest: ClassVar[int] = 256  # pixels of a picture's longer side that is covered; learners look at no more of it

    def worth(self, answers: Predictions) -> Floats:
        """How much each answer speaks for it, float64 [rows]."""
        assert isinstance(answers, Labels | LabelSets)
        return answers.probabilities[:, self.target]

    def told(self) -> dict[str, Any]:
        """What is asked about, as plain data."""
        return {"label": self.name}


@dataclass(frozen=True)
class OfBox:
    """A box: the probability of the best one of its label that lies where it lies (Petsiuk et al. 2021, D-RISE)."""

    target: Box
    maps: ClassVar[str] = "fathom.deep.boxcam:maps"
    longest: ClassVar[int] = 1024  # small things are lost in smaller pictures

    @property
    def name(self) -> str:
        """Its label."""
        return self.target.label

    def worth(self, answers: Predictions) -> Floats:
        """How much each answer speaks for it, float64 [rows]; zero where no box of its label is left there."""
        assert isinstance(answers, Boxes)
        mine = rectangles([self.target])
        return np.array([_best(mine, [box for box in row if box.label == self.name]) for row in answers.rows])

    def told(self) -> dict[str, Any]:
        """What is asked about, as plain data."""
        return {"label": self.name, "box": self.target._asdict()}

    def moved(self, across: float, down: float) -> OfBox:
        """The same box so many pixels further right and further down."""
        left, top, right, bottom = self.target[:4]
        moved = (left + across, top + down, right + across, bottom + down)
        return replace(self, target=Box(*moved, *self.target[4:]))

    def scaled(self, share: float) -> OfBox:
        """The same box on the picture scaled by `share`."""
        left, top, right, bottom = (side * share for side in self.target[:4])
        return replace(self, target=Box(left, top, right, bottom, *self.target[4:]))


@dataclass(frozen=True)
class OfPerson:
    """A person who is known: how similar a picture is to the person's others."""

    name: str
    target: int  # the person's position
    maps: ClassVar[str] = ""
    longest: ClassVar[int] = 256

    def worth(self, answers: Predictions) -> Floats:
        """How much each answer speaks for the person, float64 [rows]."""
        assert isinstance(answers, Identities)
        return answers.similarities[:, self.target]

    def told(self) -> dict[str, Any]:
        """Who is asked about, as plain data."""
        return {"person": self.name}


Asked = OfLabel | OfBox | OfPerson


def usual(answers: Predictions) -> list[Asked | None]:
    """What each row's answer says first: its most probable label or box, its nearest person; None for nothing."""
    if isinstance(answers, Boxes):
        return [OfBox(row[0]) if row else None for row in answers.rows]
    if isinstance(answers, Identities):
        return [OfPerson(answers.persons[at], at) if at >= 0 else None for at in answers.codes.tolist()]
    assert isinstance(answers, Labels | LabelSets), "what decides is asked where labels, boxes or persons are answered"
    return [OfLabel(answers.classes[at], at) for at in answers.probabilities.argmax(axis=1).tolist()]


def named(model: Model, what: Any) -> Asked:
    """What a person names: a label, a person, or a box (a `Box`, a list or an object with its sides and its label).

    A DataError where the model knows none such.
    """
    problem = model.problem
    if problem.boxes:
        return OfBox(_box(what, problem.boxes))
    names = problem.persons or problem.classes or problem.sets
    if what in names:
        return (OfPerson if problem.persons else OfLabel)(what, names.index(what))
    if problem.persons:
        raise DataError(
            phrase("Nobody called '{person}' is known.", person=what),
            remedy=phrase("Known are: {names}.", names=", ".join(names[:MOST_NAMED])),
        )
    raise _unknown(what, names)


def _box(what: Any, labels: tuple[str, ...]) -> Box:
    """The box that is given; a DataError where it is none, or of no label that is known."""
    given = what._asdict() if isinstance(what, Box) else what
    mark, sure = read_box(given), given.get("probability", 1.0) if isinstance(given, Mapping) else 1.0
    right = isinstance(sure, int | float) and 0 <= sure <= 1
    if mark is None or not right or min(mark[:4]) < 0 or not (mark.right > mark.left and mark.bottom > mark.top):
        raise DataError(
            phrase("A box is left, top, right and bottom in pixels, and its label."),
            remedy=phrase("Give a box as the model answers it."),
        )
    if mark.label not in labels:
        raise _unknown(mark.label, labels)
    return Box(*mark, float(sure))


def _unknown(label: Any, labels: tuple[str, ...]) -> DataError:
    """That a label is none of the model's, and which are."""
    what = phrase("The model knows no label '{label}'.", label=label)
    return DataError(what, remedy=phrase("It knows {names}.", names=listed(labels[:MOST_NAMED])))


def _best(mine: Floats, boxes: list[Box]) -> float:
    """The highest probability of the boxes that overlap mine by half; zero without one."""
    if not boxes:
        return 0.0
    near = overlaps(mine, rectangles(boxes))[0] >= SAME
    return max((box.probability for box, there in zip(boxes, near, strict=True) if there), default=0.0)
