"""The sample of documents, with what was planted in it."""

import pytest

from fathom.analytics.analyse import analyse
from fathom.analytics.corpus import Corpus
from fathom.data.samples.documents import planted


@pytest.fixture(scope="session")
def sample():
    """The letters and what was planted in them."""
    return planted()


@pytest.fixture(scope="session")
def corpus(sample):
    return Corpus.of(sample[0]["document"].to_list())


@pytest.fixture(scope="session")
def analysis():
    """The whole analysis of the sample."""
    return analyse("sample:documents", terms="sample:documents")
