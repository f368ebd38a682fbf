import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fathom.errors import FathomError
from fathom.records import dates
from fathom.records.record import Form, shapes
from fathom.records.shapes import email, iban
from fathom.records.shapes import given as pattern
from fathom.tasks.predictions import Entity, Spans

TEXT = "김민수 고객님 (04524) 2024년 3월 1일, 02-2123-4567, kim@Example.com, DE89 3704 0044 0532 0130 00"


def record(text, entities=(), labels=(), patterns=(), region="KR"):
    return Form(tuple(labels), shapes(patterns, region)).frame([text], Spans.of([entities])).row(0, named=True)


def test_known_shapes_in_one_text():
    row = record(TEXT)
    assert row["postal_code"] == "04524"
    assert row["date"] == "2024-03-01"
    assert row["phone"] == "+82221234567"
    assert row["email"] == "kim@example.com"
    assert row["iban"] == "DE89370400440532013000"
    assert all(row[f"{name}_valid"] for name in ("postal_code", "date", "phone", "email", "iban"))


def test_what_was_learned_stands_beside_them():
    found = [Entity(0, 1, "김", "last_name", 0.9), Entity(1, 3, "민수", "first_name", 0.9)]
    row = record(TEXT, found, ("first_name", "last_name"))
    assert (row["last_name"], row["first_name"], row["phone"]) == ("김", "민수", "+82221234567")
    assert "first_name_valid" not in row


def test_a_learned_date_is_written_as_others_are():
    text = "on the 3rd of May we met on 3 May 2024"
    row = record(text, [Entity(28, 38, "3 May 2024", "date", 0.8)], ("date",))
    assert (row["date"], row["date_valid"]) == ("2024-05-03", True)


def test_a_learned_entity_holds_against_a_weak_shape_and_not_against_a_strong_one():
    text = "12345 Ashford, kim@example.com"
    row = record(text, [Entity(0, 5, "12345", "order", 0.9), Entity(15, 18, "kim", "name", 0.9)], ("order", "name"))
    assert row["order"] == "12345"
    assert row["postal_code"] is None
    assert row["email"] == "kim@example.com"
    assert row["name"] is None


def test_a_strong_shape_with_a_wrong_check_digit_holds_against_what_was_learned_inside_it():
    text = "IBAN DE89 3704 0044 0532 0130 01"
    row = record(text, [Entity(10, 14, "3704", "postal_code", 0.9)], ("postal_code",))
    assert (row["iban"], row["iban_valid"]) == ("DE89370400440532013001", False)
    assert row["postal_code"] is None


@pytest.mark.parametrize(("start", "end"), [(5, 32), (0, 14), (0, 32)])
def test_a_strong_shape_with_a_wrong_check_digit_yields_to_what_was_learned_around_it(start, end):
    text = "IBAN DE89 3704 0044 0532 0130 01"
    row = record(text, [Entity(start, end, text[start:end], "order", 0.9)], ("order",))
    assert row["order"] == text[start:end]
    assert row["iban"] is None


def test_a_pattern_of_the_person_holds_inside_an_account_number_that_cannot_be():
    row = record("lot KX12 3456 7890", patterns=[r"lot=\d{4} \d{4}"])
    assert (row["lot"], row["iban"]) == ("3456 7890", None)


def test_several_values_and_one_that_cannot_be():
    row = record("2024-03-01 and 2024-02-30 and 2024-03-01")
    assert row["date"] == "2024-03-01; 2024-02-30"
    assert row["date_valid"] is False


def test_patterns_of_the_person():
    row = record("send KX-1234 now", patterns=[r"product_id=[A-Z]{2}-\d{4}"])
    assert (row["product_id"], row["product_id_valid"]) == ("KX-1234", True)
    mine = record("02-2123-4567", patterns=[r"phone=\d{2}-\d{4}-\d{4}"])
    assert mine["phone"] == "02-2123-4567"


@pytest.mark.parametrize("written", ["x", "=a", "two words=a", "x=[", "x="])
def test_patterns_that_are_none(written):
    with pytest.raises(FathomError) as raised:
        pattern(written)
    assert raised.value.remedy


def test_a_region_that_is_none():
    with pytest.raises(FathomError, match="XX"):
        shapes((), "XX")


def test_texts_without_anything_give_empty_columns():
    form = Form(("city",), shapes())
    frame = form.frame([None, ""], Spans.of([[], []]))
    assert frame.schema["city"] == pl.String
    assert frame.schema["iban_valid"] == pl.Boolean
    assert frame.null_count().sum_horizontal()[0] == 2 * frame.width


@settings(deadline=None)
@given(st.dates())
def test_every_day_is_read_as_it_was_written(day):
    for written in (f"{day.year:04}-{day:%m-%d}", f"{day.year:04}년 {day.month}월 {day.day}일"):
        assert dates.normal(written) == (day.isoformat(), True)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("계약일 2026. 3. 5. 체결", "2026-03-05"),
        ("2026. 12. 31", "2026-12-31"),
        ("2026. 3. 5, 서울", "2026-03-05"),
        ("2026.3.5에 만나요", "2026-03-05"),
        ("2026. 3. 5.에 만나요", "2026-03-05"),
        ("on 2026.3.5 we met", "2026-03-05"),
        ("26.03.05 발송", "2026-03-05"),
        ("98.03.05.", "1998-03-05"),
        ("98년 3월 5일", "1998-03-05"),
        ("am 5. März 2026", "2026-03-05"),
        ("am 5 Dezember 2026", "2026-12-05"),
    ],
)
def test_dates_as_people_write_them(text, day):
    row = record(text)
    assert (row["date"], row["date_valid"]) == (day, True)


@pytest.mark.parametrize("region", ["KR", "DE"])
@pytest.mark.parametrize(
    "text",
    [
        "26.13.05",
        "v26.03.05",
        "10.12.11.1",
        "1.10.12.11",
        "26.03.051",
        "26.03.05-2",
        "3.5",
        "12.50.99",
        "2026. 3 apples",
        "2026. 3. 50",
        "1000. 3. 5.",
        "2026. 3. 5.5 kg",
        "1,234,567",
    ],
)
def test_numbers_that_are_no_dates(text, region):
    assert record(text, region=region)["date"] is None


def test_short_years_stand_first_only_in_korea():
    assert record("26.03.05", region="DE")["date"] is None
    assert dates.normal("05.03.26") == ("2026-03-05", True)


@pytest.mark.parametrize(
    "text",
    [
        "(우)06236 서울",
        "(우) 06236",
        "우편번호 06236",
        "우편번호:06236입니다",
        "서울 강남구 테헤란로 152, 06236",
        "테헤란로 152 (역삼동), 06236",
        "postal code 06236",
        "Postal code: 06236.",
        "zip code 06236",
    ],
)
def test_postal_codes_as_people_write_them(text):
    row = record(text)
    assert (row["postal_code"], row["postal_code_valid"]) == ("06236", True)


@pytest.mark.parametrize(
    "text",
    [
        "06236",
        "주문 06236",
        "우편번호 062361",
        "테헤란로 152, 06236원",
        "152, 06236",
        "테헤란로 152, 96236",
        "code 06236",
    ],
)
def test_numbers_that_are_no_postal_codes(text):
    assert record(text)["postal_code"] is None


@pytest.mark.parametrize(
    ("number", "valid"),
    [
        ("GB82 WEST 1234 5698 7654 32", True),
        ("GB82 WEST 1234 5698 7654 33", False),
        ("FR14 2004 1010 0505 0001 3M02 606", True),
        ("DE8937040044053201300", False),
        ("XX00", False),
    ],
)
def test_check_digits(number, valid):
    assert iban(number)[1] is valid


@settings(deadline=None)
@given(st.text())
def test_no_text_breaks_a_shape(text):
    form = Form((), shapes())
    for found in form.found(text, []):
        assert 0 <= found.start < found.end <= len(text)
    email(text)
