"""What each contender costs, as it was measured: time, energy, latency, hardware, and money on demand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fathom.messages import phrase, plural
from fathom.protocol.costs import cost
from fathom.protocol.costs.energy import ESTIMATE, WATTS_PER_CORE
from fathom.report import parts, wording
from fathom.report.evidence import Evidence
from fathom.report.html import Child, Markup, join, tag
from fathom.report.tables import table

if TYPE_CHECKING:
    from fathom.protocol.study import Trial

LITTLE_ENERGY = 1e-3  # watt-hours below which thousandths are told


def costs(evidence: Evidence) -> Markup:
    """Every contender's costs as they were measured."""
    price = evidence.study.settings.get("price_per_hour")
    head: list[Child] = [
        phrase("contender"),
        phrase("cost as drawn"),
        phrase("training"),
        phrase("energy of training"),
        phrase("one row alone"),
        phrase("a row in a batch"),
    ]
    numbers = list(range(1, len(head)))
    rows = [_row(trial) for trial in evidence.done]
    machines = {str(hardware(trial)) for trial in evidence.done}
    caption = phrase("What each contender costs on this machine")
    if len(machines) == 1:
        caption = phrase("What each contender costs on this machine ({hardware})", hardware=machines.pop())
    else:
        head.append(phrase("hardware"))
        rows = [[*row, hardware(trial)] for row, trial in zip(rows, evidence.done, strict=True)]
    return join(table(caption, head, rows, numbers=numbers, sortable=True), _notes(evidence), _prices(evidence, price))


def _row(trial: Trial) -> list[Child]:
    return [
        parts.name(trial.learner),
        wording.seconds(cost.seconds(trial)),
        wording.seconds(trial.fit_seconds),
        _energy(trial),
        _latency(trial.latency_ms.get("row")),
        _latency(trial.latency_ms.get("batch")),
    ]


def _prices(evidence: Evidence, price: float | None) -> Markup | None:
    """The same in money, where somebody said what an hour costs."""
    rows: list[list[Child]] = [
        [parts.name(trial.learner), wording.money(paid["training"]), wording.money(paid["million_predictions"])]
        for trial in evidence.done
        if (paid := cost.money(trial, price)) is not None
    ]
    if not rows:
        return None
    head = [phrase("contender"), phrase("a training"), phrase("a million predictions in batches")]
    caption = phrase("What the time costs, at {price} an hour", price=wording.number(price))
    return table(caption, head, rows, numbers=(1, 2), sortable=True)


def _latency(found: dict[str, float] | None) -> Child:
    """The median; below it the 99th percentile and the number of calls that both come from."""
    if not found:
        return wording.NOTHING
    high, calls = wording.milliseconds(found["p99"]), int(found["calls"])
    many = plural(calls, "99 %: {high} ({count:,} call)", "99 %: {high} ({count:,} calls)", high=high)
    return [wording.milliseconds(found["p50"]), below(many)]


def below(said: str) -> Markup:
    """A remark on a line of its own, in a cell."""
    return tag("small", tag("br"), said)


def _energy(trial: Trial) -> Child:
    if trial.energy_wh is None:
        return wording.NOTHING
    used = trial.energy_wh
    said = f"{wording.number(used)} Wh" if used >= LITTLE_ENERGY else f"{wording.number(1_000 * used)} mWh"
    if trial.energy_source == ESTIMATE:
        return [said, below(phrase("estimate"))]
    if trial.energy_source.startswith(ESTIMATE):
        return [said, below(phrase("the processor's part estimated"))]
    return said


def hardware(trial: Trial) -> str:
    """What it was trained with."""
    used = trial.hardware
    if not used:
        return wording.NOTHING
    if used.get("name"):
        return plural(used["threads"], "{name}, {count} thread", "{name}, {count} threads", name=used["name"])
    return plural(used["threads"], "processor, {count} thread", "processor, {count} threads")


def _notes(evidence: Evidence) -> Markup:
    """How the numbers came about."""
    sources = {trial.energy_source for trial in evidence.done}
    told: list[str] = [
        phrase(
            "Half of the answers came within the time told, 99 % within the smaller one below it. Times are of a "
            "warm model in the process that trained it, without what a server adds; of fewer than a hundred calls, the "
            "slowest stands for 99 %."
        )
    ]
    if any(source.startswith(ESTIMATE) for source in sources):
        told.append(
            phrase(
                "Energy is an estimate where it says so: seconds of processor cores times {watts:g} W, the mean of a "
                "core over common processors; this machine lets nobody read its counters.",
                watts=WATTS_PER_CORE,
            )
        )
    if any("rapl" in source or "nvml" in source for source in sources):
        told.append(
            phrase(
                "Energy that was read off counters is that of the whole processor, whatever else ran on it included."
            )
        )
    return tag("p", " ".join(told), class_="about")
