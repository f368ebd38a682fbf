"""Near-duplicates: all that were planted, no others, and nothing that takes a square of the documents."""

import random
import time

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from fathom.analytics.changes import changes
from fathom.analytics.duplicates import LEAST, SHINGLE, duplicates, hashed


def test_planted_copies_are_found_and_no_others(sample):
    frame, truth = sample
    found = {group.documents for group in duplicates(frame["document"].to_list())}
    assert found == {tuple(sorted((at, other))) for at, other in enumerate(truth.copy_of) if other >= 0}


def test_similarity_is_exact():
    one, other = "The burst pipe flooded the kitchen.", "The burst pipe flooded the cellars."
    runs = [{text[at : at + SHINGLE] for at in range(len(text) - SHINGLE + 1)} for text in (one.lower(), other.lower())]
    alike = len(runs[0] & runs[1]) / len(runs[0] | runs[1])
    (group,) = duplicates([one, other], least=0.5)
    assert group.similarity == alike


def test_blanks_and_case_make_no_difference():
    (group,) = duplicates(["A  short\ntext", "a short text", "another one"])
    assert group.documents == (0, 1)
    assert (group.similarity, group.equal) == (1.0, 2)


def test_short_texts_are_duplicates_only_when_equal():
    assert duplicates(["claim paid", "claim pay", "claim paid"])[0].documents == (0, 2)


def test_twenty_thousand_equal_documents_take_no_time():
    begun = time.perf_counter()
    (group,) = duplicates(["The same letter that everybody was sent on Monday."] * 20_000)
    assert len(group.documents) == 20_000
    assert time.perf_counter() - begun < 5


def test_many_that_are_nearly_equal():
    found = duplicates(
        [f"The same letter that everybody was sent, with the running number {at}." for at in range(3_000)]
    )
    assert sum(len(group.documents) for group in found) == 3_000


@given(st.lists(st.text(max_size=60), max_size=8))
def test_groups_are_disjoint_and_alike(texts):
    told = [at for group in duplicates(texts) for at in group.documents]
    assert len(told) == len(set(told))
    assert all(LEAST <= group.similarity <= 1 for group in duplicates(texts))


@given(st.lists(st.text(alphabet="abc 가나🙂", min_size=5, max_size=30), min_size=1, max_size=6))
def test_runs_end_with_their_text(texts):
    together, ends = hashed(texts)
    alone = [hashed([each])[0] for each in texts]
    assert ends.tolist() == np.cumsum([len(each) for each in alone]).tolist()
    assert (together == np.concatenate(alone)).all()


def test_recall_of_copies_with_some_words_changed():
    chance = random.Random(1)
    words = ["".join(chance.choices("bcdfgklmnprstaeiou", k=6)) for _ in range(500)]
    texts = [" ".join(chance.choices(words, k=80)) for _ in range(300)]
    for at in range(60):
        spoken = texts[at].split()
        for place in chance.sample(range(80), 4):
            spoken[place] = chance.choice(words)
        texts.append(" ".join(spoken))
    groups = {group.documents for group in duplicates(texts)}
    assert groups <= {(at, 300 + at) for at in range(60)}
    assert len(groups) >= 55


def test_what_differs_is_told(analysis):
    for group in analysis.duplicates:
        (change,) = group.changes
        assert change in (
            ("", "This is my second letter."),
            ("", "두 번째로 보내는 편지입니다."),
            ("This is my second letter.", ""),
        )


def test_equal_texts_differ_in_nothing():
    assert changes("a  b\nc", "a b c") == ("", "")
    assert len(changes("", "word " * 900)[1]) <= 160
