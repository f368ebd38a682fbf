"""Words: stop words out, inflections together, Korean particles off, whatever letters come."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fathom.analytics.corpus import Corpus
from fathom.analytics.endings import agrees, bare, nominal, stems
from fathom.analytics.words import WORD, frequencies, words


@pytest.mark.parametrize(
    ("form", "others", "stem"),
    [
        ("보험료를", [], "보험료"),
        ("보험료가", [], "보험료"),
        ("고양이", ["고양이가", "고양이를"], "고양이"),
        ("신용평가", ["신용평가를"], "신용평가"),
        ("효과", ["효과가"], "효과"),
        ("사과", ["사과를"], "사과"),
        ("도로", ["도로가"], "도로"),
        ("물이", ["물을", "물은"], "물"),
        ("물이", [], "물이"),
        ("청구했습니다", [], "청구"),
        ("확인하고", ["확인합니다"], "확인"),
        ("병원에서는", [], "병원"),
        ("길로", ["길로는"], "길로"),
        ("claims", [], "claim"),
        ("flies", ["fly"], "fly"),
        ("stopped", ["stop"], "stop"),
        ("during", ["dur"], "dur"),
        ("king", [], "king"),
        ("bus", [], "bus"),
        ("analysis", [], "analysis"),
        ("glass", [], "glass"),
        ("مرحبا", [], "مرحبا"),
    ],
)
def test_stems(form, others, stem):
    assert stems([form, *others])[form] == stem


def test_particles_follow_the_last_letter():
    assert agrees("책", "을")
    assert not agrees("책", "를")
    assert agrees("서울", "로")
    assert not agrees("서울", "으로")


def test_only_nouns_make_phrases():
    assert nominal("보험료")
    assert not nominal("남깁니다")
    assert not nominal("올리면")
    assert bare("보험료", "보험료")
    assert not bare("물이", "물이")


def test_what_says_something():
    found = words(["The claims of the customers were paid on 2024-05-01. 고객이 청구를 접수했습니다."])
    assert dict(frequencies(found)) == {"claims": 1, "customers": 1, "paid": 1, "고객이": 1, "청구": 1, "접수": 1}


def test_a_word_of_most_documents_tells_none_apart():
    texts = [f"policy number {word}" for word in ("water", "car", "parcel", "invoice", "password") for _ in range(6)]
    found = words(texts)
    assert "policy" not in frequencies(found)
    assert frequencies(found)["water"] == 6


def test_where_all_say_the_same_it_is_what_they_say():
    assert frequencies(words(["water pipe burst"] * 30)) == {"water": 30, "pipe": 30, "burst": 30}


@given(st.lists(st.text(max_size=80), max_size=6))
def test_words_stand_where_they_are_said_to(texts):
    found = words(texts)
    for document, start, end, form in zip(found.document, found.start, found.end, found.form, strict=True):
        said = texts[document][start:end]
        assert found.forms[form] in (said, said.lower())
    assert len(found.form) == sum(len(WORD.findall(each)) for each in texts) or any("İ" in each for each in texts)


@given(st.lists(st.text(max_size=80), max_size=6))
def test_a_corpus_of_anything(texts):
    corpus = Corpus.of(texts)
    assert corpus.counts.shape[0] == len(texts)
    assert corpus.sentence_counts.shape[0] == len(corpus.sentence_document)
    lengths = np.sqrt(np.asarray(corpus.weights.multiply(corpus.weights).sum(axis=1))).ravel()
    assert ((lengths == 0) | np.isclose(lengths, 1)).all()
    inside = (corpus.sentence_start[corpus.sentence_of] <= corpus.words.start) & (
        corpus.words.end <= corpus.sentence_end[corpus.sentence_of]
    )
    assert inside.all() or not len(inside)
