"""Average precision on the device is that of the task's measure, but for how recall is stepped."""

import numpy as np
import pytest
import torch

from fathom.data.boxes import Mark
from fathom.deep.heads import precision
from fathom.tasks import detections
from fathom.tasks.boxes import Box, Boxes


@pytest.mark.parametrize("seed", range(3))
def test_hits_are_those_that_the_measure_finds(seed):
    chance = torch.Generator().manual_seed(seed)
    corner, size = torch.rand(5, 8, 2, generator=chance) * 40, torch.rand(5, 8, 2, generator=chance) * 20 + 5
    truth = torch.cat([corner, corner + size, torch.randint(-1, 2, (5, 8, 1), generator=chance)], dim=2)
    near = truth[..., :4].repeat(1, 2, 1) + torch.randn(5, 16, 4, generator=chance) * 2
    sure = torch.rand(5, 16, 1, generator=chance).sort(dim=1, descending=True).values
    said = torch.cat([near, truth[..., 4:].repeat(1, 2, 1).clamp_min(0), sure], dim=2)
    marks = np.empty(5, dtype=object)
    marks[:] = [tuple(Mark(*box[:4], str(int(box[4]))) for box in row if box[4] >= 0) for row in truth.tolist()]
    rows = Boxes.of([[Box(*box[:4], str(int(box[4])), box[5]) for box in row] for row in said.tolist()])
    wanted = detections.found(marks, rows, (0.5,))
    hits = precision.claimed(said, truth, 0.5)
    assert int(hits.sum()) == sum(int(each.hit.sum()) for each in wanted) > 0
    score = np.mean([detections.MAP50.score(marks, rows, None)])
    found = [1 - precision.missed(said, truth, 2, (0.5,))[0]]
    assert found == pytest.approx([score], abs=0.02)


def test_all_found_misses_nothing_and_none_found_all():
    truth = torch.tensor([[[0.0, 0, 9, 9, 0], [20.0, 0, 29, 9, 1]]])
    said = torch.cat([truth, torch.ones(1, 2, 1)], dim=2)
    assert precision.missed(said, truth, 2)[0] == 0
    assert precision.missed(said * torch.tensor([1, 1, 1, 1, 1, 0]), truth, 2)[0] == 1
    assert precision.missed(said, torch.full((1, 1, 5), -1.0), 2) == (0.0, 0.0)
