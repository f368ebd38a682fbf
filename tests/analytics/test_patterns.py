"""Terms to review: inflected, misspelt, joined and parted ones are found; other words are not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fathom.analytics.corpus import Corpus
from fathom.analytics.patterns import hits, letters, slips
from fathom.analytics.terms import terms
from fathom.errors import DataError, MissingExtra

pytest.importorskip("rapidfuzz")


def found(text, *asked):
    return [(hit.form, hit.how) for hit in hits(Corpus.of([text]), terms(asked))]


@pytest.mark.parametrize(
    ("text", "term", "told"),
    [
        ("Pay in cash only.", "cash only", ("cash only", "exact")),
        ("Cash\nonly, please", "cash only", ("Cash\nonly", "exact")),
        ("Two receipts are missing", "receipt", ("receipts", "inflected")),
        ("He was threatening us", "threaten", ("threatening", "inflected")),
        ("the policies lapsed", "policy", ("policies", "inflected")),
        ("No reciept was kept", "receipt", ("reciept", "similar")),
        ("a nackdated invoice", "backdated invoice", ("nackdated invoice", "similar")),
        ("a backdatd invoice", "backdated invoice", ("backdatd invoice", "similar")),
        ("the fradulent claim", "fraudulent", ("fradulent", "similar")),
        ("영수증을 잃었다", "영수증", ("영수증을", "inflected")),
        ("영수증이었습니다만", "영수증", ("영수증이었습니다만", "inflected")),
        ("영숫증을 잃었다", "영수증", ("영숫증을", "similar")),
        ("허위청구를 했다", "허위 청구", ("허위청구를", "inflected")),
        ("허위 청구했습니다", "허위청구", ("허위 청구했습니다", "inflected")),
        ("허위청구서를 냈다", "허위청구", ("허위청구서를", "compound")),
        ("고의 사고였다는 소문", "고의사고", ("고의 사고였다는", "inflected")),
        ("정말 재미없었어요", "재미없다", ("재미없었어요", "inflected")),
        ("지루했지만 봤다", "지루하다", ("지루했지만", "inflected")),
        ("보험사기단이 잡혔다", "보험사기", ("보험사기단이", "compound")),
    ],
)
def test_terms_are_found(text, term, told):
    assert found(text, term) == [told]


@pytest.mark.parametrize(
    ("text", "term"),
    [
        ("The cash. Only then", "cash only"),  # two sentences
        ("only cash", "cash only"),
        ("cast off", "cash"),  # a short word one letter off is another word
        ("the deceit of it", "receipt"),
        ("a pound sterling", "found"),
        ("prefraud", "fraud"),
        ("영수와 만났다", "영수증"),
        ("사기로 했다", "고의 사고"),
        ("", "fraud"),
        ("🙂 שלום", "fraud"),
    ],
)
def test_other_words_are_not(text, term):
    assert found(text, term) == []


def test_planted_terms_are_all_found(sample, analysis):
    told = {(each.document.document, each.form) for each in analysis.reviews}
    asked = {(at, form) for at, forms in sample[1].reviewed.items() for form in forms}
    assert asked <= told
    assert all(each.sentence[each.start : each.end] == each.form for each in analysis.reviews)


def test_categories_and_places():
    corpus = Corpus.of(["Nothing here.", "We lost it. The receipt, I mean."])
    (hit,) = hits(corpus, terms({"receipt": "papers"}))
    assert (hit.category, hit.document, corpus.sentence(hit.sentence)) == ("papers", 1, "The receipt, I mean.")
    assert corpus.texts[1][hit.start : hit.end] == "receipt"


def test_slips_grow_with_the_word():
    assert [slips(word) for word in ("tax", "claim", "backdated", "사기", "영수증", "허위진단서")] == [0, 1, 2, 0, 1, 2]
    assert letters("값") != "값"


@given(st.text(max_size=60), st.lists(st.text(alphabet="abc가나 ", min_size=1, max_size=8), min_size=1, max_size=4))
def test_hits_stand_where_they_are_said_to(text, asked):
    asked = [each for each in asked if each.strip()]
    corpus = Corpus.of([text])
    for hit in hits(corpus, terms(asked)) if asked else []:
        assert corpus.texts[0][hit.start : hit.end] == hit.form
        assert 0 < hit.similarity <= 1


def test_a_file_of_terms(tmp_path):
    (tmp_path / "terms.csv").write_bytes("용어,갈래\n# 비고\n허위 청구,사기\n영수증\n\n".encode("cp949"))
    assert [(term.text, term.category) for term in terms(tmp_path / "terms.csv")] == [
        ("허위 청구", "사기"),
        ("영수증", ""),
    ]
    (tmp_path / "one.txt").write_text('"cash, only",payment\ncash   only\n', "utf-8-sig")
    assert [term.text for term in terms(tmp_path / "one.txt")] == ["cash, only"]


@pytest.mark.parametrize(("text", "what"), [("", "empty"), ("# nothing\n", "empty"), ("!!!,x\n", "holds no word")])
def test_a_list_without_words(tmp_path, text, what):
    (tmp_path / "terms.csv").write_text(text)
    with pytest.raises(DataError, match=what):
        terms(tmp_path / "terms.csv")


def test_a_list_that_is_not_there(tmp_path):
    with pytest.raises(DataError, match="no file"):
        terms(tmp_path / "terms.csv")


def test_without_the_library_it_says_what_is_missing(monkeypatch):
    monkeypatch.setattr("fathom.catalog.missing", lambda extra: ("rapidfuzz",))
    with pytest.raises(MissingExtra, match="rapidfuzz"):
        hits(Corpus.of(["a receipt"]), terms(["receipt"]))
