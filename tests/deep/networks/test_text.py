"""Networks on texts: what is beyond a text's end changes nothing, and order counts."""

from __future__ import annotations

import pytest
import torch

from fathom.deep.networks.ngrams import ngram_network
from fathom.deep.networks.recurrent import Bidirectional, recurrent_network
from fathom.deep.networks.text import CHUNK, UNKNOWN
from fathom.deep.networks.transformer import transformer_network

VOCABULARY = 60
MAKERS = {
    "n-grams": lambda **beside: ngram_network(vocabulary=VOCABULARY, size=16, widths=[2, 5], filters=8, **beside),
    "gru": lambda **beside: recurrent_network(
        vocabulary=VOCABULARY, size=16, width=8, depth=2, dropout=0.1, cell="gru", **beside
    ),
    "recurrent": lambda **beside: recurrent_network(
        vocabulary=VOCABULARY, size=16, width=8, depth=2, dropout=0.1, **beside
    ),
    "transformer": lambda **beside: transformer_network(
        vocabulary=VOCABULARY, width=16, depth=2, heads=2, dropout=0.1, **beside
    ),
}


@pytest.fixture(params=MAKERS)
def make(request):
    torch.manual_seed(0)
    return MAKERS[request.param]


def some(rows, length=12, seed=0):
    chance = torch.Generator().manual_seed(seed)
    pieces = torch.randint(4, VOCABULARY, (rows, length), generator=chance, dtype=torch.int32)
    ends = torch.randint(1, length + 1, (rows, 1), generator=chance)
    return pieces.masked_fill(torch.arange(length) >= ends, 0)[:, None]


def nothing(rows):
    return torch.zeros(rows, 0), torch.zeros(rows, 0, dtype=torch.int64)


def test_features_have_their_shape(make):
    network = make()
    for rows in (1, 3):
        assert network(some(rows), *nothing(rows)).shape == (rows, 1, network.features)


def test_padding_changes_nothing(make):
    network = make().eval()
    pieces = some(20)
    wide = torch.cat([pieces, torch.zeros(20, 1, 9, dtype=torch.int32)], dim=2)
    together = network(pieces, *nothing(20))
    assert torch.equal(network(wide, *nothing(20)), together)
    alone = torch.cat([network(row[None], *nothing(1)) for row in pieces])
    assert torch.allclose(alone, together, atol=1e-6)


def test_many_rows_are_answered_in_their_order(make):
    network = make().eval()
    pieces = some(2 * CHUNK + 5)
    together = network(pieces, *nothing(len(pieces)))
    few = torch.cat([network(part, *nothing(len(part))) for part in torch.split(pieces, 50)])
    assert torch.allclose(few, together, atol=1e-6)
    assert network(pieces[:0], *nothing(0)).shape == (0, 1, network.features)


def test_the_order_of_pieces_counts(make):
    network = make().eval()
    pieces = torch.tensor([[[5, 6, 7, 8]], [[8, 7, 6, 5]]], dtype=torch.int32)
    one, other = network(pieces, *nothing(2))
    assert not torch.allclose(one, other, atol=1e-5)


def test_a_row_without_a_piece_is_answered(make):
    network = make().eval()
    assert torch.isfinite(network(torch.zeros(2, 1, 5, dtype=torch.int32), *nothing(2))).all()


def test_columns_beside_the_text_count(make):
    network = make(numbers=2, counts=[3]).eval()
    network.beside.embed.set_edges(torch.tensor([[0.0, *[1.0] * 24]] * 2))
    pieces, codes = some(4), torch.ones(4, 1, dtype=torch.int64)
    one = network(pieces, torch.zeros(4, 2), codes)
    assert one.shape == (4, 1, network.features)
    assert not torch.equal(network(pieces, torch.ones(4, 2), codes), one)
    assert not torch.equal(network(pieces, torch.zeros(4, 2), codes + 1), one)


def test_the_ways_of_taking_a_text_apart_are_averaged_once_training_is_over(make):
    network = make().eval()
    one, other = some(9), some(9, seed=1)
    both = network(torch.cat([one, other], dim=1), *nothing(9))
    apart = (network(one, *nothing(9)) + network(other, *nothing(9))) / 2
    assert torch.allclose(both, apart, atol=1e-6)


def test_every_place_has_features(make):
    network = make().eval()
    pieces = some(6)[:, 0]
    features, inside = network.tokens(pieces)
    longest = int((pieces != 0).sum(dim=1).max())
    assert features.shape == (6, longest, network.encoder.features)
    assert inside.equal((pieces != 0)[:, :longest])


def test_pieces_are_hidden_only_while_learning(make):
    network = make()
    network.forget = 1.0
    network.dropout = 0.0
    unknown = torch.where(some(3) > 0, UNKNOWN, 0)
    for module in network.modules():
        module.dropout = 0.0
    assert torch.equal(network(some(3), *nothing(3)), network(unknown, *nothing(3)))
    network.eval()
    assert not torch.equal(network(some(3), *nothing(3)), network(unknown, *nothing(3)))


def test_a_memory_reads_from_both_ends():
    torch.manual_seed(0)
    encode = Bidirectional(4, width=3)
    vectors = torch.randn(1, 5, 4)
    inside = torch.tensor([[True, True, True, False, False]])
    first = encode(vectors, inside)
    changed = vectors.clone()
    changed[0, 2] += 1
    second = encode(changed, inside)
    assert torch.equal(first[0, :2, :3], second[0, :2, :3])  # from the left, what comes later is not known
    assert not torch.equal(first[0, 0, 3:], second[0, 0, 3:])  # from the right it is


def test_several_networks_are_side_by_side_and_differ():
    torch.manual_seed(0)
    network = ngram_network(vocabulary=VOCABULARY, size=8, widths=[2], filters=4, members=3).eval()
    found = network(some(5), *nothing(5))
    assert found.shape == (5, 3, network.features)
    assert torch.equal(found[:, 1:2], network.networks[1](some(5), *nothing(5)))
    assert not torch.allclose(found[:, 0], found[:, 1])
