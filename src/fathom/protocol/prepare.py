"""From a source of data to rows that train, stop and test: read, pose, check, split once."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import polars as pl

from fathom.data.check import Finding, check
from fathom.data.checks.pictures import readable
from fathom.data.checks.series import check_series
from fathom.data.conform import conform
from fathom.data.corpus import texts_of
from fathom.data.dataset import Dataset
from fathom.data.kinds import MEDIA_KINDS, Kind
from fathom.data.name_lists import name_lists
from fathom.data.nested import nested_order
from fathom.data.read import mended_frame, raw
from fathom.data.same_files import alike
from fathom.data.split import MOST_TESTED, Rows, Split, split
from fathom.errors import DataError, FathomError
from fathom.messages import phrase
from fathom.protocol.arrived import arrived, spanned
from fathom.protocol.curves.ladder import draws
from fathom.protocol.posing import answered, opened, posed, without
from fathom.protocol.progress import Listener, Progress
from fathom.protocol.request import Request
from fathom.tasks import planting
from fathom.tasks.problem import Problem
from fathom.tasks.task import Measure, Task

MOST_FINDING, MUCH_FINDING = 0.6, 0.1  # of a study's time: finding faces may take so much, and is told from so much
FEWEST_ROWS = 10  # below, nothing is left to test on
TESTED_A_MINUTE, FEWEST_TESTED = 1_000, 2_000  # of media: each contender answers for these on each sample


@dataclass(frozen=True)
class Prepared:
    """What a study starts from. `train` and `valid` hold the target; `test` has the inputs alone, `truth` the rest.

    `train_order` and `valid_order`: int64 positions in them, one array a draw; each beginning is a smaller sample.
    """

    dataset: Dataset
    task: Task
    problem: Problem
    measure: Measure
    findings: list[Finding]
    train: Dataset
    valid: Dataset
    test: Dataset
    truth: Dataset
    train_order: list[Rows]
    valid_order: list[Rows]
    stock: list[str] | None = None  # texts without labels to learn from first
    gazetteers: dict[str, list[str]] = field(default_factory=dict)  # names that the person knows, by list
    memory: Any = None  # what the model must keep of these rows to be asked about the next ones


def prepare(request: Request, progress: Listener) -> Prepared:
    """Read the data, pose the problem, check it, and hold out the test rows; DataError for what a person can mend."""
    progress(Progress("read"))
    known = name_lists(request.gazetteers or {})
    dataset, test = opened(request)
    for notice in dataset.source.notices:
        progress(Progress("read", note=notice))
    dataset, pictures = readable(without(dataset, request.drop, request.predict))
    dataset, predict = answered(dataset, request)
    request = replace(request, predict=predict)
    found, problem = posed(dataset, request)
    table = dataset
    dataset, problem, cut = readied(dataset, problem, request, found, progress)
    progress(Progress("split"))
    most = most_tested(problem, request.minutes)
    if test is None or problem.events is None:
        parts = split(dataset, problem, seed=request.seed, most=most, **({} if test is None else {"test": 0.0}))
    else:
        left = arrived(dataset, _given(test, dataset, problem, request.by), problem)
        parts = split(dataset.take(left), problem, seed=request.seed, most=most, test=0.0)
        parts = Split(left[parts.train], left[parts.valid], left[parts.test])
    memory = found.remember(dataset, problem)
    progress(Progress("check"))
    if problem.horizon:
        findings = check_series(table, problem, cut)
    else:
        findings = [*check(dataset, problem, parts, pictures=pictures), *cut]
    findings = [each for each in findings if request.by is None or each.columns != (request.by,)]
    if problem.planted:  # of the column that says what was planted there is nothing to find
        findings = [each for each in findings if each.columns != (predict,)]
    train, valid = dataset.take(parts.train), dataset.take(parts.valid)
    problem = found.settle(problem, spanned(dataset, train, problem))
    if test is None:
        tested = dataset.take(parts.test)
    else:
        tested, pictures = readable(_given(test, dataset, problem, request.by))
        tested, _, cut = found.ready(tested, problem)
        tested = _arranged(tested, found, problem, memory)
        pictures = [*pictures, *cut]
        findings = [
            *findings,
            *(_of_test(each) for each in pictures if each.level != "ok"),
            *_repeated(tested, replace(train, frame=pl.concat([train.frame, valid.frame])), problem),
        ]
    if not problem.horizon:  # of series it was said before
        _check_rows(train, tested, dataset)
    if problem.planted:
        history = None if test is not None else dataset.take(np.sort(np.concatenate([parts.train, parts.valid])))
        tested = planting.told(*planting.planted(tested, problem, request.seed, history), problem)
    inputs = [column.name for column in problem.inputs]
    trained = [*inputs, predict]
    if problem.conditions:  # what is strange is hidden from every learner
        trained = list(dict.fromkeys([*inputs, *(column.name for column in problem.given)]))
    roles = (problem.group, problem.time, request.by, *(problem.events.entities if problem.events else ()))
    extra = [name for name in roles if name and name in dataset.names]
    train_order, valid_order = (
        _orders(dataset, problem, rows, draws(len(parts.train)), request.seed) for rows in (parts.train, parts.valid)
    )
    stock = None
    if request.pretrain is not None:
        stock = texts_of(str(request.pretrain), dataset, _untested(dataset, parts.test))
    return Prepared(
        dataset,
        found,
        problem,
        _measure(found, problem, train, request.measure),
        findings,
        train.select(trained),
        valid.select(trained),
        tested.select(inputs),
        tested.select(list(dict.fromkeys([predict, *extra]))),
        train_order,
        valid_order,
        stock,
        known,
        memory,
    )


def readied(
    dataset: Dataset, problem: Problem, request: Request, task: Task, progress: Listener
) -> tuple[Dataset, Problem, list[Finding]]:
    """The rows as learners want them; where faces are found first, how much of the study's time that took."""
    if not problem.persons:
        return task.ready(dataset, problem)
    progress(Progress("faces"))
    started, seconds = time.monotonic(), 60 * request.minutes
    dataset, problem, found = task.ready(dataset, problem, MOST_FINDING * seconds)
    taken = time.monotonic() - started
    if problem.cut and taken > MUCH_FINDING * seconds:
        what = phrase(
            "Finding the faces took {taken:,.0f} s of the study's {seconds:,.0f} s; learners have what is left.",
            taken=taken,
            seconds=seconds,
        )
        found = [*found, Finding("note", what, (), (), phrase("Give more minutes where learners were cut short."))]
    return dataset, problem, found


def most_tested(problem: Problem, minutes: float) -> int:
    """How many rows test at most: of media as many as a short study can afford to ask every contender about.

    >>> from fathom.data.kinds import Column
    >>> digits = Problem("image-classification", "digit", (Column("image", Kind.IMAGE),), ("0", "1"))
    >>> most_tested(digits, 1), most_tested(digits, 5), most_tested(digits, 60)
    (2000, 5000, 10000)
    """
    if not any(column.kind in MEDIA_KINDS for column in problem.inputs):
        return MOST_TESTED
    return min(MOST_TESTED, max(FEWEST_TESTED, int(TESTED_A_MINUTE * minutes)))


def _untested(dataset: Dataset, test: Rows) -> Rows:
    """All rows but those that test, rows without a target among them."""
    return np.setdiff1d(np.arange(len(dataset)), test)


def _orders(dataset: Dataset, problem: Problem, rows: Rows, draws: int, seed: int) -> list[Rows]:
    """The orders of the rows that smaller samples are the beginnings of, one a draw."""
    return [nested_order(dataset, problem, rows, seed=seed + draw) if len(rows) else rows for draw in range(draws)]


def _given(test: Any, dataset: Dataset, problem: Problem, by: str | None) -> Dataset:
    """The person's own test rows, held to the columns of the data; rows without a target are left out."""
    frame, source, folder = raw(test)
    target = None if problem.planted else problem.target
    names = [*(column.name for column in problem.asked), target, problem.group, problem.time, by]
    columns = tuple(dataset.column(name) for name in dict.fromkeys(names) if name)
    given = conform(frame, columns, where=source.location, folder=folder)
    rows = Dataset(mended_frame(given, columns, source.location, folder)[0], columns, source, folder)
    if target is None:
        return planting.told(rows, np.zeros(len(rows), dtype=np.int64), problem)
    return rows.take(np.flatnonzero(rows[problem.target].is_not_null().to_numpy()))


def _arranged(tested: Dataset, task: Task, problem: Problem, memory: Any) -> Dataset:
    """Test rows of their own with the columns that learners see."""
    made = task.arrange(tested.frame.select(column.name for column in problem.asked), problem, memory)
    if made.columns == [column.name for column in problem.asked]:
        return tested
    new = [name for name in made.columns if name not in tested.names]
    columns = tuple(column for column in problem.inputs if column.name in new)
    frame = pl.concat([tested.frame, made.select(new)], how="horizontal")
    return replace(tested, frame=frame, columns=(*tested.columns, *columns))


def _of_test(finding: Finding) -> Finding:
    return replace(finding, what=phrase("Of the test rows, {what}", what=finding.what))


def _repeated(test: Dataset, trained: Dataset, problem: Problem) -> list[Finding]:
    """A warning where given test rows have the same inputs as training rows; of media what they hold counts."""
    names = [column.name for column in problem.inputs]
    tested, known = test.frame.select(names), trained.frame.select(names)
    for column in problem.inputs:
        name = column.name
        pixels = column.kind == Kind.IMAGE and isinstance(tested[name].dtype, pl.Array)
        if column.kind in MEDIA_KINDS and (pixels or tested[name].dtype in (pl.String, pl.Binary)):
            one, other = alike(tested[name], test.folder, known[name], trained.folder)
            tested, known = tested.with_columns(one), known.with_columns(other)
    rows = np.flatnonzero(tested.hash_rows().is_in(known.hash_rows().implode()).to_numpy())
    if not len(rows):
        return []
    what = phrase(
        "{count:,} of the {rows:,} test rows have the same inputs as a training row.", count=len(rows), rows=len(test)
    )
    remedy = phrase("Take them out of one of the two files; scores on them say little about new rows.")
    return [Finding("warning", what, (), tuple(map(int, rows[:100])), remedy)]


def _check_rows(train: Dataset, test: Dataset, dataset: Dataset) -> None:
    if len(train) and len(test) and len(train) + len(test) >= FEWEST_ROWS:
        return
    raise DataError(
        phrase(
            "There are too few rows with a target: {train} would train and {test} test.",
            train=len(train),
            test=len(test),
        ),
        where=dataset.source.location,
        remedy=phrase(
            "Give at least {least} rows; a hundred or more make a comparison worth reading.",
            least=FEWEST_ROWS,
        ),
    )


def _measure(task: Task, problem: Problem, train: Dataset, name: str | None) -> Measure:
    names = [measure.name for measure in task.measures if measure.decides]
    if name in {measure.name for measure in task.measures if not measure.decides}:
        raise FathomError(
            phrase("'{name}' cannot decide: the widest intervals would win.", name=name),
            remedy=phrase("Measures that can are: {names}.", names=", ".join(names)),
        )
    if name is not None and name not in names:
        raise FathomError(
            phrase("{task} has no measure '{name}'.", task=task.name, name=name),
            remedy=phrase("Its measures are: {names}.", names=", ".join(names)),
        )
    return task.measure(name or task.choose_measure(problem, train))
