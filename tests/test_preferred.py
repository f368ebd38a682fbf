"""Reasons to prefer a learner for one of what it reads: only such as it reads, each another than its first."""

from __future__ import annotations

from fathom import catalog
from fathom.catalog.preferred import PREFERRED


def test_only_what_a_learner_reads_beside_the_first_has_a_reason_of_its_own():
    for name, reads in PREFERRED:
        row = catalog.learner(name)
        assert reads in row.reads[1:], (name, reads)
        assert catalog.preferred(row, reads) != row.prefer
