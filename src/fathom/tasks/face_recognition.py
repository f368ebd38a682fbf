"""Who is on a picture, or nobody known; and whether two pictures are of one person."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from fathom.data import cutting, detecting, media
from fathom.data.cast import as_text
from fathom.data.cuts import UPRIGHT
from fathom.data.dataset import Dataset
from fathom.data.finding import Finding
from fathom.data.kinds import Kind
from fathom.data.portraits import AT_ONCE
from fathom.errors import DataError, RowError
from fathom.messages import phrase
from fathom.tasks import likeness
from fathom.tasks.identities import Identities, joined
from fathom.tasks.inputs import one_input, place_of
from fathom.tasks.problem import Problem
from fathom.tasks.task import Task

MOST_PERSONS = 20_000
TENTH = 0.1  # is added to a number of times that must not be too small
FEWEST_PERSONS = 4  # with two pictures: two to know, one stranger to choose by and one to test by


def pose(dataset: Dataset, target: str) -> Problem:
    """The problem of recognising the persons that the column `target` names in pictures."""
    inputs = one_input(dataset, target, TASK.inputs)
    return replace(Problem(TASK.name, target, inputs), persons=persons_of(dataset, target))


def persons_of(dataset: Dataset, target: str, findings: Sequence[Finding] = ()) -> tuple[str, ...]:
    """The persons that the column names, sorted; a DataError where they are too few, or too many.

    `findings`: what was found on the way to these rows, and may be why they are few.
    """
    counts = as_text(dataset[target].drop_nulls()).value_counts(name="pictures")
    several = int((counts["pictures"] > 1).sum())
    if several < FEWEST_PERSONS:
        raise DataError(
            phrase(
                "{count} persons have two pictures or more; {least} are needed, for some must play strangers.",
                count=several,
                least=FEWEST_PERSONS,
            ),
            where=place_of(dataset, target),
            remedy=" ".join(
                (
                    *(each.what for each in findings if each.level == "warning"),
                    phrase("Give several pictures a person, or predict labels with --task image-classification."),
                )
            ),
        )
    if len(counts) > MOST_PERSONS:
        raise DataError(
            phrase("{count:,} persons are too many; {most:,} are the most.", count=len(counts), most=MOST_PERSONS),
            where=place_of(dataset, target),
            remedy=phrase("Learn from some of them, and enrol the others afterwards with `fathom enrol`."),
        )
    return tuple(counts[target].sort().to_list())


def only_known(problem: Problem, train: Dataset) -> Problem:
    """The problem with the persons of the training rows alone; all others are strangers to it."""
    known = set(as_text(train[problem.target].drop_nulls()).to_list())
    return replace(problem, persons=tuple(name for name in problem.persons if name in known))


def ready(dataset: Dataset, problem: Problem, seconds: float = math.inf) -> tuple[Dataset, Problem, list[Finding]]:
    """The faces cut out of the pictures, where these show more than faces; what was found and missed on the way.

    Pictures without a face are left out: what was learned from all of them would be of walls and clothes.
    A DataError where that would take longer than `seconds`, told from some of the pictures.
    """
    column = problem.inputs[0].name
    glance = cutting.Glance(must=True) if problem.cut else cutting.glance(dataset[column], dataset)
    if not glance.must:
        return dataset, problem, [*_unlooked(dataset, column), *_missed(column, glance.share)]
    needed = glance.seconds * len(dataset)
    if needed > seconds:
        raise DataError(
            phrase(
                "Finding the faces on {count:,} pictures would take about {needed:,.0f} s, and the study has "
                "{seconds:,.0f} s for it.",
                count=len(dataset),
                needed=needed,
                seconds=max(seconds, 0.0),
            ),
            where=place_of(dataset, column),
            remedy=phrase(
                "Give {times:.1f} times as many minutes, or pictures of faces that are cut out already.",
                times=TENTH + needed / max(seconds, 1.0),
            ),
        )
    way = problem.cut or UPRIGHT
    cut, counts = cutting.ready(dataset, column, way, glance.cuts)
    findings = cutting.told(dataset[column], counts)
    cut = cut.take(np.flatnonzero(counts != 0))
    if not problem.cut:  # these are the rows that tell who is known
        problem = replace(problem, cut=way, persons=persons_of(cut, problem.target, findings))
    return cut, problem, findings


def answered(predict: Callable[[Dataset], Identities], dataset: Dataset, problem: Problem) -> Identities:
    """What is said of pictures, the faces cut out of them first where the problem asks for that; some at once.

    What is missing, or shows no face, is nobody.
    """
    column, said = problem.inputs[0].name, []
    if not problem.cut or not len(dataset):
        return predict(dataset).where(dataset[column].is_not_null().to_numpy())
    for start in range(0, len(dataset), AT_ONCE):
        part = dataset.take(range(start, min(start + AT_ONCE, len(dataset))))
        try:
            cut, faces = cutting.ready(part, column, problem.cut)
        except RowError as error:
            raise error.further(start) from error
        said.append(replace(predict(cut).where(faces > 0), faces=faces))
    return joined(said)


def glimpsed(dataset: Dataset, problem: Problem) -> list[Finding]:
    """What some of the pictures say of faces: `ready` looks at all of them, which takes far longer."""
    column = problem.inputs[0].name
    try:
        glance = cutting.glance(dataset[column], dataset)
    except DataError:  # not one can be read, and that is told elsewhere
        return []
    if not glance.must:
        return [*_unlooked(dataset, column), *_missed(column, glance.share)]
    what = phrase(
        "{column}: the pictures show more than faces. Of some that were looked at, a face was found on {share:.0%}; "
        "a comparison finds the faces on all pictures, sets them upright and cuts them out, in about {seconds:,.0f} s, "
        "and leaves out pictures without one.",
        column=column,
        share=glance.share,
        seconds=glance.seconds * len(dataset),
    )
    return [Finding("note", what, (column,))]


def _unlooked(dataset: Dataset, column: str) -> list[Finding]:
    """Large pictures in which nobody could look for faces."""
    height, width, _ = media.image_shape(dataset[column], dataset.folder)
    if detecting.installed() or max(height, width) <= cutting.CROPPED:
        return []
    what = phrase(
        "{column}: nobody could look whether the pictures show more than faces, for what finds them is not installed; "
        "all of each picture is looked at.",
        column=column,
    )
    return [Finding("warning", what, (column,), (), "pip install 'fathom-ml[faces]'")]


def _missed(column: str, share: float) -> list[Finding]:
    """Pictures of which too few have a face that is found."""
    if share >= cutting.OFTEN:
        return []
    what = phrase(
        "{column}: of some pictures that were looked at, a face was found on {share:.0%}, too few to cut faces out; "
        "all of each picture is looked at.",
        column=column,
        share=share,
    )
    remedy = phrase("Cut the faces out yourself if there is more on the pictures than faces.")
    return [Finding("warning", what, (column,), (), remedy)]


def choose_measure(problem: Problem, train: Dataset) -> str:
    """Known persons named right and strangers told from them, over all thresholds."""
    return likeness.OPEN_SET.name


TASK = Task(
    "face-recognition",
    frozenset({Kind.IMAGE}),
    pose,
    likeness.MEASURES,
    choose_measure,
    only_known,
    ready,
    answered=answered,
)
