"""Vectors of runs of pieces: frequent ones are known; ends and order count, padding and distance do not."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from fathom.deep.networks.ngrams import ngram_network
from fathom.deep.networks.runs import SIZE, Runs, frequent, halved, looked_up, numbered

TEXTS = [[5, 6, 7, 8], [5, 6, 9], [8, 7], [6, 5], [9]]


def padded(texts, length=6):
    """Texts as pieces int32 [rows, 1, length]."""
    return torch.tensor([[text + [0] * (length - len(text))] for text in texts], dtype=torch.int32)


def nothing(rows):
    return torch.zeros(rows, 0), torch.zeros(rows, 0, dtype=torch.int64)


def learned(pieces, most=1_000, **beside):
    torch.manual_seed(0)
    known = frequent(pieces, most)
    network = Runs(len(known), **beside)
    network.known.copy_(known)
    return network


def spelled(text):
    """The runs of a text, each once, its ends as signs."""
    text = ["<", *text, ">"]
    return {tuple(text[start : start + length]) for length in (1, 2, 3) for start in range(len(text) + 1 - length)}


@settings(deadline=None)
@given(st.lists(st.lists(st.integers(1, 4), max_size=6), min_size=1, max_size=12))
def test_exactly_the_runs_of_two_texts_are_known(texts):
    met = [run for text in texts for run in spelled(text)]
    often = {run for run in met if met.count(run) > 1}
    assert len(frequent(padded(texts), 1_000)) == len(often)
    network = learned(padded(texts))
    for row, text in zip(network.places(padded(texts)) if often else [], texts, strict=bool(often)):
        assert len(row[row != 0].unique()) == len(spelled(text) & often)


def test_of_too_many_runs_the_frequent_ones_are_kept():
    pieces = padded(TEXTS)
    every, few = frequent(pieces, 1_000), frequent(pieces, 2)
    assert len(few) == 2
    assert set(few.tolist()) < set(every.tolist())
    both_ends = torch.cat(list(numbered(pieces)), dim=1)
    assert all((both_ends == each).any(dim=1).all() for each in few)  # each text begins and ends


def test_of_many_texts_the_first_are_looked_at(monkeypatch):
    monkeypatch.setattr("fathom.deep.networks.runs.LOOKED_AT", 0)
    monkeypatch.setattr("fathom.deep.networks.runs.AT_ONCE", 2)
    assert torch.equal(frequent(padded(TEXTS), 100), frequent(padded(TEXTS[:2]), 100))


def test_a_run_in_every_grain_is_counted_once_a_text():
    one = padded(TEXTS)
    assert torch.equal(frequent(torch.cat([one, one], dim=1), 100), frequent(one, 100))


def test_neither_padding_nor_other_rows_change_a_row():
    network = learned(padded(TEXTS)).eval()
    together = network(padded(TEXTS), *nothing(5))
    assert together.shape == (5, 1, SIZE)
    assert torch.allclose(network(padded(TEXTS, 20), *nothing(5)), together, atol=1e-6)
    alone = torch.cat([network(padded([text]), *nothing(1)) for text in TEXTS])
    assert torch.allclose(alone, together, atol=1e-6)
    assert network(padded(TEXTS)[:0], *nothing(0)).shape == (0, 1, SIZE)
    assert torch.isfinite(network(torch.zeros(2, 1, 4, dtype=torch.int32), *nothing(2))).all()


def test_neighbours_and_ends_count():
    network = learned(padded([*TEXTS, *TEXTS])).eval()
    one, other = network(padded([[6, 5], [5, 6]]), *nothing(2))
    assert not torch.allclose(one, other, atol=1e-4)


def test_runs_that_nobody_met_are_nothing():
    network = learned(padded(TEXTS)).eval()
    assert not (network.places(padded([[77, 78, 79]])) > 0).sum() > 2  # where the text begins and ends


def test_runs_are_left_out_only_while_learning():
    network = learned(padded(TEXTS), dropout=0.0)
    pieces = padded(TEXTS)
    assert not torch.equal(network(pieces, *nothing(5)), network(pieces, *nothing(5)))
    network.eval()
    assert torch.equal(network(pieces, *nothing(5)), network(pieces, *nothing(5)))


@pytest.mark.parametrize("columns", [{}, {"numbers": 2, "counts": [3]}])
def test_they_stand_beside_filters_with_an_answer_of_their_own(columns):
    torch.manual_seed(0)
    known = frequent(padded(TEXTS), 100)
    network = ngram_network(vocabulary=20, size=8, widths=[2], filters=4, runs=len(known), **columns)
    for each in network.networks:
        if columns:
            each.beside.embed.set_edges(torch.tensor([[0.0, *[1.0] * 24]] * 2))
    network.networks[1].known.copy_(known)
    network.eval()
    beside = (torch.zeros(5, 2), torch.ones(5, 1, dtype=torch.int64)) if columns else nothing(5)
    found = network(padded(TEXTS), *beside)
    assert found.shape == (5, 2, network.features)
    for at, each in enumerate(network.networks):
        mine = each(padded(TEXTS), *beside)[:, 0]
        assert torch.equal(found[:, at, : each.features], mine)
        assert not found[:, at, each.features :].any()


@settings(deadline=None)
@given(st.sets(st.integers(0, 2**60 - 1), min_size=1, max_size=70))
def test_both_ways_of_looking_up_find_what_is_there(numbers):
    known = torch.tensor(sorted(numbers))
    assert torch.equal(looked_up(known, known), torch.arange(len(known)))
    assert torch.equal(halved(known, known), torch.arange(len(known)))
    for each in (known - 1, known + 1):
        there = torch.isin(each, known)
        assert torch.equal(known[halved(known, each)] == each, there)
