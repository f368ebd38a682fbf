"""The climb: contenders learn from growing samples of the rows, so that each has a learning curve."""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING, Any

from fathom.protocol.contenders import BASELINE, Contender
from fathom.protocol.curves.ladder import Rung, draws, sizes
from fathom.protocol.schedule import LEAST_SAMPLE_SECONDS, Schedule, counted
from fathom.protocol.standing import Sample
from fathom.protocol.study import DONE

if TYPE_CHECKING:
    from fathom.protocol.races import Race

SOON = 8
SAFETY = 1.5  # times what a sample is expected to take
SCORING = 1.5  # times what is kept for afterwards: samples are scored too
SLOW_GROWTH = 0.7  # of seconds with rows: starting takes its time too


def climb(race: Race, contenders: list[Contender]) -> None:
    """Let every contender learn samples of growing size, all of one size before the next.

    Who fails on a sample learns no larger ones for now, but tries all rows; so does who runs out of time and is no
    better than on fewer rows. The baseline does not climb: it has nothing to learn. Neither does an own object that is
    bound to the calling process.
    """
    climbing = [each for each in contenders if each.name != BASELINE and race.host(each) is not None]
    every = sizes(race.study.train_rows, _labels(race))
    ladders = {
        name: affordable(race.schedule, name, count, every)
        for name, count in counted(each.family for each in climbing).items()
    }
    for rows in every:
        for each in [other for other in climbing if rows in ladders[other.family]]:
            kin = [other for other in climbing if other.family == each.family]
            larger = [size for size in ladders[each.family] if size > rows]
            waiting = [rows] * (len(kin) - kin.index(each)) + larger * len(kin)
            seconds = race.schedule.sample_limit(each.family, rows, waiting)
            if not _tried(race, each, Rung(rows), seconds):
                climbing.remove(each)


def affordable(schedule: Schedule, family: str, contenders: int, every: list[int]) -> list[int]:
    """The sizes of samples for which so many contenders have time: with little, few, as far apart as they must be.

    What learns for less than it takes to start tells nothing of a learner, and costs as much as the rest.
    """
    for apart in range(1, len(every)):
        ladder = every[::-apart][::-1]
        if schedule.sample_share(family, ladder[0], ladder * contenders) >= LEAST_SAMPLE_SECONDS:
            return ladder
    return every[-1:]


def climb_again(race: Race, contenders: list[Contender]) -> None:
    """What was skipped, then further draws, while the family has time: leaders first.

    An eighth of the rows comes first, then larger samples, then smaller ones: with the trial on all rows that makes a
    curve soonest.
    """
    rows = race.study.train_rows
    ladder = sorted(sizes(rows, _labels(race)), key=lambda size: (size < rows // SOON, size))
    able = [each for each in contenders if race.standing.of(each.name) and race.host(each) and each.name != BASELINE]
    leaders = race.standing.leaders()
    for draw in range(draws(rows)):
        for each in sorted(able, key=lambda each: each.name not in leaders):
            for rung in (Rung(size, draw) for size in ladder):
                seconds = _fair(race, each, rung)
                free = race.schedule.left() - SCORING * race.schedule.afterwards
                left = min(race.schedule.budgets.get(each.family, 0.0), free)
                if not race.standing.has(each.name, rung) and SAFETY * seconds < left:
                    _tried(race, each, rung, max(SAFETY * seconds, LEAST_SAMPLE_SECONDS))


def _labels(race: Race) -> int:
    """How many labels a sample must have some rows of; of a person half as many will do."""
    problem = race.study.problem
    return len(problem.classes) or len(problem.persons) // 2


def _fair(race: Race, contender: Contender, rung: Rung) -> float:
    """Seconds for a sample, from the trial of the contender on the most similar number of rows."""
    known = race.standing.of(contender.name)
    near = min(known, key=lambda sample: abs(math.log(sample.rows / rung.rows)))
    return float(near.seconds * (rung.rows / near.rows) ** SLOW_GROWTH)


def _tried(race: Race, contender: Contender, rung: Rung, seconds: float) -> bool:
    """Whether larger samples are worth trying after this one, which is learned now or was in an earlier run."""
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
    return not race.standing.stuck(contender.name)
