import polars as pl
import pytest

from fathom.data.read import read
from fathom.errors import DataError


def test_a_notebook_shows_kinds_and_first_rows_escaped():
    shown = read(pl.DataFrame({"<b>": ["<i>", "x", "<i>"] * 4, "size": [1.5, 2.5, 3.5] * 4}))._repr_html_()
    assert "12 rows" in shown
    assert "&lt;b&gt;: category" in shown
    assert "<i>" not in shown
    assert shown.count("<tr>") == 6


def test_a_wrong_name_suggests_the_nearest():
    with pytest.raises(DataError, match="Did you mean 'size'"):
        read({"size": [1.0, 2.0], "kind": ["a", "b"]}).column("sise")


def test_the_fingerprint_follows_values_and_names():
    one, same = read({"a": [1.0, 2.0]}), read({"a": [1.0, 2.0]})
    assert one.fingerprint() == same.fingerprint()
    assert one.fingerprint() != read({"a": [1.0, 3.0]}).fingerprint()
    assert one.fingerprint() != read({"b": [1.0, 2.0]}).fingerprint()
