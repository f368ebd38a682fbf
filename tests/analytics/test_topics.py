"""Topics: those that were planted, as many as were planted; none where there is nothing to find."""

import random

import numpy as np
import pytest
from sklearn.metrics import normalized_mutual_info_score

from fathom.analytics import factors
from fathom.analytics.corpus import Corpus
from fathom.analytics.topics import topics


def test_planted_topics_are_found_and_counted(sample, corpus):
    truth = sample[1].topic
    found = topics(corpus)
    assert abs(len(found) - 10) <= 1
    assert normalized_mutual_info_score(truth, found.of) > 0.93
    assert {"누수", "parcel", "app", "accident"} <= {word for topic in found.words for word in topic}


def test_a_number_that_was_asked_for(sample, corpus):
    found = topics(corpus, 10)
    assert len(found) == 10
    assert normalized_mutual_info_score(sample[1].topic, found.of) > 0.95
    assert found.stability is None


def test_the_same_seed_the_same_topics(corpus):
    one, other = topics(corpus, seed=3), topics(corpus, seed=3)
    assert one.words == other.words
    assert (one.of == other.of).all()


def test_typical_documents_are_of_the_topic(sample, corpus):
    found = topics(corpus, 10)
    for topic in range(10):
        first = [sample[1].topic[at] for at in found.documents(topic, corpus)[:5]]
        assert len(set(first)) == 1


def test_odd_documents_have_no_topic(sample, corpus):
    found = topics(corpus, 10)
    assert [int(found.of[at]) for at in sample[1].odd] == [-1, -1, -1]


def test_mixtures_sum_to_one_or_nothing(corpus):
    totals = topics(corpus, 6).mixture.sum(axis=1)
    assert (np.isclose(totals, 1) | (totals == 0)).all()


@pytest.mark.parametrize("texts", [[], ["one"], ["water pipe"] * 5, ["", " "] * 20, ["a b c"] * 40])
def test_too_little_for_topics(texts):
    assert topics(Corpus.of(texts)) is None


def test_words_by_chance_make_no_topics():
    chance = random.Random(0)
    words = ["".join(chance.choices("bcdfgklmnprst", k=6)) for _ in range(400)]
    texts = [" ".join(chance.sample(words, 12)) for _ in range(120)]
    assert topics(Corpus.of(texts)) is None
    assert len(topics(Corpus.of(texts), 3)) == 3


def test_equal_documents_make_one_topic_at_most():
    found = topics(Corpus.of(["The water pipe burst in the kitchen."] * 40))
    assert found is None or len(found) == 1


def test_agreement_and_coherence():
    top = np.array([[0, 1], [2, 3]])
    assert factors.agreement(top, top[::-1]) == 1
    assert factors.agreement(top, np.array([[4, 5], [6, 7]])) == 0
    corpus = Corpus.of(["water pipe", "water pipe", "car police", "car police"])
    present = corpus.counts.astype(bool).astype(float)
    place = {word: at for at, word in enumerate(corpus.words.stems)}
    together = np.array([[place["water"], place["pipe"]], [place["car"], place["police"]]])
    apart = np.array([[place["water"], place["car"]], [place["pipe"], place["police"]]])
    assert factors.coherence(present, together) == pytest.approx(1)
    assert factors.coherence(present, apart) == -1
