"""The target: rows without one, classes too small or too large."""

from __future__ import annotations

from collections import Counter

import numpy as np

from fathom.data.dataset import Dataset
from fathom.data.finding import Finding
from fathom.data.kinds import TABLE_KINDS
from fathom.data.posed import Posed
from fathom.messages import phrase, plural

SMALL = 10  # rows that a class needs to be learned and tested at all
IMBALANCED = 0.9
FEWEST_STRANGE = 20  # anomalies; a fifth of them tests
COMMON = 0.2  # share of the rows from which on anomalies are none
TINY = 8  # pixels of a box's shorter side below which little of a thing is left to see


def check_target(dataset: Dataset, problem: Posed) -> list[Finding]:
    """Missing targets, one-row and small classes, imbalance."""
    target = dataset.frame[problem.target]
    findings = []
    if gaps := target.null_count():
        rows = tuple(target.is_null().arg_true().head(20))
        what = phrase("{gaps:,} rows have no '{target}' and are left out.", gaps=gaps, target=problem.target)
        findings.append(Finding("note", what, (problem.target,), rows))
    if problem.conditions:
        return findings + _conditions(dataset, problem)
    if problem.persons:
        return findings + _persons(dataset, problem)
    if problem.labels:
        return findings + _spans(dataset, problem)
    if problem.boxes:
        return findings + _boxes(dataset, problem)
    if problem.sets:
        return findings + _sets(dataset, problem)
    return findings + (_classes(dataset, problem) if problem.classes else [])


def _conditions(dataset: Dataset, problem: Posed) -> list[Finding]:
    """How many rows are anomalies, and whether they are rare; where none are labelled, that some will be planted."""
    truth = problem.truth(dataset)
    column = (problem.target,)
    rows, strange = int((truth >= 0).sum()), int((truth > 0).sum())
    if problem.planted:
        what = phrase(
            "No column says which rows are anomalies. Some are planted in the rows that test ({kinds}); how well "
            "detectors find those that really occur stays unknown.",
            kinds=", ".join(problem.conditions[1:]),
        )
        remedy = phrase("Label some rows, and name the column: --predict COLUMN.")
        return [Finding("note", what, (), (), remedy)]
    usual = problem.conditions[0]
    what = phrase(
        "{strange:,} of {rows:,} rows are anomalies by '{target}' (not '{usual}'); they only test.",
        strange=strange,
        rows=rows,
        target=problem.target,
        usual=usual,
    )
    findings = [Finding("ok", what, column)]
    if strange < FEWEST_STRANGE:
        what = phrase("With {strange} anomalies, scores are mostly chance.", strange=strange)
        findings.append(Finding("warning", what, column, (), phrase("Label more of them.")))
    if strange > COMMON * rows:
        what = phrase(
            "{share:.0%} of the rows are anomalies: they are part of what detectors take for usual.",
            share=strange / rows,
        )
        remedy = phrase("Learn to tell them apart instead: --task tabular-classification.")
        findings.append(Finding("warning", what, column, (), remedy))
    return findings


def _spans(dataset: Dataset, problem: Posed) -> list[Finding]:
    """How many spans of each label there are, and which are too few to learn."""
    rows = [row for row in problem.truth(dataset) if row is not None]
    counts = Counter(label for row in rows for _, _, label in row)
    rare = [name for name in problem.labels if counts[name] < SMALL]
    column = (problem.target,)
    what = phrase(
        "{spans:,} spans of {count} labels ({labels}) in {rows:,} texts, {empty:,} of them without any.",
        spans=sum(counts.values()),
        count=len(counts),
        labels=_listed([name for name, _ in counts.most_common()]),
        rows=len(rows),
        empty=sum(not row for row in rows),
    )
    findings = [Finding("ok", what, column)]
    if rare:
        what = phrase("Labels of fewer than {small} spans: {listed}. Their scores say little.", small=SMALL,
                      listed=_listed(rare))  # fmt: skip
        findings.append(Finding("warning", what, column, (), phrase("Mark more of them, or merge the labels.")))
    return findings


def _persons(dataset: Dataset, problem: Posed) -> list[Finding]:
    """How many persons there are, and how many of them are on one picture only."""
    truth = problem.truth(dataset)
    counts = np.bincount(truth[truth >= 0], minlength=len(problem.persons))
    counts = counts[counts > 0]
    column = (problem.target,)
    what = phrase(
        "{count:,} persons, on {min:,} to {max:,} pictures each.",
        count=len(counts),
        min=counts.min(),
        max=counts.max(),
    )
    findings = [Finding("ok", what, column)]
    if lone := int((counts == 1).sum()):
        what = phrase(
            "{lone:,} of {count:,} persons are on one picture only: they are known or play strangers, but nothing "
            "tells whether they would be recognised.",
            lone=lone,
            count=len(counts),
        )
        findings.append(Finding("note", what, column, (), phrase("Gather a second picture of them.")))
    return findings


def _boxes(dataset: Dataset, problem: Posed) -> list[Finding]:
    """How many boxes of each label there are, how large they are, and which are too few or too small to learn."""
    rows = [row for row in problem.truth(dataset) if row is not None]
    counts = Counter(mark[4] for row in rows for mark in row)
    column = (problem.target,)
    what = phrase(
        "{boxes} of {labels} ({names}) in {pictures}, {empty:,} of them without any.",
        boxes=plural(sum(counts.values()), "{count:,} box", "{count:,} boxes"),
        labels=plural(len(counts), "{count:,} label", "{count:,} labels"),
        names=_listed([name for name, _ in counts.most_common()]),
        pictures=plural(len(rows), "{count:,} picture", "{count:,} pictures"),
        empty=sum(not row for row in rows),
    )
    findings = [Finding("ok", what, column)]
    if rare := [name for name in problem.boxes if counts[name] < SMALL]:
        what = phrase("Labels of fewer than {small} boxes: {listed}. Their scores say little.", small=SMALL,
                      listed=_listed(rare))  # fmt: skip
        findings.append(Finding("warning", what, column, (), phrase("Mark more of them, or merge the labels.")))
    sides = [min(mark[2] - mark[0], mark[3] - mark[1]) for row in rows for mark in row]
    if tiny := sum(side < TINY for side in sides):
        what = plural(tiny,
            "{count:,} box has a side of less than {least} pixels; hardly any learner finds such a thing.",
            "{count:,} boxes have a side of less than {least} pixels; hardly any learner finds such things.",
            least=TINY)  # fmt: skip
        findings.append(Finding("warning" if tiny > len(sides) / 4 else "note", what, column))
    return findings


def _sets(dataset: Dataset, problem: Posed) -> list[Finding]:
    """How many labels the rows have, and which of them too few rows."""
    truth = problem.truth(dataset)
    held = truth[problem.known(truth)] > 0
    counts, column = held.sum(axis=0), (problem.target,)
    what = phrase(
        "{count} labels, {mean:.1f} a row on average; {none:,} rows have none, {several:,} more than one.",
        count=len(problem.sets),
        mean=float(held.sum(axis=1).mean()) if len(held) else 0.0,
        none=int((~held.any(axis=1)).sum()),
        several=int((held.sum(axis=1) > 1).sum()),
    )
    findings = [Finding("ok", what, column)]
    if few := [name for name, count in zip(problem.sets, counts, strict=True) if count < SMALL]:
        what = phrase(
            "Labels of fewer than {small} rows: {listed}. Their scores say little.", small=SMALL, listed=_listed(few)
        )
        findings.append(Finding("warning", what, column, (), phrase("Gather more such rows, or merge the labels.")))
    return findings


def _classes(dataset: Dataset, problem: Posed) -> list[Finding]:
    truth = problem.truth(dataset)
    counts = np.bincount(truth[truth >= 0], minlength=len(problem.classes))
    column = (problem.target,)
    findings = []
    lone = [name for name, count in zip(problem.classes, counts, strict=True) if count == 1]
    small = [name for name, count in zip(problem.classes, counts, strict=True) if 1 < count < SMALL]
    if lone:
        rows = tuple(np.flatnonzero(np.isin(truth, np.flatnonzero(counts == 1)))[:20].tolist())
        what = phrase("Labels of one row only: {listed}. They train, but cannot be tested.", listed=_listed(lone))
        findings.append(Finding("warning", what, column, rows, phrase("Gather more such rows, or merge the labels.")))
    if small:
        what = phrase(
            "Labels of fewer than {small} rows: {listed}. Their scores say little.", small=SMALL, listed=_listed(small)
        )
        findings.append(Finding("warning", what, column, (), phrase("Gather more such rows, or merge the labels.")))
    share = counts.max() / max(counts.sum(), 1)
    if share >= IMBALANCED:
        name = problem.classes[int(counts.argmax())]
        what = phrase(
            "{share:.1%} of the rows say '{name}'; accuracy would reward saying it always, so another measure decides.",
            share=share,
            name=name,
        )
        findings.append(Finding("note", what, column, (), _rarity(problem)))
    elif not findings:
        findings.append(
            Finding(
                "ok",
                phrase(
                    "{count} labels, of {min:,} to {max:,} rows.",
                    count=len(problem.classes),
                    min=counts.min(),
                    max=counts.max(),
                ),
                column,
            )
        )
    return findings


def _rarity(problem: Posed) -> str:
    """What to do where one of two labels is rare: there is a task for just that."""
    if problem.events or len(problem.classes) > 2 or not {each.kind for each in problem.inputs} <= TABLE_KINDS:
        return ""
    return phrase(
        "If the rare ones are to be found, such as frauds: --task fraud-detection ranks rows, counts alarms and money, "
        "and with --entity and --time tells learners what came before."
    )


def _listed(names: list[str]) -> str:
    shown = ", ".join(f"'{name}'" for name in names[:8])
    return phrase("{shown} and {more} more", shown=shown, more=len(names) - 8) if len(names) > 8 else shown
