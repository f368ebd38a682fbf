"""Leakage: inputs that give the answer away, the future, and rows that belong together.

The types are those of Kapoor and Narayanan, "Leakage and the reproducibility crisis in machine-learning-based
science", 2023; what a look at the data cannot tell is said to be unchecked.
"""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from fathom.data.dataset import Dataset
from fathom.data.finding import Finding
from fathom.data.kinds import TABLE_KINDS, Column, Kind
from fathom.data.posed import Posed
from fathom.data.split import Split, places_in_time
from fathom.messages import phrase

Codes = npt.NDArray[np.int64]
Answer = npt.NDArray[Any]  # class positions, or ranks

ROWS = 20_000  # a sample tells
BINS = 128
NEARLY = 0.97  # share of the majority's mistakes, or of the ranks' variance, that one column alone removes
FOLDS = 4
FEWEST_GROUPS = 20
OWNER = re.compile(
    r"(?i)(^|[_\W])(id|uuid|guid|user|customer|client|patient|subject|person|speaker|writer|session|household)$"
    r"|[a-z](?-i:ID|Id)$|번호$|아이디$|환자$|고객$"
)
FEWEST_ROWS = 40  # below, chance alone looks like a leak
EARLY = 0.05  # share of test rows that are not later than the training rows, beyond which it matters
SURPRISE = 6.0  # standard deviations beyond chance for neighbours in time to agree


def check_leakage(dataset: Dataset, problem: Posed, split: Split | None = None) -> list[Finding]:
    """One-column leaks, time and groups; and the leaks that no look at the data can find."""
    return [
        *_one_column(dataset, problem),
        *_time(dataset, problem, split),
        *_groups(dataset, problem),
        *_unchecked(problem),
    ]


def _one_column(dataset: Dataset, problem: Posed) -> list[Finding]:
    """Each input alone, against the target, on rows it has not seen."""
    if problem.conditions:
        return []  # no column can give away what nobody learns
    if problem.labels or problem.boxes or problem.persons:
        return []  # its only input is the text or picture that the answer is a part of
    if problem.sets:
        return [Finding("unchecked", phrase("Whether a single column gives one of several labels away."))]
    truth = problem.truth(dataset)
    rows = np.flatnonzero(problem.known(truth))
    chance = np.random.default_rng(0)
    rows = chance.permutation(rows)[:ROWS]
    if len(rows) < FEWEST_ROWS:
        return [
            Finding(
                "unchecked",
                phrase(
                    "With {count} rows, a column that gives the answer away cannot be told from luck.", count=len(rows)
                ),
            )
        ]
    findings = []
    answer = truth[rows].astype(np.int64) if problem.classes else _ranks(truth[rows])
    for column in problem.inputs:
        if column.kind not in TABLE_KINDS:
            continue
        power = _power(_bins(dataset.frame[column.name][rows], column), answer, bool(problem.classes))
        if power >= NEARLY:
            findings.append(_leak(column, problem, power))
    return findings or [Finding("ok", phrase("No single column gives the answer away."))]


def _leak(column: Column, problem: Posed, power: float) -> Finding:
    how = phrase("determines") if power > 0.9995 else phrase("nearly determines")
    return Finding(
        "warning",
        phrase(
            "'{name}' alone {how} '{target}' ({power:.1%} of what there is to explain).",
            name=column.name,
            how=how,
            target=problem.target,
            power=power,
        ),
        (column.name,),
        (),
        phrase("If it is known only after the answer, leave it out: --drop '{name}'.", name=column.name),
    )


def _bins(values: pl.Series, column: Column) -> Codes:
    """Categories, or quantiles of numbers and times, as codes from 0; missing values are a bin of their own."""
    if column.kind == Kind.CATEGORY:
        codes = values.rank("dense").fill_null(0).to_numpy().astype(np.int64)
        return codes
    numbers = values.cast(pl.Int64).cast(pl.Float64) if column.kind == Kind.TIME else values
    filled = numbers.drop_nulls().to_numpy()
    if not len(filled):
        return np.zeros(len(values), dtype=np.int64)
    edges = np.unique(np.quantile(filled, np.linspace(0, 1, min(BINS, max(4, len(filled) // 10)) + 1)[1:-1]))
    codes = np.searchsorted(edges, numbers.fill_null(0.0).to_numpy(), side="right").astype(np.int64) + 1
    codes[numbers.is_null().to_numpy()] = 0
    return codes


def _power(bins: Codes, answer: Answer, labels: bool) -> float:
    """How much of the target a look-up table over the bins explains on rows left out of it, 0 to 1."""
    fold = np.arange(len(bins)) % FOLDS
    guess = np.empty(len(bins))
    plain = np.empty(len(bins))
    for number in range(FOLDS):
        out, seen = fold == number, fold != number
        table = _table(bins[seen], answer[seen], int(bins.max()) + 1, labels)
        guess[out] = table[bins[out]]
        plain[out] = np.bincount(answer[seen]).argmax() if labels else answer[seen].astype(float).mean()
    if labels:
        mistakes, usual = (guess != answer).mean(), (plain != answer).mean()
    else:
        mistakes, usual = ((guess - answer) ** 2).mean(), ((plain - answer) ** 2).mean()
    return float(1 - mistakes / usual) if usual > 0 else 0.0


def _table(bins: Codes, answer: Answer, size: int, labels: bool) -> npt.NDArray[np.float64]:
    """The most frequent class, or the mean, in each bin; the overall one where a bin is empty."""
    count = np.bincount(bins, minlength=size)
    if not labels:
        total = np.bincount(bins, weights=answer.astype(float), minlength=size)
        return np.where(count > 0, total / np.maximum(count, 1), answer.astype(float).mean())
    classes = int(answer.max()) + 1
    joint = np.bincount(bins * classes + answer, minlength=size * classes).reshape(size, classes)
    return np.where(count > 0, joint.argmax(axis=1), np.bincount(answer).argmax()).astype(float)


def _ranks(values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    ranks: npt.NDArray[np.float64] = pl.Series(values).rank("average").to_numpy() / len(values)
    return ranks


def _time(dataset: Dataset, problem: Posed, split: Split | None) -> list[Finding]:
    """Whether the split respects time where rows are dated, and whether inputs come from the future."""
    dated = [column.name for column in dataset.columns if column.kind == Kind.TIME and column.name != problem.target]
    if problem.time:
        others = [name for name in dated if name != problem.time]
        return [*_in_order(dataset, problem, split), *_later(dataset, problem, others)]
    if not dated:
        return [
            Finding(
                "unchecked",
                phrase("No column says when a row was recorded, so a look into the future cannot be ruled out."),
            )
        ]
    drift = [name for name in dated if _follows(dataset, problem, name)]
    if drift:
        what = phrase(
            "'{target}' changes with '{drift}': a random split lets a model look into the future.",
            target=problem.target,
            drift=drift[0],
        )
        return [
            Finding(
                "warning", what, tuple(drift), (), phrase("Test on the latest rows: --time '{drift}'.", drift=drift[0])
            )
        ]
    what = phrase(
        "Rows are dated ({names}), and nothing shows that the target changes with time.", names=", ".join(dated)
    )
    return [
        Finding(
            "note",
            what,
            tuple(dated),
            (),
            phrase("To predict the future, test on the latest rows: --time '{dated}'.", dated=dated[0]),
        )
    ]


def _in_order(dataset: Dataset, problem: Posed, split: Split | None) -> list[Finding]:
    """Whether all test rows come after those that a model learns; groups that last long stay whole, and so do not."""
    time = str(problem.time)
    early = 0.0
    if split is not None:
        if not len(split.test) or not len(split.train):
            return []  # the test rows came in a file of their own
        place = places_in_time(dataset, time, np.arange(len(dataset)))
        early = float((place[split.test] <= place[split.train].max()).mean())
    if not early:
        return [Finding("ok", phrase("The test rows are the latest by '{time}'.", time=time), (time,))]
    what = phrase(
        "{early:.0%} of the test rows are not later than every training row by '{time}', because rows that belong "
        "together stay together.",
        early=early,
        time=time,
    )
    remedy = phrase("To test on the future alone, leave out --group.") if problem.group else ""
    return [Finding("warning" if early > EARLY else "note", what, (time,), (), remedy)]


def _later(dataset: Dataset, problem: Posed, others: list[str]) -> list[Finding]:
    """Dates among the inputs that come after the date which orders the rows."""
    inputs = {column.name for column in problem.inputs}
    findings: list[Finding] = []
    clock = dataset.frame[str(problem.time)]
    for name in [name for name in others if name in inputs and clock.dtype.is_temporal()]:
        after = (dataset.frame[name] > clock).mean()
        if isinstance(after, float) and after > 0.5:
            what = phrase(
                "'{name}' is later than '{time}' in {after:.0%} of the rows; it may not be known yet.",
                name=name,
                time=problem.time,
                after=after,
            )
            findings.append(
                Finding("warning", what, (name,), (), phrase("If so, leave it out: --drop '{name}'.", name=name))
            )
    return findings


def _follows(dataset: Dataset, problem: Posed, name: str) -> bool:
    """Whether rows next to each other in time agree on the target more than chance allows."""
    if problem.labels or problem.sets or problem.boxes or problem.persons or problem.conditions:
        return False
    truth = problem.truth(dataset).astype(float)
    known = np.isfinite(truth) & dataset.frame[name].is_not_null().to_numpy()
    known &= truth >= 0 if problem.classes else True
    order = np.argsort(dataset.frame[name].cast(pl.Int64).to_numpy()[known], kind="stable")
    line = truth[known][order]
    if len(line) < FEWEST_ROWS:
        return False
    if problem.classes:
        shares = np.bincount(line.astype(int)) / len(line)
        expected = float((shares**2).sum())
        agree = float((line[1:] == line[:-1]).mean())
        return bool(agree - expected > SURPRISE * np.sqrt(expected * (1 - expected) / len(line)) + 0.02)
    ranks = _ranks(line)
    return bool(np.corrcoef(ranks[1:], ranks[:-1])[0, 1] > SURPRISE / np.sqrt(len(line)) + 0.05)


def _groups(dataset: Dataset, problem: Posed) -> list[Finding]:
    """Columns that name whom or what a row is about, where several rows are about the same."""
    if problem.group:
        return []
    found = [
        column.name for column in dataset.columns if column.name != problem.target and _names_groups(dataset, column)
    ]
    if not found:
        return [Finding("ok", phrase("No column names groups of rows that belong together."))]
    what = phrase(
        "Several rows share a '{found}': a random split tests on the same ones that it trains on.", found=found[0]
    )
    remedy = phrase("If new data is about others, keep them together: --group '{found}'.", found=found[0])
    return [Finding("warning", what, tuple(found), (), remedy)]


def _names_groups(dataset: Dataset, column: Column) -> bool:
    if column.ignored or column.kind not in (Kind.NUMBER, Kind.CATEGORY) or not OWNER.search(column.name):
        return False
    values = dataset.frame[column.name].drop_nulls()
    if column.kind == Kind.NUMBER and not (values == values.floor()).all():
        return False
    distinct = values.n_unique()
    return distinct >= FEWEST_GROUPS and 1.5 * distinct <= len(values)


def _unchecked(problem: Posed) -> list[Finding]:
    """Leaks that leave no trace in the data."""
    findings = [
        Finding(
            "ok", phrase("Learners fit all preparation on training rows alone, and the test rows are held out once.")
        ),
        Finding(
            "unchecked",
            phrase(
                "Whether columns were chosen, filled in or scaled with a view of all rows before this file was made."
            ),
        ),
        Finding(
            "unchecked", phrase("Whether every input is really known at the moment of prediction; only you know that.")
        ),
        Finding("unchecked", phrase("Whether these rows are like those that the model will meet.")),
        Finding("unchecked", phrase("Whether some rows are near copies of others (exact copies were looked for).")),
    ]
    if any(column.kind not in TABLE_KINDS for column in problem.inputs):
        what = phrase("Whether texts or pictures contain the answer (a stamp, a file name, a quoted label).")
        findings.append(Finding("unchecked", what))
    return findings
