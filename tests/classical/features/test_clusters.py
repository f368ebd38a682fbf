from fathom.classical.features import clusters
from fathom.classical.features.clusters import Clusters

TEXTS = [
    f"{who} {does} {what} {when}".split()
    for who in ("emma", "noah", "ada")
    for does in ("reads", "writes", "sells")
    for what in ("books", "letters", "poems")
    for when in ("today", "daily", "often")
]


def test_words_of_one_company_are_of_one_cluster():
    found = Clusters.of(TEXTS, 3).words
    assert len({found[who] for who in ("emma", "noah", "ada")}) == 1
    assert len({found[what] for what in ("books", "letters", "poems")}) == 1
    assert found["emma"] != found["books"]


def test_the_same_texts_give_the_same_clusters():
    assert Clusters.of(TEXTS, 3) == Clusters.of(TEXTS, 3)


def test_rare_words_are_of_none_and_few_words_make_none(monkeypatch):
    assert "zoe" not in Clusters.of([*TEXTS, ["zoe", "reads"]], 3).words
    assert Clusters.of(TEXTS, 4).describe(["emma"]) == []
    monkeypatch.setattr(clusters, "FEWEST", 1)
    assert Clusters.of([], 3).words == {}


def test_a_word_is_told_by_its_own_and_by_those_beside_it():
    told = Clusters({"in": 3, "00": 5}).describe(["In", "12", "Oz"])
    assert told[1][:4] == ["u=5", "u-1=3", "u+1=?", "u-2=␂"]


def test_they_are_read_as_they_were_written():
    found = Clusters.of(TEXTS, 3)
    assert Clusters.from_json(found.to_json()) == found
