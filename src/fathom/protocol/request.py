"""What a person asks of a study."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fathom.data.events.parts import seconds_of
from fathom.data.kinds import Kind
from fathom.data.name_lists import Lists
from fathom.data.series.asked import Asked, check_asked
from fathom.errors import FathomError
from fathom.messages import phrase
from fathom.names import check_name
from fathom.protocol.contenders import Contender, Learners
from fathom.tasks.budget import check_alerts
from fathom.tasks.identities import FAR

MOST_MINUTES = 60 * 24 * 365
FILE = "FILE"  # what a command says of names that were given without a file


@dataclass(frozen=True)
class Request:
    """The arguments of `fathom.compare`, checked as far as they can be before the data is read."""

    data: Any
    predict: str | None  # None: there is no answer in the data, as where anomalies are sought
    task: str | None = None
    minutes: float = 5.0
    learners: Learners = None
    test: Any = None
    group: str | None = None
    time: str | None = None
    drop: Sequence[str] = ()
    kinds: Mapping[str, str | Kind] | None = None
    name: str | None = None
    seed: int = 0
    device: str = "auto"
    measure: str | None = None
    margin: float | None = None
    curves: bool = True
    price_per_hour: float | None = None
    pretrain: str | Path | None = None
    backbone: str | Path | None = None
    gazetteers: Lists | None = None
    far: float = FAR
    by: str | None = None
    entity: Sequence[str] = ()
    amount: str | None = None
    review_cost: float | None = None
    label_delay: str | None = None
    alerts: str | float | None = None
    horizon: int | None = None
    series: Sequence[str] = ()
    known: Sequence[str] = ()
    holidays: str | None = None
    season: int | None = None
    step: str | None = None

    @property
    def asked(self) -> Asked:
        """What is said of series."""
        return Asked(
            self.horizon,
            self.time,
            tuple(dict.fromkeys(self.series)),
            tuple(dict.fromkeys(self.known)),
            (self.holidays or "").upper(),
            self.season,
            self.step or "",
        )

    def check(self) -> None:
        """Raise a FathomError for what cannot be."""
        if not 0 < self.minutes <= MOST_MINUTES:
            raise FathomError(
                phrase("{minutes} minutes are no time to work in.", minutes=self.minutes),
                remedy=phrase("Give a number above zero."),
            )
        if self.margin is not None and not self.margin >= 0:
            raise FathomError(
                phrase("A margin of {margin} makes no sense.", margin=self.margin), remedy=phrase("Give zero or more.")
            )
        if self.price_per_hour is not None and not 0 <= self.price_per_hour < math.inf:
            raise FathomError(
                phrase("An hour cannot cost {price}.", price=self.price_per_hour), remedy=phrase("Give zero or more.")
            )
        if not 0 < self.far < 1:
            raise FathomError(
                phrase("A false-accept rate of {far} makes no sense.", far=self.far),
                remedy=phrase("Give a share between 0 and 1, such as 0.01 for one in a hundred."),
            )
        self._check_events()
        check_asked(self.asked)
        if self.name is not None:
            check_name(self.name)

    def _check_events(self) -> None:
        """Raise a FathomError for what cannot be of events."""
        if self.review_cost is not None and not 0 <= self.review_cost < math.inf:
            raise FathomError(
                phrase("A review cannot cost {cost}.", cost=self.review_cost), remedy=phrase("Give zero or more.")
            )
        if self.review_cost is not None and self.amount is None:
            raise FathomError(
                phrase("What a review costs is weighed against amounts, and no column of amounts is named."),
                remedy=phrase("Name it: --amount COLUMN"),
            )
        if self.label_delay is not None and self.time is None:
            raise FathomError(
                phrase("When labels arrive can only be kept to where it is known when rows were."),
                remedy=phrase("Name the column of times: --time COLUMN."),
            )
        if self.label_delay is not None and self.group is not None:
            raise FathomError(
                phrase("--label-delay is not kept to where rows stay together by '{group}'.", group=self.group),
                where="--label-delay",
                remedy=phrase("Leave --group or --label-delay out."),
            )
        if self.alerts is not None:
            check_alerts(self.alerts)
        if self.label_delay is not None:
            seconds_of(self.label_delay)

    def _of_series(self) -> dict[str, Any]:
        return {
            "horizon": self.horizon,
            "series": list(self.series),
            "known": list(self.known),
            "holidays": self.holidays,
            "season": self.season,
            "step": self.step,
        }

    def settings(self, location: str, contenders: Sequence[Contender]) -> dict[str, Any]:
        """The request as plain JSON data, own objects by name."""
        return {
            "data": location,
            "predict": self.predict,
            "task": self.task,
            "minutes": self.minutes,
            "learners": None if self.learners is None else [each.name for each in contenders],
            "test": str(self.test) if isinstance(self.test, str | Path) else None if self.test is None else "TEST",
            "group": self.group,
            "time": self.time,
            "drop": list(self.drop),
            "kinds": {column: str(kind) for column, kind in (self.kinds or {}).items()},
            "name": self.name,
            "seed": self.seed,
            "device": self.device,
            "measure": self.measure,
            "margin": self.margin,
            "curves": self.curves,
            "price_per_hour": self.price_per_hour,
            "pretrain": None if self.pretrain is None else str(self.pretrain),
            "from": None if self.backbone is None else str(self.backbone),
            "far": self.far,
            "by": self.by,
            "entity": list(self.entity),
            "amount": self.amount,
            "review_cost": self.review_cost,
            "label_delay": self.label_delay,
            "alerts": None if self.alerts is None else str(self.alerts),
            **{name: value for name, value in self._of_series().items() if value},
            "gazetteers": {
                label: str(names) if isinstance(names, str | Path) else FILE
                for label, names in (self.gazetteers or {}).items()
            },
        }
