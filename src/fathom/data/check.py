"""The data check: everything worth knowing before a model is believed, and what could not be looked at."""

from __future__ import annotations

from fathom import catalog
from fathom.data.checks.columns import check_columns
from fathom.data.checks.events import check_events
from fathom.data.checks.leakage import check_leakage
from fathom.data.checks.pictures import check_pictures
from fathom.data.checks.rows import check_rows
from fathom.data.checks.target import check_target
from fathom.data.dataset import Dataset
from fathom.data.finding import LEVELS, Finding
from fathom.data.posed import Posed
from fathom.data.split import Split

LABELS = "fathom.data.checks.labels:check_labels"  # brings scikit-learn, so it is loaded when it is asked for

__all__ = ["Finding", "check"]


def check(
    dataset: Dataset,
    problem: Posed | None = None,
    split: Split | None = None,
    *,
    pictures: list[Finding] | None = None,
) -> list[Finding]:
    """The findings, the gravest first. With a problem also on target, leakage and labels; with a split also on it.

    `pictures`: what `checks.pictures.readable` found, where it was asked before, so that none is decoded twice.

    >>> from fathom.data.read import read
    >>> data = read({"size": [1, 2, 3], "note": [None, None, None]})
    >>> [finding.columns for finding in check(data) if finding.level == "note"]
    [('note',)]
    """
    looked = check_pictures(dataset) if pictures is None else []
    unread = {row for finding in looked if finding.level == "error" for row in finding.rows}
    findings = [*check_columns(dataset, problem), *looked, *(pictures or [])]
    broken = any(finding.level == "error" for finding in findings)
    findings += check_rows(dataset, problem, split, unread)
    if problem:
        findings += [*check_target(dataset, problem), *check_leakage(dataset, problem, split)]
        findings += check_events(dataset, problem, split)
        findings += [] if broken else catalog.load(LABELS)(dataset, problem)
    return sorted(findings, key=lambda finding: LEVELS.index(finding.level))
