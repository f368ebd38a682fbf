import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fathom.errors import StoreError
from fathom.names import check_name, name_from

STEPS = ("..", "%2e%2e", "%252e%252e", "..%2f", "․․", "．．", ".", "~", "C:", "\\\\server\\share", "con", "NUL.txt")
TARGETS = ("etc/passwd", "windows\\system32", "x", "%2fetc%2fpasswd", "", " ", "\0", "x\n", "a:b", "a/../../b")
HOSTILE = [f"{step}{mark}{target}" for step, mark, target in itertools.product(STEPS, ("/", "\\"), TARGETS)]


def test_hostile_names_are_refused():
    assert len(HOSTILE) >= 200
    for name in HOSTILE:
        with pytest.raises(StoreError):
            check_name(name)


@pytest.mark.parametrize(
    "name",
    ["", ".", "..", "-rf", ".hidden", "a/b", "a\\b", "com1", "LPT9.model", "x.", "a b", "é" * 99, "‥", "a\u202eb"],
)
def test_what_cannot_be_a_folder_everywhere_is_no_name(name):
    with pytest.raises(StoreError):
        check_name(name)


@pytest.mark.parametrize("name", ["digits", "sales-2024", "판매", "v1.2_final", "7"])
def test_plain_names_pass_in_any_script(name):
    assert check_name(name) == name


@given(st.text(max_size=200))
def test_any_text_makes_a_name(text):
    name = name_from(text)
    assert check_name(name) == name
