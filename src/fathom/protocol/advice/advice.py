"""Advice: what to expect of a problem before anything is trained on it, with what that rests on."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

from fathom.data.finding import Finding
from fathom.protocol.advice.odds import Odds
from fathom.protocol.advice.probes import Probes
from fathom.protocol.advice.series_facts import SeriesFacts
from fathom.protocol.advice.series_probes import SeriesProbes

TOLD = ("error", "warning")  # findings that are to be mended first
Expected = Literal["classical", "deep", "nothing", "unknown"]


@dataclass(frozen=True)
class Size:
    """How much data there is: rows with a target, columns that go in, their kinds, labels, and what is missing.

    `rarest` and `rarest_share`: the label of the fewest rows (empty where a number is predicted). `missing`: the share
    of empty cells in the columns that go in. `looked`: the rows that were looked at, where a sample was drawn.
    """

    rows: int
    columns: int
    kinds: dict[str, int]
    classes: int
    rarest: str
    rarest_share: float
    missing: float
    looked: int


@dataclass(frozen=True)
class Candidate:
    """A learner that a study would try: `why` on this data, `seconds` on one core (None: little), `install` first.

    The cheat sheet's reasons: `accuracy`, `training`, `linear`, `parameters`, `features`, as the catalog has them.
    """

    learner: str
    family: str
    why: str
    prefer: str
    accuracy: str
    training: str
    linear: bool
    parameters: int
    features: str
    seconds: float | None = None
    install: str = ""


@dataclass(frozen=True)
class Advice:
    """What `fathom.advise` says.

    `expected`: the family to expect in front, "nothing" where the probes are not above the baseline, "unknown" where
    there are too few rows to look, or nothing like them was ever measured (texts, series; `odds` is None).
    `probability`: of that family (None: none is expected). `minutes`: what a study needs so that no contender is cut
    short, an hour at most; the usual ones where that was never measured; `command`: the one to run. `findings`: what to
    mend first. `series`: what series there are, where they are to be forecast.
    """

    data: str
    location: str
    predict: str
    task: str
    size: Size
    probes: Probes | SeriesProbes | None
    signs: dict[str, float]
    odds: Odds | None
    expected: Expected
    probability: float | None
    minutes: float
    command: str
    learners: tuple[Candidate, ...]
    findings: tuple[Finding, ...]
    text: tuple[str, ...]
    series: SeriesFacts | None = None

    def __str__(self) -> str:
        return " ".join(self.text)

    def to_json(self) -> dict[str, Any]:
        """The advice as plain JSON data."""
        odds = None if self.probability is None or self.odds is None else asdict(self.odds)
        findings = [finding.to_json() for finding in self.findings]
        return {**asdict(self), "odds": odds, "findings": findings, "text": str(self)}
