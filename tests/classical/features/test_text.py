import re
import unicodedata
from collections import Counter

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fathom.classical.features import occurrences
from fathom.classical.features.characters import MOST_CHARACTERS, Characters
from fathom.classical.features.counting import Counting, merged
from fathom.classical.features.ngrams import grams
from fathom.classical.features.occurrences import Occurrences, portions
from fathom.classical.features.telling import Telling
from fathom.classical.features.text import Text
from fathom.classical.features.vocabulary import Vocabulary
from fathom.data.dataset import Dataset
from fathom.data.kinds import Column, Kind
from fathom.tasks.problem import Problem

INPUTS = (Column("said", Kind.TEXT), Column("stars", Kind.NUMBER), Column("shop", Kind.CATEGORY))
PROBLEM = Problem("text-classification", "liked", INPUTS, ("no", "yes"))
TEXTS = st.text(st.sampled_from("ab c'!?한글 😀\t\n\u200d가ＡÉ\x1f*"), max_size=14)


def tidy(text):
    """A text as `Characters` makes it, the slow way: between two spaces, with a class for each character."""
    text = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text[:MOST_CHARACTERS]).lower())
    text = "".join(each for each in text if unicodedata.category(each) != "Cf")
    text = "".join(" " if unicodedata.category(each)[0] in "ZC" else each for each in text)
    return f" {re.sub(' +', ' ', text).strip()} " if text.strip() else " "


def words(text):
    """Runs of letters and digits, or of signs, with where they stand."""
    marked = "".join("w" if unicodedata.category(each)[0] in "LNM" else " " if each == " " else "s" for each in text)
    marked = "".join(
        "w" if each == "'" and marked[at - 1 : at + 2] == "wsw" else marked[at] for at, each in enumerate(text)
    )
    return [match.span() for match in re.finditer("w+|s+", marked)]


def apart(some):
    """Words with one space between any two, whether there was one or none; those at the ends stay."""
    spaced = " ".join(some[start:end] for start, end in words(some))
    return " " * some.startswith(" ") + spaced + " " * some.endswith(" ")


def reference(texts):
    """All n-grams of some texts, the slow way: (row, inside a word, what it reads)."""
    found = Counter()
    for row, text in enumerate(map(tidy, texts)):
        spans = words(text)
        for size in (1, 2, 3):
            for at in range(len(spans) - size + 1):
                found[row, False, apart(text[spans[at][0] : spans[at + size - 1][1]])] += 1
        if spans:
            found[row, False, apart(text[: spans[0][1]])] += 1
            found[row, False, apart(text[spans[-1][0] :])] += 1
        if len(spans) > 1:
            found[row, False, apart(text[: spans[1][1]])] += 1
        for size in range(1, 6):
            for at in range(len(text) - size + 1):
                run = text[at : at + size]
                if " " not in run[1:-1] and run.strip() and not (size > 2 and run[0] == run[-1] == " "):
                    found[row, True, run] += 1
    return found


@given(st.lists(TEXTS, max_size=6))
def test_n_grams_are_those_that_a_slow_look_finds(texts):
    characters = Characters.of(texts)
    found, read = Counter(), {}
    for each in grams(characters):
        for row, start, end, value in zip(each.rows, each.starts, each.ends, each.hashes, strict=True):
            gram = characters.whole[start:end] if each.inside else apart(characters.whole[start:end])
            found[int(row), each.inside, gram] += 1
            assert read.setdefault(int(value), (each.inside, gram)) == (each.inside, gram)  # no two share a hash
    assert found == reference(texts)
    assert len(set(read.values())) == len(read)  # and none has two


@given(st.lists(TEXTS, min_size=1, max_size=6))
def test_occurrences_are_counted(texts):
    found = Occurrences.of(Characters.of(texts))
    assert (np.diff(found.hashes.astype(np.int64)) >= 0).all()
    assert Counter(found.counts.tolist()) == Counter(reference(texts).values())


@given(st.lists(TEXTS, min_size=1, max_size=8))
def test_a_row_is_described_alike_alone_and_among_others(texts):
    vocabulary = Vocabulary.learn(pl.Series(["a b", "b c!", "한글 a", *texts], dtype=pl.String))
    whole = vocabulary.matrix(pl.Series(texts, dtype=pl.String))
    assert len(set(vocabulary.names)) == len(vocabulary.names) == len(vocabulary.hashes)
    assert np.isfinite(whole.data).all()
    for row, text in enumerate(texts):
        alone = vocabulary.matrix(pl.Series([text], dtype=pl.String))
        assert (whole[row] != alone).nnz == 0


def test_words_and_characters_weigh_alike():
    vocabulary = Vocabulary.learn(pl.Series(["a good film", "a bad film", "good"]))
    matrix = vocabulary.matrix(pl.Series(["a good good film", "unheard"])).toarray()
    for part in (matrix[0, : vocabulary.words], matrix[0, vocabulary.words :]):
        assert np.linalg.norm(part) == pytest.approx(1.0, abs=1e-6)
    assert "good film" in vocabulary.names[: vocabulary.words]
    assert {"^ good", "good $", "goo*", "*oo*", "film"} <= set(vocabulary.names)


def test_what_breaks_other_readers_does_not_break_this_one():
    wild = [None, "", "   ", "\ud800 half", "a" * (2 * MOST_CHARACTERS), "مرحبا \u202eabc", "👍🏽❤️\u200d🔥", "\x1f\x00"]
    characters = Characters.of(wild)
    assert len(characters.whole) == len(characters.codes) == len(characters.rows)
    assert characters.rows.max() <= len(wild)
    assert "half" in characters.whole
    vocabulary = Vocabulary.learn(pl.Series(["good", "good 👍", *["x"] * 3]))
    assert vocabulary.matrix(pl.Series([None, "", "good"], dtype=pl.String)).sum(axis=1)[:2].sum() == 0


def test_letters_of_any_width_and_height_are_alike():
    vocabulary = Vocabulary.learn(pl.Series(["good", "bad"]))
    same = vocabulary.matrix(pl.Series(["good", "ＧＯＯＤ", " Good \n"])).toarray()
    assert (same[0] == same[1]).all()
    assert (same[0] == same[2]).all()


def test_portions_hold_all_texts_once(monkeypatch):
    texts = pl.Series([f"text number {at}" for at in range(500)])
    whole = Vocabulary.learn(texts).matrix(texts)
    monkeypatch.setattr(occurrences, "PORTION", 300)
    assert [text for _, some in portions(texts) for text in some] == texts.to_list()
    assert max(len(some) for _, some in portions(texts)) < 40
    assert (Vocabulary.learn(texts).matrix(texts) != whole).nnz == 0


def test_of_many_texts_the_n_grams_of_one_alone_are_dropped():
    texts = pl.Series([*["a good film"] * 200, "zebra"])
    names = Vocabulary.learn(texts).names
    assert "good" in names
    assert "zebra" not in names
    assert len(Vocabulary.learn(texts, most=5).hashes) <= 5


def test_counts_beyond_16_bits_are_merged():
    one = (np.array([7], np.uint64), np.array([200_000]))
    hashes, counts = merged([one, one, (np.array([9], np.uint64), np.array([1]))])
    assert (hashes.tolist(), counts.tolist()) == ([7, 9], [400_000, 1])


def test_the_rarest_are_forgotten_where_there_are_too_many():
    counting = Counting(most=50)
    for at in range(30):
        counting.add(Occurrences.of(Characters.of([f"word{at} again", "again"])))
    hashes, counts = counting.table()
    assert counts.max() == 60
    assert len(hashes) < 500


@pytest.fixture
def rows():
    frame = pl.DataFrame(
        {
            "said": ["good film", "bad film", None, "good!"] * 10,
            "stars": [5.0, 1.0, None, 4.0] * 10,
            "shop": ["x", "y", None, "x"] * 10,
            "liked": ["yes", "no", "no", "yes"] * 10,
        }
    )
    return Dataset(frame, (*INPUTS, Column("liked", Kind.CATEGORY)))


def test_columns_beside_the_text_are_told_too(rows):
    text = Text.learn(PROBLEM, rows)
    assert text.names[-1] == "shop = missing"
    assert {"said: good", "stars"} <= set(text.names)
    assert text.matrix(rows).shape == (40, text.width) == (40, len(text.names))
    again = Text.restored(text.to_json(), text.arrays())
    assert (again.matrix(rows) != text.matrix(rows)).nnz == 0
    assert again.names == text.names


def test_trees_are_told_what_tells_most(rows):
    telling = Telling.learn(PROBLEM, rows, most=12)
    assert len(telling.names) == 12 + 2
    assert "said: good" in telling.names
    assert "said: film" not in telling.names
    assert telling.names[telling.categorical[0]] == "shop"
    assert np.isnan(telling.matrix(rows).toarray()[2, -2:]).all()
    again = Telling.restored(telling.to_json(), telling.arrays())
    assert np.array_equal(again.matrix(rows).toarray(), telling.matrix(rows).toarray(), equal_nan=True)


def test_texts_that_say_nothing_leave_no_feature():
    empty = Dataset(pl.DataFrame({"said": ["", None]}, schema={"said": pl.String}), INPUTS[:1])
    text = Text.learn(Problem("text-classification", "liked", INPUTS[:1], ("no", "yes")), empty)
    assert text.names == ["nothing"]
    assert text.matrix(empty).shape == (2, 1)


def test_names_that_do_not_fit_the_n_grams_are_refused(rows):
    text = Text.learn(PROBLEM, rows)
    arrays = text.arrays()
    with pytest.raises(ValueError, match="differ in number"):
        Text.restored(text.to_json(), arrays | {"rarity.0": arrays["rarity.0"][:-1]})
