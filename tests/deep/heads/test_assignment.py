"""Places learn boxes as a slow reference says, one box and one place at a time."""

import pytest
import torch

from fathom.deep.heads.assignment import BEST, LEAST, NEAR, assigned, inside
from fathom.deep.heads.rectangles import overlaps, places


def slowly(boxes, scores, middles, strides, truth):
    """Which box each place learns and how sure it should be, of one picture."""
    wanting, fits = {}, {}
    for box, (*sides, label) in enumerate(truth.tolist()):
        if label < 0:
            continue
        found = []
        for place, (x, y) in enumerate(middles.tolist()):
            within = sides[0] < x < sides[2] and sides[1] < y < sides[3]
            away = max(abs(x - (sides[0] + sides[2]) / 2), abs(y - (sides[1] + sides[3]) / 2))
            tiny = min(sides[2] - sides[0], sides[3] - sides[1]) < strides[place]
            if not within and not (tiny and away < NEAR * strides[place]):
                continue
            overlap = overlaps(torch.tensor([sides]), boxes[place, None]).item()
            score = scores[place, int(label)].item()
            fits[box, place] = max(score, LEAST) ** 0.5 * max(overlap, LEAST) ** 6, overlap
            found.append((fits[box, place][0], place))
        for _, place in sorted(found, reverse=True)[:BEST]:
            wanting.setdefault(place, []).append((fits[box, place][1], -box))
    learned = {place: -max(boxes)[1] for place, boxes in wanting.items()}
    goals = {}
    for place, box in learned.items():
        mine = [fits[box, other] for other, its in learned.items() if its == box]
        goals[place] = fits[box, place][0] * max(overlap for _, overlap in mine) / max(fit for fit, _ in mine)
    return learned, goals


@pytest.mark.parametrize("seed", range(6))
def test_it_assigns_what_the_slow_reference_assigns(seed):
    chance = torch.Generator().manual_seed(seed)
    middles, strides = places([(6, 8), (3, 4)], [8, 16], torch.device("cpu"))
    corner = torch.rand(3, 7, 2, generator=chance) * torch.tensor([56.0, 40.0])
    size = torch.rand(3, 7, 2, generator=chance) * 30 + 1
    labels = torch.randint(-1, 3, (3, 7, 1), generator=chance).float()
    truth = torch.cat([corner, corner + size, labels], dim=-1)
    reach = torch.rand(3, len(middles), 4, generator=chance) * 20
    boxes = torch.cat([middles - reach[..., :2], middles + reach[..., 2:]], dim=-1)
    scores = torch.rand(3, len(middles), 3, generator=chance)
    found = assigned(boxes, scores, middles, strides, truth)
    for row in range(3):
        learned, goals = slowly(boxes[row], scores[row], middles, strides, truth[row])
        assert {at: box for at, box in enumerate(found.box[row].tolist()) if box >= 0} == learned
        wanted = torch.tensor([goals.get(place, 0.0) for place in range(len(middles))])
        torch.testing.assert_close(found.goal[row], wanted)


def test_nothing_to_find_is_learned_everywhere():
    middles, strides = places([(2, 2)], [8], torch.device("cpu"))
    truth = torch.tensor([[[0.0, 0, 0, 0, -1]]])
    found = assigned(torch.zeros(1, 4, 4), torch.zeros(1, 4, 2), middles, strides, truth)
    assert (found.box == -1).all()
    assert (found.goal == 0).all()


def test_every_box_has_a_place_however_small():
    middles, strides = places([(8, 8)], [8], torch.device("cpu"))
    corner = torch.rand(1, 200, 2, generator=torch.Generator().manual_seed(0)) * 63
    tiny = torch.cat([corner, corner + 0.5, torch.zeros(1, 200, 1)], dim=-1)
    assert inside(tiny, middles, strides).any(dim=2).all()
