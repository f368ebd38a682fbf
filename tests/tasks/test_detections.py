import contextlib
import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from fathom.data.boxes import Mark
from fathom.protocol.resampled import scorer
from fathom.tasks import detections
from fathom.tasks.boxes import Box, Boxes
from fathom.tasks.predictions import from_frame

LABELS = ("cat", "dog", "owl")
NEAR = some.sampled_from([0, 1, 2, 4, 9])


@some.composite
def pictures(draw):
    """True boxes and said ones, many of them near a true one; each probability once, so that their order is one."""
    truth, said, count = [], [], 0
    for _ in range(draw(some.integers(1, 5))):
        marks = [
            Mark(*map(float, (x, y, x + w, y + h)), draw(some.sampled_from(LABELS)))
            for x, y, w, h in draw(some.lists(some.tuples(*[some.integers(1, 40)] * 4), max_size=4))
        ]
        row = []
        for mark in marks:
            for _ in range(draw(some.integers(0, 3))):
                moved = [side + draw(NEAR) for side in mark[:4]]
                count += 1
                row.append((*moved, draw(some.sampled_from((mark.label, *LABELS))), count))
        truth.append(tuple(marks))
        said.append(row)
    order = draw(some.permutations(range(1, count + 1)))
    rows = [
        [Box(*box[:5], order[box[5] - 1] / (count + 1)) for box in row if box[0] < box[2] and box[1] < box[3]]
        for row in said
    ]
    return array(truth), Boxes.of(rows)


def array(rows):
    truth = np.empty(len(rows), dtype=object)
    truth[:] = rows
    return truth


def by_coco(truth, said):
    """What pycocotools makes of it: mAP, mAP50, mAP75; None where there is nothing to score."""
    coco, evaluation = pytest.importorskip("pycocotools.coco"), pytest.importorskip("pycocotools.cocoeval")
    annotations = [(row, mark) for row, marks in enumerate(truth) for mark in marks]
    boxes = [(row, box) for row, found in enumerate(said.rows) for box in found]
    if not annotations or not boxes:
        return None

    def plain(row, box):
        return {"image_id": row + 1, "category_id": LABELS.index(box[4]) + 1,
                "bbox": [box[0], box[1], box[2] - box[0], box[3] - box[1]]}  # fmt: skip

    with contextlib.redirect_stdout(io.StringIO()):
        known = coco.COCO()
        known.dataset = {
            "images": [{"id": row + 1} for row in range(len(truth))],
            "categories": [{"id": place + 1, "name": name} for place, name in enumerate(LABELS)],
            "annotations": [
                {**plain(row, mark), "id": at, "iscrowd": 0, "area": (mark[2] - mark[0]) * (mark[3] - mark[1])}
                for at, (row, mark) in enumerate(annotations, start=1)
            ],
        }
        known.createIndex()
        found = known.loadRes([{**plain(row, box), "score": box.probability} for row, box in boxes])
        scored = evaluation.COCOeval(known, found, "bbox")
        scored.evaluate()
        scored.accumulate()
        scored.summarize()
    return scored.stats[:3].tolist()


@settings(max_examples=60, deadline=None)
@given(pictures())
def test_average_precision_is_that_of_pycocotools(drawn):
    truth, said = drawn
    expected = by_coco(truth, said)
    if expected is None:
        return
    measured = [measure.score(truth, said, None) for measure in (detections.MAP, detections.MAP50, detections.MAP75)]
    assert np.allclose(measured, expected, atol=1e-9)


@settings(max_examples=40, deadline=None)
@given(pictures(), some.randoms(use_true_random=False))
def test_a_weight_is_so_many_copies_of_a_picture(drawn, random):
    truth, said = drawn
    weight = np.array([random.choice([0, 1, 1, 2, 3]) for _ in truth])
    rows = np.repeat(np.arange(len(truth)), weight)
    for measure in detections.MEASURES:
        weighted = measure.score(truth, said, weight)
        assert weighted == pytest.approx(measure.score(truth[rows], said.take(rows), None), nan_ok=True)
        resampled = scorer(measure, truth, [said])(weight[None, :].astype(np.float32))
        assert float(resampled[0, 0]) == pytest.approx(weighted, nan_ok=True)


def test_what_nobody_has_looked_at_does_not_count():
    mark = Mark(0.0, 0.0, 9.0, 9.0, "cat")
    said = Boxes.of([[Box(*mark, 0.9)], [Box(*mark, 0.95)]])
    assert detections.MAP50.score(array([(mark,), None]), said, None) == 1.0
    assert detections.MAP50.score(array([(mark,), ()]), said, None) == pytest.approx(0.5)
    assert np.isnan(detections.MAP50.score(array([(), None]), said, None))


def test_each_true_box_is_found_once():
    mark = Mark(0.0, 0.0, 10.0, 10.0, "cat")
    (found,) = detections.found(array([(mark,)]), Boxes.of([[Box(*mark, 0.9), Box(*mark, 0.8)]]), (0.5,))
    assert found.hit[:, 0].tolist() == [True, False]
    recall, precision = found.curve()
    assert (recall.tolist(), precision.tolist()) == ([1.0, 1.0], [1.0, 0.5])


def test_boxes_come_back_from_a_frame_as_they_were():
    said = Boxes.of([[Box(0.0, 1.0, 2.5, 3.0, "cat", 0.25), Box(1.0, 1.0, 2.0, 2.0, "dog", 0.5)], []])
    assert from_frame(said.frame()) == said
    assert said.rows[0][0].label == "dog"
    assert from_frame(said.take(np.array([1])).frame()) == Boxes.of([[]])
