"""What stands out: the odd ones first, with a reason; nobody where all are alike."""

from fathom.analytics import outliers
from fathom.analytics.corpus import Corpus
from fathom.analytics.reasons import told


def test_odd_documents_come_first(sample, corpus):
    found = outliers.documents(corpus)
    assert sorted(each.document for each in found[:3]) == sample[1].odd
    assert found[0].score > 2 * found[3].score if len(found) > 3 else True
    assert all(each.nearest < 0.05 and each.alone >= 10 for each in found[:3])


def test_odd_sentences_come_first(sample, corpus):
    found = outliers.sentences(corpus)
    assert {each.document for each in found[:3]} == set(sample[1].odd)
    assert len({each.document for each in found}) == len(found)


def test_the_reason_names_the_words(corpus, sample):
    found = next(each for each in outliers.documents(corpus) if "Whisk" in corpus.texts[each.document])
    assert "unusual words (whisk" in told(found)
    assert "nothing else is like it" in told(found)


def test_nobody_stands_out_of_equal_ones():
    corpus = Corpus.of(["The water pipe burst in the kitchen on Monday."] * 30)
    assert outliers.documents(corpus) == []
    assert outliers.sentences(corpus) == []


def test_few_documents_are_not_judged():
    corpus = Corpus.of(["The water pipe burst.", "Whisk three egg yolks with sugar."])
    assert outliers.documents(corpus) == []
    assert outliers.sentences(corpus) == []


def test_beyond_the_sample_that_is_compared(monkeypatch, corpus, sample):
    monkeypatch.setattr(outliers, "COMPARED", 60)
    assert sorted(each.document for each in outliers.documents(corpus)[:3]) == sample[1].odd
