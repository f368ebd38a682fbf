"""Tag sequences come out: held to what counting every sequence by hand finds."""

from __future__ import annotations

import itertools

import pytest
import torch

from fathom.deep.heads.spans import FORBIDDEN, Spans
from fathom.deep.optimizer import AdamW

TAGS, LENGTHS = 3, (4, 1, 2)


@pytest.fixture
def head():
    torch.manual_seed(0)
    head = Spans(5, TAGS)
    torch.nn.init.normal_(head.follows)
    return head


@pytest.fixture
def batch():
    """Emissions of three sequences of different lengths, and which places are in them."""
    chance = torch.Generator().manual_seed(1)
    emissions = 2 * torch.randn(len(LENGTHS), max(LENGTHS), TAGS, generator=chance)
    mask = torch.arange(max(LENGTHS)) < torch.tensor(LENGTHS)[:, None]
    return emissions, mask


def counted(head, emissions):
    """Every sequence of one row with its score, by hand; emissions [places, tags]."""
    follows = (head.follows + head.barred).double()
    found = {}
    for tags in itertools.product(range(TAGS), repeat=len(emissions)):
        score = follows[-1, tags[0]] + follows[tags[-1], -1]
        score = score + sum(emissions[place, tag].double() for place, tag in enumerate(tags))
        found[tags] = score + sum(follows[one, other] for one, other in itertools.pairwise(tags))
    return found


def rows(head, batch):
    for row, length in enumerate(LENGTHS):
        yield row, length, counted(head, batch[0][row, :length])


def test_probabilities_of_whole_sequences(head, batch):
    emissions, mask = batch
    for row, length, found in rows(head, batch):
        total = torch.logsumexp(torch.stack(list(found.values())), 0)
        for tags, score in found.items():
            wanted = (score - total).exp().item()
            padded = torch.tensor([[*tags, *[-1] * (max(LENGTHS) - length)]])
            said = head.probability(emissions[row : row + 1], padded, mask[row : row + 1]).item()
            assert said == pytest.approx(wanted, rel=1e-4, abs=1e-7)


def test_the_best_sequence(head, batch):
    said = head.best(*batch)
    for row, length, found in rows(head, batch):
        assert tuple(said[row, :length].tolist()) == max(found, key=found.get)
        assert (said[row, length:] == -1).all()


def test_the_marginals(head, batch):
    said = head.marginals(*batch)
    for row, length, found in rows(head, batch):
        chances = torch.stack(list(found.values())).softmax(0)
        wanted = torch.zeros(length, TAGS, dtype=torch.float64)
        for tags, chance in zip(found, chances, strict=True):
            for place, tag in enumerate(tags):
                wanted[place, tag] += chance
        assert torch.allclose(said[row, :length].double(), wanted, atol=1e-5)
        assert not said[row, length:].any()


def test_padding_changes_nothing(head, batch):
    emissions, mask = batch
    wide = torch.cat([emissions, torch.full((3, 5, TAGS), 7.0)], dim=1)
    wider = torch.cat([mask, torch.zeros(3, 5, dtype=torch.bool)], dim=1)
    assert torch.equal(head.best(wide, wider)[:, :4], head.best(emissions, mask))
    assert torch.allclose(head.marginals(wide, wider)[:, :4], head.marginals(emissions, mask), atol=1e-6)
    truth = torch.where(mask, 1, -1)
    assert torch.allclose(head.losses(wide, torch.where(wider, 1, -1), wider), head.losses(emissions, truth, mask))


def test_truth_may_be_wider_than_the_emissions_and_rows_may_be_empty(head, batch):
    emissions, mask = batch
    truth = torch.where(mask, 2, -1)
    wide = torch.cat([truth, torch.full((3, 6), -1)], dim=1)
    assert head.loss(emissions, wide) == head.loss(emissions, truth)
    truth[1] = -1
    assert torch.isfinite(head.loss(emissions, truth))
    score, error = head.score(emissions, truth)
    assert score > 0 < error


def test_what_is_barred_never_comes_out_and_has_no_chance():
    allowed = torch.ones(TAGS + 1, TAGS + 1, dtype=torch.bool)
    allowed[-1, 2] = allowed[0, 2] = False  # an inside tag neither begins a sequence nor follows an outside one
    head = Spans(5, TAGS, allowed)
    emissions = torch.zeros(1, 4, TAGS)
    emissions[..., 2] = 9.0
    mask = torch.ones(1, 4, dtype=torch.bool)
    assert head.best(emissions, mask).tolist() == [[1, 2, 2, 2]]
    assert head.marginals(emissions, mask)[0, 0, 2] < 1e-6
    assert head.barred.min() == FORBIDDEN


def test_it_learns_an_order_that_single_places_do_not_show():
    """Features say nothing, so that only what follows what can be learned."""
    torch.manual_seed(0)
    head = Spans(2, TAGS)
    truth = (torch.arange(6) + torch.randint(0, TAGS, (64, 1))) % TAGS
    head.start_from(truth)
    optimizer, features = AdamW(head, 0.0), torch.zeros(64, 6, 2)
    for _ in range(60):
        optimizer.clear()
        loss = head.loss(head(features), truth)
        loss.backward()
        optimizer.step(0.1)
    assert loss < 0.3
    said = head.best(head(features), torch.ones(64, 6, dtype=torch.bool))[0]
    assert ((said[1:] - said[:-1]) % TAGS == 1).all()
