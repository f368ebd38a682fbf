"""Overlaps of rectangles, held to arithmetic one pair at a time."""

import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from fathom.deep.heads.rectangles import areas, generous_overlaps, overlaps, places

SIDES = st.floats(-50, 50, width=32)
BOXES = st.lists(
    st.tuples(SIDES, SIDES, st.floats(0.125, 40, width=32), st.floats(0.125, 40, width=32)), min_size=1, max_size=6
)


def rectangles(found):
    return torch.tensor([[left, top, left + wide, top + tall] for left, top, wide, tall in found], dtype=torch.float64)


def slowly(one, other):
    """Overlap and generous overlap of two boxes."""
    wide = max(0.0, min(one[2], other[2]) - max(one[0], other[0]))
    tall = max(0.0, min(one[3], other[3]) - max(one[1], other[1]))
    both = (one[2] - one[0]) * (one[3] - one[1]) + (other[2] - other[0]) * (other[3] - other[1]) - wide * tall
    around = (max(one[2], other[2]) - min(one[0], other[0])) * (max(one[3], other[3]) - min(one[1], other[1]))
    return wide * tall / both, wide * tall / both - (around - both) / around


@settings(max_examples=60, deadline=None)
@given(BOXES, BOXES)
def test_overlaps_are_those_of_each_pair(some, others):
    some, others = rectangles(some), rectangles(others)
    found = overlaps(some, others)
    generous = generous_overlaps(some[:, None], others[None])
    for i, one in enumerate(some.tolist()):
        for j, other in enumerate(others.tolist()):
            plain, wanted = slowly(one, other)
            assert abs(found[i, j].item() - plain) < 1e-9
            assert abs(generous[i, j].item() - wanted) < 1e-9
            assert -1 < generous[i, j].item() <= 1 + 1e-12


def test_generous_overlaps_have_the_gradient_that_differences_tell():
    chance = torch.Generator().manual_seed(0)
    corners = torch.rand(20, 2, generator=chance, dtype=torch.float64) * 10
    sides = torch.rand(20, 2, generator=chance, dtype=torch.float64) * 8 + 0.5
    boxes = torch.cat([corners, corners + sides], dim=1).requires_grad_()
    assert torch.autograd.gradcheck(generous_overlaps, (boxes[:10], boxes[10:]))


def test_boxes_apart_are_drawn_together():
    box = torch.tensor([0.0, 0.0, 1.0, 1.0], requires_grad=True)
    generous_overlaps(box, torch.tensor([5.0, 0.0, 6.0, 1.0])).backward()
    assert box.grad[2] > 0


def test_inverted_boxes_have_no_area():
    assert areas(torch.tensor([[3.0, 0.0, 1.0, 5.0], [3.0, 5.0, 1.0, 0.0]])).tolist() == [0.0, 0.0]


def test_places_run_along_rows_of_the_finest_map_first():
    middles, strides = places([(2, 3), (1, 2)], [4, 8], torch.device("cpu"))
    assert middles.tolist() == [[2, 2], [6, 2], [10, 2], [2, 6], [6, 6], [10, 6], [4, 4], [12, 4]]
    assert strides.tolist() == [4] * 6 + [8] * 2
