"""Key phrases that a reader would name, and summaries whose sentences are the text's own."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fathom.analytics.corpus import Corpus
from fathom.analytics.keyphrases import keyphrases
from fathom.analytics.rank import pagerank
from fathom.analytics.summaries import diverse, summary

ARTICLE = """The city council will replace the water pipes in the old town. The water pipes are a hundred years old, and
burst pipes flooded cellars twice this winter. Replacing the water pipes takes two years. Thank you for your patience.
During the works some streets in the old town are closed to cars. Shops in the old town fear for their customers. The
council promises that shops can be reached on foot at any time. Thank you for your patience."""


def names(found):
    return [each.phrase for each in found]


def test_the_phrases_of_an_article():
    found = names(keyphrases(Corpus.of([ARTICLE]), most=5))
    assert "water pipes" in found
    assert "old town" in found
    assert "thank" not in found


def test_korean_phrases_lose_their_particles():
    text = "자동차 보험료가 올랐습니다. 자동차 보험료를 내립니다. 자동차 보험료는 비쌉니다. 자동차 보험료입니다."
    assert keyphrases(Corpus.of([text]), most=1)[0].phrase == "자동차 보험료"


def test_scores_counts_and_documents(corpus):
    found = keyphrases(corpus, most=30)
    assert len(found) == 30
    assert found[0].score == 1
    assert all(one.score >= other.score for one, other in itertools.pairwise(found))
    assert all(each.count >= each.documents >= 1 for each in found)


def test_phrases_of_some_documents_are_theirs(sample, corpus):
    chosen = np.array([at for at, topic in enumerate(sample[1].topic) if topic == "billing/en"])
    found = names(keyphrases(corpus, chosen, most=8))
    assert {"premium", "invoice"} <= set(found)
    assert not any("number" in each for each in found)


@given(st.lists(st.text(max_size=60), max_size=5))
def test_phrases_of_anything_stand_in_it(texts):
    said = " ".join(" ".join(each.lower().split()) for each in texts)
    for each in keyphrases(Corpus.of(texts)):
        assert each.phrase.split()[0] in said


def test_a_summary_is_of_the_text_in_its_order():
    corpus = Corpus.of([ARTICLE])
    chosen = summary(corpus, corpus.of_document(0), 3)
    told = [corpus.sentence(at) for at in chosen]
    assert chosen == sorted(chosen)
    assert len(told) == 3
    assert all(each in " ".join(ARTICLE.split()) for each in told)
    assert any("water pipes" in each for each in told)
    assert not any("patience" in each for each in told)


def test_a_sentence_said_twice_is_told_once():
    corpus = Corpus.of(["The burst pipe flooded the kitchen. " * 6 + "The insurer paid the plumber at once."])
    told = [corpus.sentence(at) for at in summary(corpus, corpus.of_document(0), 3)]
    assert told.count("The burst pipe flooded the kitchen.") == 1


@given(st.text(max_size=400))
def test_summaries_of_anything(text):
    corpus = Corpus.of([text])
    chosen = summary(corpus, corpus.of_document(0), 2)
    assert len(chosen) <= 2
    assert set(chosen) <= set(range(len(corpus.sentence_document)))


def test_what_is_alike_is_not_chosen_twice():
    alike = np.array([[0, 0.8, 0.1], [0.8, 0, 0.1], [0.1, 0.1, 0]])
    assert diverse(np.array([1.0, 0.9, 0.8]), alike, 2) == [0, 2]


def test_rank_sums_to_one_with_nodes_that_lead_nowhere():
    graph = np.array([[0, 1, 0], [1, 0, 0], [0, 0, 0.0]])
    assert pagerank(graph).sum() == pytest.approx(1)
    assert pagerank(np.zeros((4, 4))).tolist() == [0.25] * 4
