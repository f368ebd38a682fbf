import itertools

import pytest
import torch

pytest.importorskip("onnxruntime", reason="needs [onnx]")

import numpy as np

from fathom.deep.heads.boxes import Boxes as Head
from fathom.exports import session
from fathom.exports.boxes import Found, settled
from fathom.exports.graph import Graph
from fathom.exports.parity import box_gap
from fathom.tasks.boxes import Box, Boxes


def outputs(rows, seed, places=90, classes=3):
    """What a head puts out, crowded, so that boxes decide about boxes that decide about others."""
    chance = torch.Generator().manual_seed(seed)
    middle = torch.rand(rows, places, 2, generator=chance) * 30
    half = 4 + torch.rand(rows, places, 2, generator=chance) * 8
    own = torch.zeros(rows, places, 3)
    logits = torch.randn(rows, places, classes, generator=chance) * 2
    return torch.cat([middle - half, middle + half, own, logits], dim=2)


@pytest.fixture(scope="module")
def head():
    return Head(width=8, classes=3, strides=[8])


def told(found):
    """Boxes that are there, by row."""
    return [each[each[:, 5] > 0] for each in found]


def test_the_graph_keeps_the_boxes_that_the_head_keeps(head):
    with torch.no_grad():
        mine, theirs = head.answer(outputs(6, 1)), Found(head)(outputs(6, 1))
    for some, others in zip(told(mine), told(theirs), strict=True):
        assert torch.allclose(some, others, atol=1e-6)


def test_the_last_bit_does_not_choose_among_places_that_are_equally_sure(head):
    given = outputs(2, 5, places=400)
    given[..., 7:] = torch.tensor([15.0, 14.9, 0.0])  # as of a flat picture: more than are looked at, or are said
    noisy = given.clone()
    noisy[..., 7:] += torch.linspace(-1e-5, 1e-5, 400)[:, None]
    with torch.no_grad():
        mine, theirs = head.answer(given), Found(head)(noisy)
    assert (mine[..., 5] > 0.99).sum() > 20
    for some, others in zip(mine, theirs, strict=True):
        assert {tuple(each[:5].tolist()) for each in some} == {tuple(each[:5].tolist()) for each in others}


@pytest.mark.parametrize("rows", [1, 2, 7])
def test_the_loop_is_in_the_file_and_not_the_turns_of_one_batch(head, rows):
    module = Found(head).eval()
    graph = Graph(module, (outputs(2, 2),), ("numbers",), ("boxes",), lambda _: (), lambda *_: None, {},
                  longer={"boxes": {1: "boxes"}})  # fmt: skip
    running = session.Session(graph, session.traced(graph))
    for seed in (3, 4):
        given = outputs(rows, seed)
        with torch.no_grad():
            assert np.abs(running.run((given,))[0] - module(given).numpy()).max() < 1e-5


def test_a_chain_of_boxes_is_settled_to_its_end():
    length = 12
    over = torch.zeros(1, length, length)
    for one, other in itertools.pairwise(range(length)):
        over[0, one, other] = 1
    assert settled(over)[0].tolist() == [float(place % 2 == 0) for place in range(length)]


def test_gaps_between_boxes():
    def boxes(*given):
        return Boxes.of([given])

    one = Box(10, 10, 20, 40, "cat", 0.8)
    assert box_gap(boxes(one), boxes(one._replace(left=11))) == pytest.approx(1 / 40)
    assert box_gap(boxes(one), boxes(one._replace(probability=0.7))) == pytest.approx(0.1)
    assert box_gap(boxes(one), boxes(one._replace(label="dog"))) == pytest.approx(0.8)
    assert box_gap(boxes(), boxes(one)) == pytest.approx(0.8)
    assert box_gap(boxes(), boxes(one._replace(probability=0.01))) == 0.0
