"""Forecasting: tables of series become windows, nothing looks ahead, and what is odd is mended, told or refused."""

from __future__ import annotations

import datetime

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fathom.data.conform import conform
from fathom.data.series.asked import Asked
from fathom.data.series.windowed import PART
from fathom.data.series.windows import HISTORY, KNOWN, ORIGIN, PAST, SERIES, stretches
from fathom.errors import DataError, FathomError
from fathom.protocol.prepare import prepare
from fathom.protocol.progress import silent
from fathom.protocol.request import Request
from fathom.tasks.forecasting import arrange

DAYS = 140


def days(count=DAYS, start="2024-01-01"):
    return [str(np.datetime64(start) + day) for day in range(count)]


def table(count=DAYS, series=("a", "b"), seed=0):
    """Daily values with a week and noise, one row a series and day."""
    random = np.random.default_rng(seed)
    rows = []
    for place, name in enumerate(series):
        values = 20 + 10 * place + 5 * np.sin(2 * np.pi * np.arange(count) / 7) + random.normal(0, 1, count)
        rows.append(pl.DataFrame({"shop": [name] * count, "day": days(count), "sold": values.round(3)}))
    return pl.concat(rows)


def prepared(data, predict="sold", horizon=7, **asked):
    return prepare(Request(data, predict, horizon=horizon, **asked), silent)


def told(found, words):
    return [each for each in found.findings if words in each.what]


def test_windows_train_validate_and_test_in_this_order():
    found = prepared(table())
    assert found.problem.horizon.season == 7
    assert found.problem.horizon.series == ("shop",)
    last = found.train[ORIGIN].max()
    assert last < found.valid[ORIGIN].min() < found.test[ORIGIN].min()
    assert "sold" not in found.test.names
    assert len(told(found, "all series are cut at the same moments")) == 1


def test_training_windows_follow_one_another():
    origins = prepared(table()).train.frame.filter(pl.col(SERIES) == "a")[ORIGIN].sort()
    assert set(origins.diff().drop_nulls().dt.total_days().to_list()) == {7}


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**6), st.floats(-1e6, 1e6))
def test_what_comes_after_the_cut_changes_nothing_that_is_learned(seed, value):
    """Whatever is fitted before the cut (fillings, seasons, roles, windows) is the same, whatever comes after it."""
    plain = table(seed=3).with_columns((pl.col("sold") * 2).alias("visits"))
    first = prepared(plain)
    cut = first.test[ORIGIN].min()
    late = pl.col("day").str.to_datetime() > cut
    chance = np.random.default_rng(seed).normal(0, 1, plain.height) * value
    changed = plain.with_columns(pl.when(late).then(pl.lit(pl.Series(chance))).otherwise("sold").alias("sold"))
    changed = changed.with_columns(pl.when(late).then(0.0).otherwise("visits").alias("visits"))
    second = prepared(changed)
    assert first.train.frame.equals(second.train.frame)
    assert first.valid.frame.equals(second.valid.frame)
    assert first.problem.horizon == second.problem.horizon
    earliest = pl.col(ORIGIN) == cut
    assert first.test.frame.filter(earliest).equals(second.test.frame.filter(earliest))


def test_gaps_are_filled_with_what_was_known_then():
    holed = table(series=("a",)).with_row_index("at").filter(~pl.col("at").is_in([50, 51, 120])).drop("at")
    found = prepared(holed)
    assert len(told(found, "3 of 140 steps have no value")) == 1
    full = table(series=("a",))["sold"].to_list()
    test = found.test.frame.row(-1, named=True)
    history = test[HISTORY]
    assert history[50 - (139 - 7 + 1 - len(history))] in full
    truth = found.problem.truth(found.truth)["future"]
    assert np.isnan(truth).sum() >= 1  # day 120 is nothing to be held to


@pytest.mark.parametrize("shift", [1, 3])
def test_a_past_column_that_runs_ahead_is_caught(shift):
    leak = table().with_columns(pl.col("sold").shift(-shift).over("shop").alias("orders"))
    found = told(prepared(leak), f"{shift} steps before they are there")
    assert [(each.level, each.columns) for each in found] == [("warning", ("orders",))]


def test_a_known_column_that_is_the_answer_is_caught():
    leak = table().with_columns((pl.col("sold") * 3 + 1).alias("plan"))
    assert told(prepared(leak, known=["plan"]), "said to be known ahead")
    assert not told(prepared(leak), "said to be known ahead")


def test_an_honest_column_is_no_leak():
    random = np.random.default_rng(1)
    honest = table().with_columns(
        pl.Series("rain", random.random(2 * DAYS)), pl.Series("price", random.random(2 * DAYS))
    )
    found = prepared(honest, known=["price"])
    assert found.problem.horizon.known == ("price",)
    assert found.problem.horizon.past == ("rain",)
    assert KNOWN + "price" in found.train.names
    assert PAST + "rain" in found.train.names
    assert not [each for each in found.findings if each.level == "warning"]


def test_roles_follow_from_the_values():
    wide = table().with_columns(
        pl.col("shop").replace({"a": "Seoul", "b": "Busan"}).alias("city"),
        (pl.int_range(pl.len()) % 2).cast(pl.String).replace({"0": "no", "1": "yes"}).alias("promo"),
    )
    found = prepared(wide, known=["promo"])
    assert found.problem.horizon.static == ("city",)
    assert set(found.train.frame[KNOWN + "promo"][0]) == {0.0, 1.0}


def test_holidays_are_known_ahead():
    pytest.importorskip("holidays")
    found = prepared(table(), holidays="kr")
    assert found.problem.horizon.known == ("holiday:KR",)
    row = found.train.frame.row(0, named=True)
    assert len(row[KNOWN + "holiday:KR"]) == len(row[HISTORY]) + 7
    with pytest.raises(FathomError, match="not known"):
        prepared(table(), holidays="XX")


def test_rows_in_any_order_doubled_and_without_a_time():
    odd = pl.concat([table(), table().head(3), table().head(1).with_columns(pl.lit(None, pl.String).alias("day"))])
    found = prepared(odd.sample(fraction=1.0, shuffle=True, seed=1), series=["shop"], time="day")
    assert told(found, "3 rows share their series and step")
    assert told(found, "1 row has no time")
    assert found.train.frame.equals(prepared(table()).train.frame)


def test_a_stamp_far_in_the_future_is_left_out():
    slip = table().with_columns(pl.col("day").replace({"2024-02-01": "2204-02-01"}))
    found = prepared(slip)
    assert told(found, "far from all others")
    assert found.test[ORIGIN].max().year == 2024


def test_summer_time_is_one_line_of_hours():
    utc = pl.datetime_range(pl.datetime(2024, 10, 20), pl.datetime(2024, 11, 10), "1h", time_zone="UTC", eager=True)
    local = utc.dt.convert_time_zone("Europe/Berlin").dt.strftime("%Y-%m-%dT%H:%M:%S%:z")
    frame = pl.DataFrame({"at": local, "load": np.sin(np.arange(len(utc)) * 2 * np.pi / 24) + 3})
    found = prepared(frame, "load", 12)
    assert found.problem.horizon.step == "1h"
    assert not told(found, "share their series and step")
    assert not told(found, "have no value")


def test_clocks_that_are_put_back_are_told():
    stamps = pl.datetime_range(pl.datetime(2024, 10, 20), pl.datetime(2024, 11, 10), "1h", time_zone="UTC", eager=True)
    local = stamps.dt.convert_time_zone("Europe/Berlin").dt.replace_time_zone(None).dt.strftime("%Y-%m-%d %H:%M")
    frame = pl.DataFrame({"at": local, "load": np.sin(np.arange(len(local)) * 2 * np.pi / 24) + 3})
    found = prepared(frame, "load", 12)
    assert told(found, "these hours are there twice, and the means of both were taken: 2024-10-27 02:00")
    assert not told(found, "shares its series and step")


def test_whole_numbers_count_steps():
    frame = pl.DataFrame({"week": np.arange(100, 400, 3), "sold": np.sin(np.arange(100.0)) + np.arange(100)})
    found = prepared(frame, horizon=4, time="week")
    assert found.problem.horizon.step == "3i"


def test_short_constant_and_gappy_series_are_told():
    odd = pl.concat(
        [
            table(),
            pl.DataFrame({"shop": ["c"] * DAYS, "day": days(), "sold": [4.0] * DAYS}),
            pl.DataFrame({"shop": ["d"] * 5, "day": days(5, "2024-05-15"), "sold": [1.0, 2.0, 3.0, 2.0, 1.0]}),
            pl.DataFrame({"shop": ["e"] * 5, "day": days()[::30][:5], "sold": [1.0, 2.0, 3.0, 2.0, 1.0]}),
            pl.DataFrame(
                {"shop": ["f"] * 5, "day": days(5), "sold": [None] * 5}, schema_overrides={"sold": pl.Float64}
            ),
        ]
    )
    found = prepared(odd)
    assert told(found, "1 series never changes")
    assert told(found, "1 series is too short")
    assert told(found, "1 series has a value at less than half")
    assert told(found, "1 series has no value at all")
    assert set(found.train[SERIES].unique()) == {"a", "b", "c"}


def checked(request):
    request.check()
    return prepare(request, silent)


@pytest.mark.parametrize(
    ("data", "asked", "words"),
    [
        (table(10), {}, "too few to train"),
        (table(), {"horizon": 100}, "too few to train"),
        (table(), {"horizon": 0}, "makes no sense"),
        (table(), {"season": 0}, "makes no sense"),
        (table(), {"step": "1 fortnight"}, "no step of time"),
        (table(), {"predict": "shop"}, "holds no numbers"),
        (table(), {"known": ["shopp"]}, "no column 'shopp'"),
        (table(), {"known": ["sold"]}, "is predicted"),
        (table().drop("day"), {}, "No column tells when"),
        (table().drop("shop"), {}, "no column tells the series apart"),
        (table().rename({"sold": "history"}), {"predict": "history"}, "cannot be called"),
        (table(1), {}, "nothing can be forecast"),
        (table(), {"task": "tabular-regression"}, "is for forecasts"),
    ],
    ids=lambda given: None if isinstance(given, pl.DataFrame) else str(given),
)
def test_what_cannot_be_is_said(data, asked, words):
    request = Request(data, **{"predict": "sold", "horizon": 7, **asked})
    with pytest.raises(FathomError, match=words) as raised:
        checked(request)
    assert raised.value.remedy


def test_a_wide_table_has_a_row_a_series():
    wide = pl.DataFrame(
        {"id": ["W1", "W2"], **{f"V{at}": [float(at % 5), float(at) if at < 60 else None] for at in range(80)}}
    )
    found = prepared(
        wide, "value", 5, test=pl.DataFrame({"id": ["W2", "W1"], **{f"V{at}": [1.0, 2.0] for at in range(5)}})
    )
    assert found.problem.horizon.step == "1i"
    assert len(found.test) == 2
    truth = dict(zip(found.test[SERIES], found.problem.truth(found.truth)["future"].tolist(), strict=True))
    assert truth == {"W1": [2.0] * 5, "W2": [1.0] * 5}
    histories = dict(zip(found.test[SERIES], found.test[HISTORY].to_list(), strict=True))
    assert histories["W2"][-1] == 59.0


def test_a_wide_table_has_a_column_a_series():
    wide = table().pivot(on="shop", index="day", values="sold").with_columns(pl.col("a").alias("c"))
    found = prepared(wide, "sold")
    assert set(found.train[SERIES]) == {"a", "b", "c"}
    assert told(found, "read as wide")


def test_a_slip_in_the_name_makes_no_table_wide():
    with pytest.raises(DataError, match="no column 'sodl'"):
        prepared(table().with_columns(pl.lit(1.0).alias("x"), pl.lit(2.0).alias("y")), "sodl")


def test_series_of_different_ends_are_cut_from_their_own():
    parts = [table(series=(name,)).head(DAYS - 9 * place) for place, name in enumerate("abc")]
    found = prepared(pl.concat(parts))
    assert told(found, "from its own end")
    for name in "abc":
        one = pl.col(SERIES) == name
        assert found.train.frame.filter(one)[ORIGIN].max() < found.test.frame.filter(one)[ORIGIN].min()


def test_the_part_of_each_window_is_named():
    found = prepared(table())
    assert set(found.dataset[PART].unique()) == {"train", "valid", "test"}


def test_ten_thousand_series_are_no_burden():
    random = np.random.default_rng(0)
    start = np.datetime64("2024-01-01", "us")
    stamps = np.tile(start + np.arange(100) * np.timedelta64(1, "D"), 2_000)
    frame = pl.DataFrame(
        {"item": np.repeat(np.arange(2_000), 100).astype(str), "day": stamps, "sold": random.random(200_000)}
    )
    found = prepared(frame, horizon=10, series=["item"])
    assert len(found.test) == 4_000
    assert found.train.frame.estimated_size() < 50e6


def test_asked_is_nothing_until_something_is_said():
    assert not Asked(time="day")
    assert Asked(ahead=3)


def of_months(day, names=("m",), count=60):
    """Values of each month, on this day, or on its last where it is shorter."""
    months = np.arange(np.datetime64("2018-01", "M"), np.datetime64("2018-01", "M") + count)
    stamps = np.minimum(months.astype("datetime64[D]") + (day - 1), (months + 1).astype("datetime64[D]") - 1)
    values = 10 + np.sin(np.arange(count) * np.pi / 6) + np.arange(count) * 0.01
    return pl.concat(
        pl.DataFrame({"shop": [name] * count, "day": stamps.astype(str), "sold": values}) for name in names
    )


def test_months_on_the_28th_are_one_stretch():
    found = prepared(of_months(28), horizon=1, series=["shop"])
    assert found.problem.horizon.day == 28
    assert len(stretches(found.train, found.problem)) == 1
    origin = np.array(["2022-02-28"], "datetime64[us]")
    assert found.problem.horizon.stamps(origin, 1, 2)[0].astype("M8[D]").astype(str).tolist() == [
        "2022-03-28",
        "2022-04-28",
    ]


def test_a_series_has_the_same_windows_alone_and_beside_others():
    ends, starts = of_months(31, ("ends",)), of_months(1, ("starts",))
    found = prepared(pl.concat([starts, ends]), horizon=3, series=["shop"])
    problem = found.problem
    alone, beside = (arrange(conform(rows, problem.given), problem) for rows in (ends, pl.concat([starts, ends])))
    assert alone.equals(beside.filter(pl.col(SERIES) == "ends"))
    assert str(alone[ORIGIN][0]) == "2022-12-31 00:00:00"


def zoned(every, count, zone, stored):
    """Times of a place with what came, as text with an offset, or stored with their zone."""
    begin = datetime.datetime(2024, 1, 1)
    end = begin + (count - 1) * datetime.timedelta(**{"1d": {"days": 1}, "1h": {"hours": 1}}[every])
    times = pl.datetime_range(begin, end, every, time_zone=zone, eager=True)
    frame = pl.DataFrame({"at": times, "load": np.sin(np.arange(count) * 2 * np.pi / 7) + 3})
    return frame if stored else frame.with_columns(pl.col("at").dt.strftime("%Y-%m-%dT%H:%M:%S%:z"))


@pytest.mark.parametrize("stored", [False, True], ids=["text", "stored"])
@pytest.mark.parametrize("zone", ["Asia/Seoul", "Europe/Berlin", "America/New_York"])
def test_days_of_a_zone_are_the_dates_that_are_written(zone, stored):
    pytest.importorskip("holidays")
    frame = zoned("1d", 250, zone, stored)
    found = prepared(frame, "load", 7, holidays="KR")
    assert (found.problem.horizon.step, len(told(found, "share"))) == ("1d", 0)
    origins = found.dataset[ORIGIN].dt
    assert origins.hour().unique().to_list() == [0]
    row = found.dataset.frame.row(-1, named=True)
    first = row[ORIGIN] + datetime.timedelta(days=8 - len(row["known:holiday:KR"]))
    free = [first + datetime.timedelta(days=day) for day, is_free in enumerate(row["known:holiday:KR"]) if is_free]
    assert datetime.datetime(2024, 8, 15) in free
    assert datetime.datetime(2024, 8, 16) not in free
    later = arrange(conform(frame.tail(30), found.problem.given), found.problem)  # a piece of it is read alike
    assert later[ORIGIN].to_list() == [datetime.datetime(2024, 9, 6)]


@pytest.mark.parametrize("stored", [False, True], ids=["text", "stored"])
def test_hours_of_one_offset_are_those_of_the_place(stored):
    found = prepared(zoned("1h", 400, "Asia/Seoul", stored), "load", 12)
    last = datetime.datetime(2024, 1, 1) + datetime.timedelta(hours=399 - 12)
    assert found.dataset[ORIGIN].max() == last
    others = arrange(conform(zoned("1h", 40, "UTC", stored), found.problem.given), found.problem)
    assert others[ORIGIN].to_list() == [datetime.datetime(2024, 1, 3)]  # 15:00 there


@pytest.mark.parametrize("measure", ["interval-coverage", "interval-coverage-80"])
def test_a_share_to_be_met_cannot_decide(measure):
    with pytest.raises(FathomError, match="widest intervals") as caught:
        prepared(table(), measure=measure)
    assert "quantile-loss" in caught.value.remedy
    assert "interval" not in caught.value.remedy
