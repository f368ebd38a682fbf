"""Kinds of columns: what real columns are taken for, why, and that nothing odd breaks it."""

import datetime

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fathom.data.conform import conform
from fathom.data.infer import infer, typed
from fathom.data.kinds import Kind
from fathom.data.read import read
from fathom.errors import DataError


def column(values, name="x"):
    return infer(pl.DataFrame({name: values}, strict=False), None)[0]


def of(values, name="x"):
    frame = pl.DataFrame({name: values}, strict=False)
    columns = infer(frame, None)
    return columns[0], typed(frame, columns, "")[name].to_list()


NUMBERS = {
    "plain": (["1", "2.5", "-3e2"], [1.0, 2.5, -300.0]),
    "spaces": ([" 1 ", "2", "3"], [1.0, 2.0, 3.0]),
    "thousands": (["1,234", "12,345.5", "7"], [1234.0, 12345.5, 7.0]),
    "decimal comma": (["1,5", "2,25", "1.234,5"], [1.5, 2.25, 1234.5]),
    "spaced thousands": (["1 234", "12 345,5", "7,0"], [1234.0, 12345.5, 7.0]),
    "apostrophes": (["1'234.5", "7"], [1234.5, 7.0]),
    "percent": (["12 %", "3.5%", "7%"], [12.0, 3.5, 7.0]),
    "won": (["₩12,000", "₩ 3,500", "700"], [12000.0, 3500.0, 700.0]),
    "원": (["12,000원", "3,500 원", "700원"], [12000.0, 3500.0, 700.0]),
    "dollars": (["$1,200.50", "$3", "-$4"], [1200.5, 3.0, -4.0]),
    "euros": (["12,50 €", "3,99 €", "1.000,00 €"], [12.5, 3.99, 1000.0]),
    "accounting": (["(1,200)", "3", "4"], [-1200.0, 3.0, 4.0]),
    "minus sign": (["−3", "4", "5"], [-3.0, 4.0, 5.0]),
    "units": (["70 kg", "65kg", "1,080 kg"], [70.0, 65.0, 1080.0]),
    "units with a comma": (["1,5 m²", "2,25 m²", "3 m²"], [1.5, 2.25, 3.0]),
    "units in Korean": (["3 킬로", "12 킬로", "7 킬로"], [3.0, 12.0, 7.0]),
    "question marks": (["1", "?", "3"], [1.0, None, 3.0]),
    "markers": (["1", "NA", "-", "n/a", "none", "#DIV/0!", "", "3"], [1.0, *[None] * 6, 3.0]),
    "infinite": (["1", "2", "3", "4", "5", "6", "7", "8", "9", "inf"], [*map(float, range(1, 10)), None]),
}


@pytest.mark.parametrize("name", NUMBERS)
def test_numbers_as_text(name):
    values, numbers = NUMBERS[name]
    found, stored = of(values)
    assert found.kind == Kind.NUMBER
    assert stored == numbers
    assert found.low == min(value for value in numbers if value is not None)


TIMES = {
    "2024-03-01": ["2024-03-01", "2023-12-31", "2024-01-15"],
    "slashes": ["2024/03/01", "2023/12/31", "2024/01/15"],
    "dots": ["2024.03.01", "2023.12.31", "2024.01.15"],
    "korean dots": ["2024. 3. 1.", "2023. 12. 31.", "2024. 1. 15."],
    "korean": ["2024년 3월 1일", "2023년 12월 31일", "2024년 1월 15일"],
    "german": ["01.03.2024", "31.12.2023", "15.01.2024"],
    "british": ["01/03/2024", "31/12/2023", "15/01/2024"],
    "american": ["03/01/2024", "12/31/2023", "01/15/2024"],
    "short year": ["01/03/24", "31/12/23", "15/01/24"],
    "names": ["1 Mar 2024", "31 Dec 2023", "15 Jan 2024"],
    "long names": ["March 1, 2024", "December 31, 2023", "January 15, 2024"],
    "digits": ["20240301", "20231231", "20240115"],
    "iso": ["2024-03-01T00:00:00", "2023-12-31T00:00:00", "2024-01-15T00:00:00"],
    "zulu": ["2024-03-01T00:00:00Z", "2023-12-31T00:00:00.000Z", "2024-01-15T00:00:00Z"],
    "seoul": ["2024-03-01T09:00:00+09:00", "2023-12-31T09:00:00+09:00", "2024-01-15T09:00:00+09:00"],
    "clock": ["2024-03-01 00:00", "2023-12-31 00:00", "2024-01-15 00:00"],
    "korean clock": ["2024-03-01 오전 12:00", "2023-12-31 오전 12:00", "2024-01-15 오전 12:00"],
}


@pytest.mark.parametrize("name", TIMES)
def test_times(name):
    found, stored = of(TIMES[name])
    assert found.kind == Kind.TIME, found
    assert stored == [datetime.datetime(2024, 3, 1), datetime.datetime(2023, 12, 31), datetime.datetime(2024, 1, 15)]
    assert TIMES[name][0] in found.reason


def test_the_order_of_day_and_month_is_said_where_nothing_tells():
    assert "day first" in column(["01/02/2024", "03/04/2024"]).reason


KINDS = {
    "labels": (["red", "blue", "red", "?"], Kind.CATEGORY, ""),
    "yes and no": (["yes", "no", "yes"], Kind.CATEGORY, ""),
    "booleans": ([True, False, None], Kind.CATEGORY, ""),
    "integers": ([1, 2, 3], Kind.NUMBER, ""),
    "postal codes": (["01234", "04567", "10115"] * 10, Kind.CATEGORY, ""),
    "ranges": (["1", "2", "3+"] * 10, Kind.CATEGORY, ""),
    "ages with units": (["3 years", "7 years", "new"], Kind.CATEGORY, ""),
    "vehicles": (["1 vehicle", "2 vehicles", "3 vehicles"], Kind.CATEGORY, ""),
    "labels with letters": (["1a", "2a", "3a"] * 10, Kind.CATEGORY, ""),
    "empty": ([None, None], Kind.CATEGORY, "empty"),
    "only markers": (["?", "NA", ""], Kind.CATEGORY, "empty"),
    "constant": (["a", "a", "a"], Kind.CATEGORY, "constant"),
    "constant number": ([7, 7, 7], Kind.NUMBER, "constant"),
    "codes": ([f"A-{i}" for i in range(40)], Kind.CATEGORY, "identifier"),
    "reviews": ([f"a film that number {i} of us liked" for i in range(40)], Kind.TEXT, ""),
    "long labels": (["a rather long label of six words", "another rather long label of words"] * 40, Kind.CATEGORY, ""),
    "dates": ([datetime.date(2024, 1, 1), None], Kind.TIME, ""),
    "durations": ([datetime.timedelta(hours=1), datetime.timedelta(hours=2)], Kind.NUMBER, ""),
    "lists": ([[1, 2], [3]], Kind.TEXT, "nested values"),
    "pictures that are not there": (["a.png", "b.png"], Kind.IMAGE, "files not found"),
}


@pytest.mark.parametrize("name", KINDS)
def test_kinds(name):
    values, kind, ignored = KINDS[name]
    found = column(values)
    assert (found.kind, found.ignored) == (kind, ignored)
    assert found.reason


@pytest.mark.parametrize("name", ["id", "customer_id", "CustomerID", "고객번호", "Unnamed: 0", "index", "PolicyNumber"])
def test_running_numbers_with_a_telling_name_are_identifiers(name):
    assert column(list(range(1000, 1100)), name).ignored == "identifier"
    assert column([str(value) for value in range(1000, 1100)], name).ignored == "identifier"
    assert column([value // 5 for value in range(100)], name).ignored == ""


@pytest.mark.parametrize("name", ["price", "paid", "humid", "width", "x"])
def test_running_numbers_without_one_are_numbers(name):
    assert column(list(range(1000, 1100)), name).ignored == ""


def test_slips_are_missing_and_told():
    values = [str(value) for value in range(40)] + ["12O"]
    data = read({"size": values})
    assert data.column("size").kind == Kind.NUMBER
    assert data["size"][40] is None
    assert "'12O' in row 41" in data.source.notices[0]


def test_yes_and_no_are_explained():
    assert column(["yes", "no", "yes"]).reason == "yes or no, written no and yes"
    assert column(["예", "아니오", "예", "?"]).reason.startswith("yes or no")


def test_categories_by_frequency():
    found = column(["b", "c", "c", "a", "b", "c", None])
    assert found.categories == ("c", "b", "a")
    assert found.missing == pytest.approx(1 / 7)


def test_overrides():
    frame = {"code": ["1", "2", "3"], "label": ["x", "y", "z"], "day": ["1/2/2024", "x", "y"]}
    data = read(frame, kinds={"code": "category", "day": Kind.TIME})
    assert data.column("code").kind == Kind.CATEGORY
    assert data["code"].to_list() == ["1", "2", "3"]
    assert data["day"].to_list() == [datetime.datetime(2024, 2, 1), None, None]
    assert read(data, kinds={"code": "number"})["code"].to_list() == [1.0, 2.0, 3.0]
    with pytest.raises(DataError, match="Not one value of 'label'"):
        read(frame, kinds={"label": "number"})
    with pytest.raises(DataError, match="no column 'lable'") as caught:
        read(frame, kinds={"lable": "number"})
    assert "'label'" in caught.value.remedy
    with pytest.raises(DataError, match="no kind 'integer'"):
        read(frame, kinds={"label": "integer"})


def test_an_override_brings_an_identifier_back():
    ids = {"id": list(range(100))}
    assert read(ids).column("id").ignored == "identifier"
    assert read(ids, kinds={"id": "number"}).column("id").ignored == ""


values = st.one_of(
    st.none(),
    st.text(max_size=12),
    st.sampled_from(
        ["?", "NA", "1,5", "1.234,5", "12 %", "2024-01-05", "1/2/24", "a.png", "01", "true", "inf", "20240101"]
    ),
    st.integers(-(2**70), 2**70).map(str),
    st.floats().map(str),
)
frames = st.lists(values, min_size=1, max_size=30).map(
    lambda cells: pl.DataFrame({"x": pl.Series(cells, dtype=pl.String)})
)
numeric = (pl.Int8, pl.UInt64, pl.Float32, pl.Decimal(10, 2))
temporal = (pl.Date, pl.Datetime("ns"), pl.Datetime("ms", "Asia/Seoul"), pl.Duration, pl.Time)
other = (pl.Boolean, pl.String, pl.Categorical, pl.Binary, pl.List(pl.Int64), pl.Struct({"a": pl.Int64}), pl.Null)
storages = st.sampled_from((*numeric, *temporal, *other))


@settings(max_examples=300, deadline=None)
@given(frame=frames)
def test_any_texts_are_inferred_and_typing_is_settled(frame):
    columns = infer(frame, None)
    stored = typed(frame, columns, "")
    assert stored.columns == frame.columns
    assert all(found.reason for found in columns)
    assert typed(stored, columns, "").equals(stored)
    if columns[0].kind != Kind.IMAGE:
        assert conform(stored, columns).equals(stored)
    again = infer(frame, None)
    assert again == columns


@settings(max_examples=60, deadline=None)
@given(storage=storages, rows=st.integers(0, 4), seed=st.integers(0, 9))
def test_any_storage_is_inferred(storage, rows, seed):
    example = pl.Series("x", [None] * rows, dtype=storage)
    if storage.is_numeric() and rows:
        example = pl.Series("x", np.random.default_rng(seed).integers(0, 100, rows)).cast(storage)
    frame = example.to_frame()
    columns = infer(frame, None)
    assert typed(frame, columns, "").height == rows


def test_whole_numbers_as_labels_lose_their_point():
    assert read({"x": [1.0, 2.0, None]}, kinds={"x": "category"})["x"].to_list() == ["1", "2", None]
