"""Events and their frauds: how many each part has, and which rows were left out because their labels come late."""

from __future__ import annotations

from fathom.data.dataset import Dataset
from fathom.data.events import features
from fathom.data.finding import Finding
from fathom.data.posed import Posed
from fathom.data.split import Split
from fathom.messages import listed, phrase, plural

FEW = 10  # frauds that a score needs to say anything
USUAL = 0.2, 0.02  # the share of rows that test, and how much more is told


def check_events(dataset: Dataset, problem: Posed, split: Split | None) -> list[Finding]:
    """Frauds in each part, rows without an arrived label, a test part that begins early."""
    if problem.events is None or split is None:
        return []
    made = [column.name for column in problem.inputs if column.name in features.names(problem.events)]
    truth = problem.truth(dataset)
    known = int(problem.known(truth).sum())
    counts = [int((truth[rows] == 1).sum()) for rows in (split.train, split.valid, split.test)]
    used = len(split.train) + len(split.valid) + len(split.test)
    train, valid, test = counts
    what = phrase(
        "'{rare}' are {train:,} of the rows that train, {valid:,} that validate and {test:,} that test ({share:.3%}).",
        rare=problem.classes[1],
        train=train,
        valid=valid,
        test=test,
        share=sum(counts) / max(used, 1),
    )
    least = min(each for each, rows in zip(counts, (1, len(split.valid), len(split.test)), strict=True) if rows)
    found = [Finding("ok" if least >= FEW else "warning", what, (problem.target,))]
    if least < FEW:
        remedy = phrase("Give more of them: by fewer than {few} a score says little, as its interval shows.", few=FEW)
        found = [Finding("warning", what, (problem.target,), (), remedy)]
    if late := known - used:
        said = plural(
            late,
            "{count:,} row is not trained on: its label had not arrived when the first test row was.",
            "{count:,} rows are not trained on: their labels had not arrived when the first test row was.",
        )
        found.append(Finding("note", said, tuple(filter(None, [problem.time]))))
    if problem.time and len(split.test) > (USUAL[0] + USUAL[1]) * max(known, 1):
        said = phrase(
            "The last {share:.0%} of the rows test, for later there is none of '{rare}'.",
            share=len(split.test) / known,
            rare=problem.classes[1],
        )
        found.append(Finding("note", said, (problem.time,)))
    if made:
        said = phrase(
            "{count} columns tell what {names} did before, by windows of 1 hour, 1, 7 and 30 days; {names} themselves "
            "are not learned from.",
            count=len(made),
            names=listed(problem.events.entities),
        )
        found.append(Finding("ok", said, problem.events.entities))
    return found
