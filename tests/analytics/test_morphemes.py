"""Korean words by their morphemes, where the library is there; without it by particles and endings, which is said."""

from types import SimpleNamespace

import pytest

from fathom.analytics import morphemes
from fathom.analytics.endings import stems

TOLD = {  # what a morphological analysis says of these words
    "보험료가": [("보험료", "NNG"), ("가", "JKS")],
    "인증번호": [("인증", "NNG"), ("번호", "NNG")],
    "남깁니다": [("남기", "VV"), ("ᆸ니다", "EF")],
    "들어요": [("듣", "VV-I"), ("어요", "EF")],
    "아주": [("아주", "MAG")],
}


class Kiwi:
    def __init__(self, num_workers):
        assert num_workers == 1

    def tokenize(self, texts):
        return [[SimpleNamespace(form=form, tag=tag) for form, tag in TOLD[text]] for text in texts]


def test_nouns_are_joined_and_verbs_get_their_form(monkeypatch):
    monkeypatch.setattr("fathom.catalog.load", lambda path: Kiwi)
    found = morphemes.by_morphemes([*TOLD, "claims", "claim"])
    assert found == {
        "보험료가": "보험료",
        "인증번호": "인증번호",
        "남깁니다": "남기다",
        "들어요": "듣다",
        "아주": "아주",
        "claims": "claim",
        "claim": "claim",
    }


@pytest.mark.parametrize(("absent", "name"), [((), "kiwipiepy"), (("kiwipiepy",), "particles")])
def test_the_best_there_is(monkeypatch, absent, name):
    monkeypatch.setattr("fathom.catalog.missing", lambda extra: absent)
    assert morphemes.stemmer(["누수 피해입니다."])[1] == name
    assert morphemes.stemmer(["Water damage."]) == (stems, "")


def test_with_the_library_itself():
    pytest.importorskip("kiwipiepy")
    assert morphemes.by_morphemes(["보험료가", "청구했습니다"]) == {"보험료가": "보험료", "청구했습니다": "청구"}
