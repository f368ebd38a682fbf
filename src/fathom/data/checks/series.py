"""Series: what their columns were taken for, and columns that know the future."""

from __future__ import annotations

from fathom.data.checks.columns import check_columns
from fathom.data.dataset import Dataset
from fathom.data.finding import LEVELS, Finding
from fathom.data.posed import Posed
from fathom.data.series.panel import GIVEN
from fathom.messages import phrase


def check_series(table: Dataset, problem: Posed, found: list[Finding]) -> list[Finding]:
    """The findings of a table of series, the gravest first; `found`: what laying it out found."""
    found = [*_roles(table, problem), *found]
    findings = [*check_columns(table.select([name for name in table.names if name != GIVEN])), *found]
    return sorted(findings, key=lambda finding: LEVELS.index(finding.level))


def _roles(table: Dataset, problem: Posed) -> list[Finding]:
    """What the columns are to series, and which are nothing."""
    horizon = problem.horizon
    assert horizon is not None
    said = [
        (phrase("time"), (horizon.time,)),
        (phrase("names of series"), horizon.series),
        (phrase("known ahead"), horizon.known),
        (phrase("known afterwards"), horizon.past),
        (phrase("the same for all of a series"), horizon.static),
    ]
    told = "; ".join(f"{role}: {', '.join(names)}" for role, names in said if names)
    found = [Finding("ok", phrase("The columns are read as: {roles}", roles=told))]
    used = {problem.target, GIVEN, *(name for _, names in said for name in names)}
    left = tuple(each.name for each in table.columns if each.name not in used and not each.ignored)
    if left:
        what = phrase(
            "{names}: left out, for it is neither a number nor the same for all of a series", names=", ".join(left)
        )
        found.append(Finding("note", what, left, (), phrase("Write it as numbers, or name it with --series.")))
    return found
