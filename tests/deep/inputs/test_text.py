"""Texts become the numbers of their pieces."""

from __future__ import annotations

import copy
import json

import polars as pl
import pytest

from fathom.data.dataset import Dataset
from fathom.data.kinds import Column, Kind
from fathom.deep.inputs.text import CHARACTERS, MASK, PADDING, SEPARATOR, SPECIAL, UNKNOWN, Pieces, TextInputs
from fathom.tasks.problem import Problem

ENGLISH = ["A quiet, patient film.", "loud and LONG and loud", "Nothing happens; twice!"] * 20
KOREAN = ["정말 재미있었어요", "재미없고 지루했어요 ㅠㅠ", "배우들의 연기가 정말 좋았다"] * 20


def dataset(**columns):
    kinds = {"price": Kind.NUMBER, "color": Kind.CATEGORY}
    frame = pl.DataFrame(columns)
    return Dataset(frame, tuple(Column(name, kinds.get(name, Kind.TEXT)) for name in frame.columns))


def posed(data):
    return Problem("text-classification", "label", data.columns, ("no", "yes"))


def fitted(data, **options):
    return TextInputs.fit(posed(data), data, **options)


def test_pieces_are_the_same_every_time():
    assert Pieces.learn(ENGLISH + KOREAN) == Pieces.learn(ENGLISH + KOREAN)


def test_case_and_unicode_forms_make_no_difference():
    pieces = Pieces.learn(ENGLISH + KOREAN)
    assert pieces.codes(["A QUIET  film"]) == pieces.codes(["ａ quiet\n film "])
    decomposed = "정말"
    assert pieces.codes([decomposed]) == pieces.codes(["정말"])


def test_frequent_words_are_one_piece_and_strange_ones_several():
    pieces = Pieces.learn(KOREAN)
    assert [pieces.names[code] for code in pieces.codes(["정말"])[0]] == ["▁정말"]
    assert len(pieces.codes(["정지"])[0]) > 1


@pytest.mark.parametrize("text", ["", "   ", "😀🏽‍♀️", "مرحبا", "\x00\x01", "𓀀", "a" * 100_000])
def test_any_text_passes(text):
    inputs = fitted(dataset(text=ENGLISH))
    found = inputs.tensors(dataset(text=[text]))[0]
    assert found.shape == (1, 1, inputs.length)
    assert found[0, 0, 0] != PADDING
    assert found.max() < len(inputs.pieces)


def test_a_missing_text_is_one_unknown_piece():
    inputs = fitted(dataset(text=ENGLISH))
    found = inputs.tensors(dataset(text=pl.Series([None, ""], dtype=pl.String)))[0]
    assert found[:, 0, 0].tolist() == [UNKNOWN, UNKNOWN]
    assert not found[..., 1:].any()


def test_nearly_all_rows_are_kept_whole_and_none_is_endless():
    texts = ["word " * 9] * 97 + ["word " * 5_000] * 3
    inputs = fitted(dataset(text=texts), longest=50)
    assert inputs.length == 50
    assert fitted(dataset(text=["word " * 9] * 99 + ["word " * 5_000])).length == 9


def test_what_is_beyond_the_length_is_not_looked_at():
    inputs = fitted(dataset(text=ENGLISH))
    long = "a quiet film " * 1_000
    cut = long[: CHARACTERS * inputs.length]
    assert inputs.tensors(dataset(text=[long]))[0].equal(inputs.tensors(dataset(text=[cut]))[0])


def test_several_texts_are_joined_and_columns_beside_them_go_in():
    count = len(ENGLISH)
    data = dataset(
        title=["A film", "A song", "Nothing"] * 20,
        text=ENGLISH,
        price=[1.0, None, 3.0] * 20,
        color=["red", "blue"] * 30,
    )
    inputs = fitted(data)
    pieces, numbers, codes = inputs.tensors(data)
    assert pieces.shape == (count, 1, inputs.length)
    assert ((pieces == SEPARATOR).sum(dim=2) == 1).all()
    assert numbers.shape == (count, 2)  # and whether it is missing
    assert codes.shape == (count, 1)
    assert [each.shape[1:] for each in inputs.blank()] == [each.shape[1:] for each in (pieces, numbers, codes)]


def test_a_text_may_be_taken_apart_more_than_once_into_ever_smaller_pieces():
    data = dataset(text=ENGLISH + KOREAN)
    inputs = fitted(data, grains=3)
    counts = (inputs.tensors(data)[0] != PADDING).sum(dim=2).float().mean(dim=0)
    assert counts[0] < counts[1] < counts[2]
    again = TextInputs.from_json(inputs.to_json())
    assert again.tensors(data)[0].equal(inputs.tensors(data)[0])
    assert [each.shape[1:] for each in inputs.blank()] == [each.shape[1:] for each in inputs.tensors(data)]


def test_what_was_described_is_the_same():
    data = dataset(text=ENGLISH + KOREAN, price=[1.0, 2.0] * 60)
    inputs = fitted(data)
    again = TextInputs.from_json(json.loads(json.dumps(inputs.to_json())))
    assert again == inputs
    assert all(one.equal(other) for one, other in zip(again.tensors(data), inputs.tensors(data), strict=True))


def spoiled(change):
    described = copy.deepcopy(fitted(dataset(text=ENGLISH)).to_json())
    change(described)
    return described


@pytest.mark.parametrize(
    "change",
    [
        lambda data: data["pieces"]["merges"].append([0, 10**9]),
        lambda data: data["pieces"]["merges"].append([5, 5]),
        lambda data: data["pieces"]["merges"].append(["a", "b"]),
        lambda data: data["pieces"]["names"].__setitem__(0, "other"),
        lambda data: data["pieces"]["names"].append(data["pieces"]["names"][-1]),
        lambda data: data["pieces"].update(names=["a"] * 300_000),
        lambda data: data.update(lengths=[10**12]),
        lambda data: data.update(lengths=[5, 5]),
        lambda data: data.update(grains=99),
        lambda data: data.update(columns=[], lengths=[]),
    ],
)
def test_a_hostile_description_is_refused(change):
    with pytest.raises(ValueError):
        TextInputs.from_json(spoiled(change))


def test_special_pieces_have_their_places():
    pieces = Pieces.learn(ENGLISH)
    assert pieces.names[: len(SPECIAL)] == SPECIAL
    assert (SPECIAL[PADDING], SPECIAL[MASK]) == ("[PAD]", "[MASK]")
    assert MASK not in pieces.codes(["[MASK] [PAD]"])[0][1:]
