"""Phrases: said in the language of the moment, and said again from a record in another."""

import copy
import json
import pickle
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from fathom.messages import (
    LANGUAGES,
    Phrase,
    again,
    choose,
    current,
    either,
    listed,
    phrase,
    plural,
    restore,
    stored,
    strung,
)


def test_the_locale_tells_the_language_unless_one_was_chosen(monkeypatch):
    monkeypatch.delenv("FATHOM_LANGUAGE")
    monkeypatch.setenv("LC_ALL", "")
    for locale, language in (("ko_KR.UTF-8", "ko"), ("ko", "ko"), ("de_DE.UTF-8", "en"), ("C", "en"), ("", "en")):
        monkeypatch.setenv("LANG", locale)
        assert current() == language, locale
    monkeypatch.setenv("LC_ALL", "en_US.UTF-8")
    monkeypatch.setenv("LANG", "ko_KR.UTF-8")
    assert current() == "en"
    monkeypatch.setenv("FATHOM_LANGUAGE", "ko")
    assert current() == "ko"


def test_a_language_is_chosen_for_this_process_and_those_that_it_starts(monkeypatch):
    monkeypatch.setenv("FATHOM_LANGUAGE", "en")
    assert phrase("There is no column '{name}'.", name="a") == "There is no column 'a'."
    choose("ko")
    assert phrase("There is no column '{name}'.", name="a") == "'a' 열이 없습니다."
    with pytest.raises(ValueError, match="fr"):
        choose("fr")
    assert set(LANGUAGES) == {"en", "ko"}


def test_a_phrase_is_a_text_like_any_other():
    said = phrase("There is no column '{name}'.", name="a")
    assert isinstance(said, str)
    assert json.loads(json.dumps({"error": said})) == {"error": "There is no column 'a'."}
    for twin in (copy.deepcopy(said), pickle.loads(pickle.dumps(said))):
        assert isinstance(twin, Phrase)
        assert (twin, twin.template, twin.values) == (said, said.template, said.values)


def test_values_become_plain_data():
    said = phrase("{name}: {count:,} rows", name=Path("a/b"), count=np.int64(1797))
    assert said == "a/b: 1,797 rows"
    assert json.loads(json.dumps(stored(said)))["values"] == {"name": "a/b", "count": 1797}
    assert "unprintable" not in str(phrase("error: {error}", error=ValueError("wide")))


def test_what_was_stored_in_one_language_is_restored_in_another(monkeypatch):
    within = phrase("column '{name}'", name="age")
    record = {"findings": [{"what": phrase("{where}, {place}", where="a.csv", place=within), "rows": [3]}], "n": None}
    kept = json.loads(json.dumps(stored(record)))
    assert restore(kept) == {"findings": [{"what": "a.csv, column 'age'", "rows": [3]}], "n": None}
    monkeypatch.setenv("FATHOM_LANGUAGE", "ko")
    assert restore(kept)["findings"][0]["what"] == "a.csv, 'age' 열"
    assert stored(restore(kept)) == kept


def test_a_constant_is_said_again_in_the_language_chosen_later(monkeypatch):
    constant = phrase("numbers")
    outer = {"said": "numbers", "list": again(constant)}
    monkeypatch.setenv("FATHOM_LANGUAGE", "ko")
    assert again(constant) == "수"
    assert phrase("{numbers} in {unit}", numbers=constant, unit="km") == "수(단위 km)"
    assert again("plain") == "plain"
    assert outer["list"] == "numbers"


@pytest.mark.parametrize(
    "template",
    ["{a:999999999}", "{a.__class__}", "{a[0]}", "{a!r}", "{b}", "{", "}", "{}", "{a:{b}}", "{a:.500f}"],
)
def test_a_record_may_only_show_its_values(template):
    """A study or model may come from elsewhere; its texts must neither fill the memory nor look into objects."""
    data = {"phrase": template, "values": {"a": 1.5}}
    assert restore(data) == data


@pytest.mark.parametrize("template", ["{a}", "{a:,}", "{a:.4g}", "{a:,.1f}", "{a:>9}", "{a:.0%}", "{a:02d}", "{{{a}}}"])
def test_the_formats_of_the_code_are_restored(template):
    assert restore({"phrase": template, "values": {"a": 7}}) == template.format(a=7)


def test_a_record_is_no_phrase_by_its_keys_alone():
    for data in ({"phrase": 3, "values": {}}, {"phrase": "a", "values": 3}, {"phrase": "a"}):
        assert restore(data) == data


def test_plurals_and_lists(monkeypatch):
    assert plural(1, "{count:,} different value", "{count:,} different values") == "1 different value"
    assert plural(0, "{count:,} different value", "{count:,} different values") == "0 different values"
    assert (listed("ab"), listed("abc"), either("abc"), either("a")) == ("a and b", "a, b and c", "a, b or c", "a")
    monkeypatch.setenv("FATHOM_LANGUAGE", "ko")
    assert plural(2, "{count:,} different value", "{count:,} different values") == "서로 다른 값 2개"
    assert (listed("abc"), either("ab")) == ("a, b 및 c", "a 또는 b")


def test_lists_of_phrases_can_be_said_again(monkeypatch):
    parts = [phrase("failed"), phrase("timed out"), "x"]
    kept = stored([listed(parts), strung(parts), strung([])])
    assert restore(kept) == ["failed, timed out and x", "failed; timed out; x", ""]
    monkeypatch.setenv("FATHOM_LANGUAGE", "ko")
    assert restore(kept) == ["실패, 시간 초과 및 x", "실패; 시간 초과; x", ""]


def test_english_reads_no_catalogue():
    """What most people speak must cost nothing: neither a file nor the library that would read it."""
    code = "import sys; from fathom.cli import main; main(['--help']); assert 'tomllib' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)
