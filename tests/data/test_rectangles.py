import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as some
from hypothesis.extra.numpy import arrays

from fathom.data import rectangles

SIDES = some.integers(0, 30).map(float)


def boxes(most):
    return some.integers(0, most).flatmap(lambda count: arrays(np.float64, (count, 4), elements=SIDES))


def overlap_slowly(one, other):
    pixels = [
        {(x, y) for x in range(int(box[0]), int(box[2])) for y in range(int(box[1]), int(box[3]))}
        for box in (one, other)
    ]
    both = pixels[0] | pixels[1]
    return len(pixels[0] & pixels[1]) / len(both) if both else 0.0


def suppressed_slowly(boxes, scores, most):
    kept = []
    for at in sorted(range(len(boxes)), key=lambda at: (-scores[at], at)):
        if all(overlap_slowly(boxes[at], boxes[other]) <= most for other in kept):
            kept.append(at)
    return kept


@settings(max_examples=60, deadline=None)
@given(boxes(4), boxes(4))
def test_overlaps_are_those_of_counted_pixels(some, others):
    found = rectangles.overlaps(some, others)
    assert np.allclose(found, [[overlap_slowly(one, other) for other in others] for one in some] or found)


@settings(max_examples=60, deadline=None)
@given(boxes(12), some.randoms(use_true_random=False), some.sampled_from([0.0, 0.3, 0.5]), some.sampled_from([2, 512]))
def test_suppression_is_that_of_a_slow_loop_whatever_the_blocks(boxes, random, most, block):
    scores = np.array([random.choice([0.1, 0.2, 0.5, 0.9]) for _ in boxes])
    before, rectangles.BLOCK = rectangles.BLOCK, block
    try:
        assert rectangles.suppressed(boxes, scores, most).tolist() == suppressed_slowly(boxes, scores, most)
    finally:
        rectangles.BLOCK = before


def test_groups_do_not_suppress_one_another():
    same = np.array([[0.0, 0.0, 9.0, 9.0]] * 3)
    kept = rectangles.suppressed_by_group(same, np.array([0.1, 0.9, 0.5]), np.array([0, 0, 1]), 0.5)
    assert kept.tolist() == [1, 2]
