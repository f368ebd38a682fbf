"""Compare both families on one problem: the whole protocol, from a source of data to a verdict."""

from __future__ import annotations

import time as clock
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from fathom.data.kinds import Kind
from fathom.data.name_lists import Lists
from fathom.protocol.conduct import conduct
from fathom.protocol.contenders import Learners
from fathom.protocol.progress import Listener, silent
from fathom.protocol.request import Request
from fathom.protocol.schedule import Schedule
from fathom.protocol.study import Study
from fathom.store import Store
from fathom.tasks.identities import FAR


def compare(
    data: Any,
    predict: str | None = None,
    *,
    task: str | None = None,
    minutes: float = 5.0,
    learners: Learners = None,
    test: Any = None,
    group: str | None = None,
    time: str | None = None,
    drop: Sequence[str] = (),
    kinds: Mapping[str, str | Kind] | None = None,
    name: str | None = None,
    seed: int = 0,
    device: str = "auto",
    measure: str | None = None,
    margin: float | None = None,
    curves: bool = True,
    price_per_hour: float | None = None,
    pretrain: Path | str | None = None,
    backbone: Path | str | None = None,
    gazetteers: Lists | None = None,
    far: float = FAR,
    by: str | None = None,
    entity: Sequence[str] = (),
    amount: str | None = None,
    review_cost: float | None = None,
    label_delay: str | None = None,
    alerts: str | float | None = None,
    horizon: int | None = None,
    series: Sequence[str] = (),
    known: Sequence[str] = (),
    holidays: str | None = None,
    season: int | None = None,
    step: str | None = None,
    store: Store | Path | str | None = None,
    started: float | None = None,
    progress: Listener | None = None,
) -> Study:
    """Train classical and deep contenders on `data`, test them on rows that none has seen, and draw a verdict.

    `data` is whatever `fathom.read` reads, `predict` the column to predict; the task follows from the kinds of
    columns unless it is given. `minutes` limits the whole, counted from `started` (a reading of `time.monotonic()`;
    None: now). `learners` names contenders or brings own scikit-learn estimators and torch modules (None: all that
    fit). `test` is a source of test rows of its own; else a share of `data` is held out: whole groups of `group`,
    the latest rows by `time`. `drop` and `kinds` leave columns out or say what they hold. `margin` is the difference
    that would matter (points for measures in percent). `curves`: whether contenders learn samples of the rows too, so
    that the study can say what more rows would change. `price_per_hour` is what this machine costs, for the study to
    tell the price of a training and of a million predictions. `pretrain` names texts without labels for networks to
    learn from first: a column of `data`, a text file or a folder of them. `backbone` is a trained network to start
    from, a folder or a name on the hub: with it, `pretrained` is a contender. `gazetteers` are names that you know, by
    list: texts, or a text file with one on each line; learners of entities that take them look for them. `far` is the
    share of strangers that may be taken for somebody known, and of pairs of two persons that may pass for one; `by` is
    a column for whose values the report tells errors apart. Of frauds, `entity` names the columns whose earlier rows
    count (card, device, merchant), `amount` what a row moves, `review_cost` what looking at an alert costs, `alerts`
    how many a day there may be, `label_delay` how long a label takes to arrive ("30d"). Of anomalies `alerts` is
    "20 per day" or a share of the rows, and `predict` what is tested by and never learned from, or nothing: then
    anomalies are planted in the rows that test.

    `horizon` asks what comes next in series, so many steps ahead: `time` is their column of stamps then, `series` the
    columns that name them, `known` those that are known ahead, `holidays` the country whose holidays count ("KR");
    `season` (steps after which they repeat themselves) and `step` ("1d", "1w", "1mo") follow from the data. `test` is
    the stretch after them. The study and the winning model are kept in `store`.

    Interrupted (Ctrl-C), it draws the verdict from what is there; called again with the same data and settings
    it goes on where it was. FathomError for a person's mistake; a contender that fails is a line in the result.
    """
    request = Request(
        data,
        predict,
        task=task,
        minutes=minutes,
        learners=learners,
        test=test,
        group=group,
        time=time,
        drop=drop,
        kinds=kinds,
        name=name,
        seed=seed,
        device=device,
        measure=measure,
        margin=margin,
        curves=curves,
        price_per_hour=price_per_hour,
        pretrain=pretrain,
        backbone=backbone,
        gazetteers=gazetteers,
        far=far,
        by=by,
        entity=tuple(entity),
        amount=amount,
        review_cost=review_cost,
        label_delay=label_delay,
        alerts=alerts,
        horizon=horizon,
        series=series,
        known=known,
        holidays=holidays,
        season=season,
        step=step,
    )
    schedule = Schedule(60.0 * minutes, clock.monotonic() if started is None else started)
    return conduct(request, store if isinstance(store, Store) else Store(store), schedule, progress or silent)
