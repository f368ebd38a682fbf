"""The climb: contenders learn from growing samples of the rows, so that each has a learning curve."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from fathom.protocol.contenders import BASELINE, Contender
from fathom.protocol.ladder import Rung, draws, sizes
from fathom.protocol.standing import Sample
from fathom.protocol.study import DONE

if TYPE_CHECKING:
    from fathom.protocol.races import Race

AGAIN = 1.3  # times what it took before, a further sample of the same size may take


def climb(race: Race, contenders: list[Contender]) -> None:
    """Let every contender learn samples of growing size, all of one size before the next.

    Who fails on a sample learns no larger ones, but may still try all rows. The baseline does not climb: it has
    nothing to learn. Neither does an own object that is bound to the calling process.
    """
    climbing = [each for each in contenders if each.name != BASELINE and race.host(each) is not None]
    ladder = sizes(race.study.train_rows, len(race.study.problem.classes))
    for position, rows in enumerate(ladder):
        for each in list(climbing):
            kin = [other for other in climbing if other.family == each.family]
            waiting = [rows] * (len(kin) - kin.index(each)) + ladder[position + 1 :] * len(kin)
            seconds = race.schedule.sample_limit(each.family, rows, waiting)
            if not _tried(race, each, Rung(rows), seconds):
                climbing.remove(each)


def climb_again(race: Race, contenders: list[Contender]) -> None:
    """Further draws of the samples, while the family has time: those of the leaders first, large before small."""
    ladder = sizes(race.study.train_rows, len(race.study.problem.classes))[::-1]
    leaders = race.standing.leaders()
    for draw in range(1, draws(race.study.train_rows)):
        for each in sorted(contenders, key=lambda each: each.name not in leaders):
            known = {sample.rows: sample for sample in race.standing.of(each.name)}
            for rows in ladder:
                if rows in known and _affordable(race, each, known[rows]):
                    before = race.result(race.folder(each, Rung(rows))) or {}
                    _tried(race, each, Rung(rows, draw), before.get("limit", known[rows].seconds))


def _affordable(race: Race, contender: Contender, before: Sample) -> bool:
    left = min(race.schedule.budgets.get(contender.family, 0.0), race.schedule.left() - race.schedule.afterwards)
    return AGAIN * before.seconds < left


def _tried(race: Race, contender: Contender, rung: Rung, seconds: float) -> bool:
    """Whether the contender has learned the sample, now or in an earlier run of the study."""
    folder = race.folder(contender, rung)
    result = race.result(folder)
    if result is None and seconds > 0:
        started = time.monotonic()
        result = race.attempt(contender, seconds, rung)
        race.schedule.took(contender.family, time.monotonic() - started)
    return _learned(race, contender, rung, result)


def _learned(race: Race, contender: Contender, rung: Rung, result: dict[str, Any] | None) -> bool:
    if result is None or result["status"] != DONE:
        return result is None  # nothing is known against who had no time for this size
    sample = Sample.of(contender.name, contender.family, rung.draw, race.folder(contender, rung), result)
    race.standing.samples.append(sample)
    return True
