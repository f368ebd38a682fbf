"""Rows: repeated ones, and whether anything stands on both sides of the split."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
import numpy.typing as npt

from fathom.data.dataset import Dataset
from fathom.data.finding import Finding
from fathom.data.kinds import Kind
from fathom.data.posed import Posed
from fathom.data.split import Split, duplicate_groups
from fathom.messages import phrase

SHOWN = 20
MANY = 0.3  # share of repeated rows that a table of few labels may well have


def check_rows(
    dataset: Dataset, problem: Posed | None, split: Split | None, broken: Collection[int] = ()
) -> list[Finding]:
    """Exact duplicates of the inputs, contradictions between them, and either across the split.

    `broken`: rows with a picture that cannot be read, which are no duplicates whatever bytes they hold.
    """
    names = tuple(column.name for column in problem.inputs) if problem else _comparable(dataset)
    if not names or not len(dataset):
        return []
    group = duplicate_groups(dataset, names)
    apart = np.array(sorted(broken), dtype=np.int64)
    group[apart] = group.max() + 1 + np.arange(len(apart))
    findings = [_repeated(group, names)]
    if problem:
        findings += _contradictions(dataset, problem, group)
    if split:
        findings.append(_across(group, split, phrase("rows with equal inputs"), ()))
    if problem and split and problem.group:
        labels = dataset.frame[problem.group].rank("dense").fill_null(0).to_numpy().astype(np.int64)
        labels[labels == 0] = labels.max(initial=0) + 1 + np.arange(int((labels == 0).sum()))
        findings.append(_across(labels, split, phrase("rows of one '{group}'", group=problem.group), (problem.group,)))
    return findings


def _comparable(dataset: Dataset) -> tuple[str, ...]:
    return tuple(column.name for column in dataset.columns if column.ignored not in ("identifier", "empty"))


def _repeated(group: npt.NDArray[np.int64], names: tuple[str, ...]) -> Finding:
    first = np.unique(group, return_index=True)[1]
    again = np.setdiff1d(np.arange(len(group)), first)
    if not len(again):
        return Finding("ok", phrase("No two rows have the same inputs."))
    share = len(again) / len(group)
    what = phrase("{count:,} rows ({share:.1%}) repeat the inputs of an earlier row.", count=len(again), share=share)
    remedy = phrase("They stay on one side of the split. Remove them if they were entered twice.")
    return Finding("note", what, (), tuple(again[:SHOWN].tolist()), remedy)


def _contradictions(dataset: Dataset, problem: Posed, group: npt.NDArray[np.int64]) -> list[Finding]:
    """Rows that no learner can get right together: equal inputs, different labels."""
    if not (problem.classes or problem.persons) or dataset.column(problem.target).kind == Kind.TEXT:
        return []
    truth = problem.truth(dataset)
    known = truth >= 0
    low = np.full(group.max() + 1, np.iinfo(np.int64).max)
    high = np.full(group.max() + 1, -1)
    np.minimum.at(low, group[known], truth[known])
    np.maximum.at(high, group[known], truth[known])
    rows = np.flatnonzero(known & (low[group] < high[group]))
    if not len(rows):
        return []
    what = phrase(
        "{count:,} rows have the same inputs as another row and a different '{target}'.",
        count=len(rows),
        target=problem.target,
    )
    remedy = phrase("Look at them: a label is wrong, or a column that tells them apart is missing.")
    return [Finding("note", what, (problem.target,), tuple(rows[:SHOWN].tolist()), remedy)]


def _across(group: npt.NDArray[np.int64], split: Split, what: str, columns: tuple[str, ...]) -> Finding:
    test = np.isin(group[split.test], np.concatenate([group[split.train], group[split.valid]]))
    valid = np.isin(group[split.valid], group[split.train])
    rows = np.concatenate([split.test[test], split.valid[valid]])
    if not len(rows):
        return Finding("ok", phrase("No {what} stand on both sides of the split.", what=what), columns)
    remedy = phrase("Split again, or the test is no test.")
    return Finding(
        "error",
        phrase("{count:,} {what} stand on both sides of the split.", count=len(rows), what=what),
        columns,
        tuple(rows[:SHOWN]),
        remedy,
    )
