"""Local times without a zone: the hour that is twice in autumn and the one that never is in spring, told by name."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

import fathom
from fathom.data.series.clocks import changes
from fathom.tasks.forecasting import amended

AUTUMN = {
    "Europe/Berlin": "2023-10-29 02:00",
    "Europe/London": "2023-10-29 01:00",
    "Europe/Helsinki": "2023-10-29 03:00",
}
AUTUMN |= {"America/New_York": "2023-11-05 01:00", "Australia/Sydney": "2023-04-02 02:00"}
AUTUMN |= {"Pacific/Auckland": "2023-04-02 02:00"}
SPRING = {
    "Europe/Berlin": "2023-03-26 02:00",
    "Europe/London": "2023-03-26 01:00",
    "Europe/Helsinki": "2023-03-26 03:00",
}
SPRING |= {"America/New_York": "2023-03-12 02:00", "Australia/Sydney": "2023-10-01 02:00"}
SPRING |= {"Pacific/Auckland": "2023-09-24 02:00"}


def local(zone: str, start: str, end: str, step: str = "1h") -> pl.DataFrame:
    """A load by the clocks of a place, their zone left out."""
    bounds = [pl.lit(each).str.to_datetime("%Y-%m-%d", time_unit="us") for each in (start, end)]
    whole = pl.select(at=pl.datetime_range(*bounds, step, time_zone="UTC"))
    at = whole["at"].dt.convert_time_zone(zone).dt.replace_time_zone(None)
    noise = np.random.default_rng(0).normal(size=len(at))
    return pl.DataFrame({"at": at, "load": 50 + 10 * np.sin(2 * np.pi * np.arange(len(at)) / 24) + noise})


def told(data: pl.DataFrame, **asked: object) -> dict[str, str]:
    """What `check` found, of what matters here by its first words."""
    found = fathom.check(data, "load", time="at", horizon=24, **asked).findings
    said = {}
    for each in found:
        for name, mark in (("clocks", "summer time"), ("doubled", "with another"), ("gaps", "have no value")):
            if mark in each.what or (name == "doubled" and "with others" in each.what):
                said[name] = each.what
    return said


def written(hours: tuple[object, ...]) -> list[str]:
    return [f"{hour:%Y-%m-%d %H:%M}" for hour in hours]


@pytest.mark.parametrize("zone", AUTUMN)
def test_each_place_has_its_own_sundays(zone: str) -> None:
    at = local(zone, "2023-01-15", "2023-12-15")["at"]
    found = changes(pl.Series([""] * len(at)), at, "1h")
    assert (written(found.twice), written(found.never)) == ([AUTUMN[zone]], [SPRING[zone]])


def test_a_doubled_and_a_missing_hour_are_told_by_name_and_nothing_else_is() -> None:
    said = told(local("Europe/Berlin", "2022-06-01", "2023-12-01"))
    assert list(said) == ["clocks"]
    twice, never = said["clocks"].split(";")
    assert "2022-10-30 02:00, 2023-10-29 02:00" in twice
    assert "2023-03-26 02:00" in never


def test_quarters_of_an_hour_and_one_autumn_are_enough() -> None:
    said = told(local("Europe/Berlin", "2024-09-20", "2024-11-20", "15m"))
    assert list(said) == ["clocks"]
    assert "2024-10-27 02:00" in said["clocks"]
    assert "never" not in said["clocks"]


def test_where_doubled_hours_were_taken_out_the_missing_ones_tell() -> None:
    said = told(local("Europe/Berlin", "2022-02-01", "2023-05-01").unique("at", keep="first", maintain_order=True))
    assert list(said) == ["clocks"]
    assert "never were, and were filled: 2022-03-27 02:00, 2023-03-26 02:00" in said["clocks"]


def test_other_gaps_and_doubled_rows_are_counted_without_those_of_the_clock() -> None:
    data = local("Europe/Berlin", "2023-01-15", "2023-12-15")
    odd = pl.concat([data[:100], data[102:], data[500:501]])
    said = told(odd)
    assert said["doubled"].startswith("1 row shares")
    assert said["gaps"].startswith("2 of ")
    assert "in 1 series" in said["gaps"]
    assert "2023-10-29 02:00" in said["clocks"]


def test_of_many_series_all_keep_the_clock() -> None:
    one = local("Europe/Berlin", "2023-03-01", "2023-04-20")
    both = pl.concat([one.with_columns(mill=pl.lit(name)) for name in ("a", "b")])
    assert list(told(both, series=["mill"])) == ["clocks"]
    whole = local("UTC", "2023-03-01", "2023-04-20").with_columns(mill=pl.lit("c"))
    some = told(
        pl.concat([both, whole, *(whole.with_columns(mill=pl.lit(f"d{n}")) for n in range(3))]), series=["mill"]
    )
    assert list(some) == ["gaps"]


def test_chance_is_not_taken_for_a_clock() -> None:
    data = local("UTC", "2022-06-01", "2023-12-01")
    assert told(data) == {}
    assert list(told(local("Asia/Seoul", "2023-01-01", "2023-12-01"))) == []
    random = np.random.default_rng(1)
    gappy = data.filter(pl.Series(random.uniform(size=len(data)) > 0.02))
    assert list(told(gappy)) == ["gaps"]
    again = pl.concat([data, data.filter(pl.Series(random.uniform(size=len(data)) < 0.01))])
    assert list(told(again)) == ["doubled"]
    tuesday = data.filter(pl.col("at") != pl.datetime(2023, 3, 28, 2))
    assert list(told(tuesday)) == ["gaps"]


@pytest.mark.parametrize("step", ["1d", "2h", "1i", "1mo"])
def test_longer_steps_tell_nothing(step: str) -> None:
    at = local("Europe/Berlin", "2023-01-15", "2023-12-15")["at"]
    assert len(changes(pl.Series([""] * len(at)), at, step)) == 0


def test_new_rows_are_told_of_their_clocks_too(tmp_path) -> None:
    data = local("Europe/Berlin", "2023-09-01", "2023-11-20")
    study = fathom.compare(
        data, "load", time="at", horizon=24, learners=["baseline"], curves=False, minutes=1, store=tmp_path
    )
    assert any("summer time" in each.what for each in study.findings)
    assert any("2023-10-29 02:00" in each.what for each in amended(data, study.best.problem))
