"""Frauds as a task: what is refused and told, which rows train, and that nothing looks ahead."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl
import pytest

from fathom.data.check import check
from fathom.data.events import look
from fathom.data.events.events import Events
from fathom.data.events.parts import parts_of_events, seconds_of
from fathom.data.read import read
from fathom.data.split import split
from fathom.errors import DataError, FathomError
from fathom.protocol.posing import posed
from fathom.protocol.prepare import prepare
from fathom.protocol.request import Request
from fathom.tasks.budget import Budget, a_day
from fathom.tasks.fraud_detection import TASK
from fathom.tasks.problem import Problem

EVENTS = Events(entities=("card",), time="at", amount="paid")


def table(rows=300, frauds=30, **columns):
    random = np.random.default_rng(0)
    rare = np.zeros(rows, dtype=int)
    rare[np.linspace(0, rows - 1, frauds).astype(int)] = 1 if frauds else 0
    made = {
        "card": random.choice(["a", "b", "c"], rows).tolist(),
        "at": [datetime(2024, 1, 1) + timedelta(hours=each) for each in range(rows)],
        "paid": random.lognormal(3, 1, rows),
        "fraud": rare,
    }
    return read(pl.DataFrame({**made, **columns}))


def problem_of(data, **events):
    return replace(TASK.pose(data, "fraud"), events=replace(EVENTS, **events), time="at")


def said(findings):
    return " ".join(each.what for each in findings if each.level != "ok")


@pytest.mark.parametrize("frauds", [0, 1, 2])
def test_too_few_frauds_are_refused(frauds):
    with pytest.raises(DataError) as refused:
        TASK.pose(table(frauds=frauds), "fraud")
    assert refused.value.remedy


def test_one_in_a_million_is_refused_too():
    rare = np.zeros(1_000_000, dtype=int)
    rare[77] = 1
    with pytest.raises(DataError, match="1,000,000 rows, 1 are"):
        TASK.pose(read(pl.DataFrame({"x": np.arange(1e6) % 7, "fraud": rare})), "fraud")


def test_more_labels_are_another_task():
    with pytest.raises(DataError, match="two labels"):
        TASK.pose(table(fraud=["a", "b", "c"] * 100), "fraud")


def test_the_rarer_label_stands_second():
    assert TASK.pose(table(), "fraud").classes == ("0", "1")
    assert TASK.pose(table(fraud=["fine"] * 20 + ["usual"] * 280), "fraud").classes == ("usual", "fine")


def test_rows_whose_labels_come_late_are_left_out_and_told():
    data = table()
    ready, problem, _ = TASK.ready(data, problem_of(data, delay=24 * 3_600.0))
    rows = split(ready, problem, seed=0)
    first = ready["at"].gather(rows.test).min()
    learned = ready["at"].gather(np.concatenate([rows.train, rows.valid])).max()
    assert first - learned > timedelta(hours=24)
    assert len(rows.train) + len(rows.valid) + len(rows.test) == 300 - 24
    assert "24 rows are not trained on" in said(check(ready, problem, rows))


def test_a_part_without_frauds_begins_earlier_and_it_is_told():
    data = table(fraud=[1] * 9 + [0] * 141 + [1] * 3 + [0] * 147)
    ready, problem, _ = TASK.ready(data, problem_of(data))
    rows = split(ready, problem, seed=0)
    truth = problem.truth(ready)
    assert all((truth[part] == 1).any() for part in (rows.train, rows.valid, rows.test))
    assert "for later there is none" in said(check(ready, problem, rows))


def test_nothing_left_to_train_is_refused():
    rare = np.zeros(100, dtype=bool)
    rare[[97, 98, 99]] = True
    with pytest.raises(DataError, match="No fraud is left"):
        parts_of_events(np.arange(100.0), rare, 0.0, test=0.2, valid=0.2)


def test_odd_events_are_counted_and_told():
    ahead = datetime.now(UTC).replace(tzinfo=None) + timedelta(days=900)
    data = table()
    frame = data.frame.with_row_index()
    frame = frame.with_columns(
        paid=pl.when(pl.col("index") < 4).then(-5.0).otherwise(pl.col("paid")),
        at=pl.when(pl.col("index") == 9)
        .then(pl.lit(ahead))
        .when(pl.col("index") == 11)
        .then(None)
        .otherwise(pl.col("at")),
        card=pl.when(pl.col("index") < 2).then(None).otherwise(pl.col("card")),
    ).drop("index")
    odd = read(pl.concat([frame, frame[20:22]]))
    _, _, findings = TASK.ready(odd, problem_of(odd))
    told = said(findings)
    for words in ("4 amounts are below zero", "1 event lies in the future", "1 event has no time", "2 events name none",
                  "2 rows have time, amount"):  # fmt: skip
        assert words in told


@pytest.mark.parametrize(
    "wrong", [{"time": "paid"}, {"amount": "card"}, {"entities": ("at",)}, {"entities": ("fraud",)}]
)
def test_columns_that_cannot_be_what_they_are_named_as_are_refused(wrong):
    data = table()
    with pytest.raises(DataError):
        TASK.ready(data, problem_of(data, **wrong))


def test_likely_entities_are_proposed():
    data = table(customer_id=[f"u{each % 40}" for each in range(300)])
    assert "customer_id" in said(look.looked(data, Events(time="at"), "fraud"))
    assert "customer_id" not in said(look.looked(data, EVENTS, "fraud"))


def test_features_do_not_hang_on_labels_or_on_later_rows():
    data = table()
    ready, problem, _ = TASK.ready(data, problem_of(data))
    inputs = [column.name for column in problem.inputs]
    assert not {"card", "at", "fraud"} & set(inputs)
    turned = read(data.frame.with_columns(fraud=1 - pl.col("fraud").cast(pl.Int64)))
    assert TASK.ready(turned, problem_of(turned))[0].frame.select(inputs).equals(ready.frame.select(inputs))
    early = data.take(range(200))
    again, _, _ = TASK.ready(early, problem_of(early))
    made = [name for name in inputs if name in again.names]
    assert again.frame.select(made).equals(ready.frame.select(made).head(200))
    assert Problem.from_json(problem.to_json()) == problem


def test_a_day_has_its_alerts():
    data = table()
    settled = TASK.settle(problem_of(data, alerts=6.0), data)
    assert settled.events.budget == pytest.approx(6 / 24, rel=0.02)
    with pytest.raises(DataError, match="alerts"):
        TASK.settle(replace(problem_of(data, alerts=6.0), events=Events(alerts=6.0)), data)


def test_requests_that_cannot_be_are_refused():
    for wrong in ({"review_cost": -1.0, "amount": "paid"}, {"review_cost": 1.0}, {"label_delay": "3d"},
                  {"label_delay": "soon", "time": "at"}):  # fmt: skip
        with pytest.raises(FathomError):
            Request("data", "fraud", **wrong).check()
    with pytest.raises(FathomError, match="is for frauds"):
        posed(table(), Request("data", "fraud", "tabular-classification", entity=["card"]))
    assert seconds_of("2w") == 2 * 7 * 86_400


def test_a_share_of_the_rows_is_no_budget_of_alerts_and_the_remedy_says_so():
    with pytest.raises(FathomError) as refused:
        a_day("1%")
    assert "70 per week" in refused.value.remedy
    assert "share of the rows up to half" not in refused.value.remedy
    assert Budget.of(1e-05).count == 1e-05


def test_a_delay_of_labels_is_refused_where_groups_stay_together():
    with pytest.raises(FathomError, match="where rows stay together"):
        Request("data", "fraud", time="at", group="card", label_delay="3d").check()


def test_labels_that_had_not_arrived_when_a_test_file_begins_are_not_learned_from():
    rows = table().frame
    asked = Request(rows[:240], "fraud", task="fraud-detection", time="at", test=rows[240:], label_delay="2d")
    made = prepare(asked, lambda _: None)
    learned = len(made.train) + len(made.valid)
    assert learned == 240 - 48
    assert any("48 rows are not trained on" in each.what for each in made.findings)
    assert len(prepare(replace(asked, label_delay=None), lambda _: None).train) > len(made.train)


def test_rows_without_a_label_count_for_the_alerts_of_a_day():
    rows = table().frame.with_columns(fraud=pl.when(pl.int_range(pl.len()) % 10 < 5).then("fraud").otherwise(None))
    rows = rows.with_columns(fraud=pl.when(pl.int_range(pl.len()) % 20 == 1).then(1).otherwise(pl.col("fraud")))
    asked = Request(rows, "fraud", task="fraud-detection", time="at", alerts="6")
    assert prepare(asked, lambda _: None).problem.events.budget == pytest.approx(6 / 24, rel=0.05)
