"""What it would cost to find out: the minutes that a study needs, and the command that runs it."""

from __future__ import annotations

import shlex
from collections.abc import Sequence

from fathom.protocol.advice.advice import Candidate
from fathom.protocol.request import Request

CURVES = 2.0  # learning curves on 1/2, 1/4, 1/8 ... of the rows take as long again as all rows
WHOLE = 0.9  # share of the minutes in which contenders train
OTHERS = 15.0  # seconds of each family for the contenders that take little
MINUTES = (1, 2, 3, 5, 10, 15, 20, 30, 45, 60)  # what is proposed; a person seldom waits for more


def minutes(candidates: Sequence[Candidate]) -> float:
    """The minutes in which no contender is likely to be cut short, or the most that is proposed.

    >>> minutes(())
    1.0
    """
    wanted = needed(candidates)
    return float(next((choice for choice in MINUTES if choice >= wanted), MINUTES[-1]))


def unmeasured(candidates: Sequence[Candidate]) -> bool:
    """Whether networks would be tried, and of none is known how long it takes on such data."""
    deep = [each.seconds for each in candidates if each.family == "deep" and not each.install]
    return bool(deep) and all(seconds is None for seconds in deep)


def needed(candidates: Sequence[Candidate]) -> float:
    """Minutes in which no contender is likely to be cut short: both families get what the slower one needs."""
    families: dict[str, float] = {}
    for each in candidates:
        if not each.install:
            families[each.family] = families.get(each.family, OTHERS) + (each.seconds or 0.0)
    return len(families) * max(families.values(), default=0.0) * CURVES / WHOLE / 60


def command(request: Request, minutes: float) -> str:
    """The `fathom compare` that asks the same question.

    >>> command(Request("my data.csv", "price", drop=["id"]), 5.0)
    "fathom compare 'my data.csv' --predict price --drop id --minutes 5"
    """
    data = request.data if isinstance(request.data, str) else str(request.data) if _is_path(request.data) else "DATA"
    words = ["fathom", "compare", data, *(["--predict", request.predict] if request.predict else [])]
    for option in ("task", "group", "time", "horizon", "holidays", "season", "step"):
        if value := getattr(request, option):
            words += [f"--{option}", str(value)]
    for option in ("drop", "series", "known"):
        if names := getattr(request, option):
            words += [f"--{option}", ",".join(names)]
    for column, kind in (request.kinds or {}).items():
        words += ["--kind", f"{column}={kind}"]
    return shlex.join([*words, "--minutes", f"{minutes:g}"])


def _is_path(data: object) -> bool:
    return hasattr(data, "__fspath__")
