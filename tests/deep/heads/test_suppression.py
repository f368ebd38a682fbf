"""Of boxes that overlap the surest is kept, exactly as one at a time."""

import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from fathom.deep.heads.rectangles import overlaps
from fathom.deep.heads.suppression import kept

BOX = st.tuples(st.integers(0, 12), st.integers(0, 12), st.integers(1, 12), st.integers(1, 12), st.integers(0, 1))


def slowly(boxes, labels, most):
    """One box at a time: it stays unless one before it that stays overlaps it."""
    stays = []
    for box in range(len(boxes)):
        rivals = [one for one in stays if labels[one] == labels[box]]
        if all(overlaps(boxes[one, None], boxes[box, None]).item() <= most for one in rivals):
            stays.append(box)
    return [box in stays for box in range(len(boxes))]


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.lists(BOX, min_size=12, max_size=12), min_size=1, max_size=3), st.sampled_from([0.1234, 0.3456, 0.6543])
)
def test_it_keeps_what_one_at_a_time_keeps(rows, most):
    boxes = torch.tensor([[[x, y, x + wide, y + tall] for x, y, wide, tall, _ in row] for row in rows]).float()
    labels = torch.tensor([[box[4] for box in row] for row in rows])
    assert kept(boxes, labels, most).tolist() == [
        slowly(one, its, most) for one, its in zip(boxes, labels.tolist(), strict=True)
    ]


def test_a_long_chain_settles():
    left = torch.arange(100.0)
    boxes = torch.stack([left, torch.zeros(100), left + 3, torch.ones(100)], dim=1)
    assert kept(boxes[None], torch.zeros(1, 100), 0.4).tolist() == [[place % 2 == 0 for place in range(100)]]


def test_no_boxes_are_no_trouble():
    assert kept(torch.zeros(2, 0, 4), torch.zeros(2, 0), 0.5).shape == (2, 0)
