"""The head of persons: what it learns, what stays of it."""

import torch
from torch.nn import functional as F

from fathom.deep.heads.identity import MARGIN, SCALE, ArcFace, Embedding


def test_vectors_have_length_one_and_a_direction_of_their_own():
    torch.manual_seed(0)
    head = Embedding(6, 4)
    features = torch.rand(50, 1, 6) + 5.0  # all alike but for a little, as maps after a rectifier are
    vectors = head(features)
    assert torch.allclose(vectors.norm(dim=1), torch.ones(50))
    assert vectors.mean(dim=0).norm() < 0.5
    assert head.answer(vectors).dtype == torch.float64


def test_the_loss_is_cross_entropy_with_the_right_angle_widened():
    torch.manual_seed(1)
    head = ArcFace(Embedding(6, 4), persons=3)
    vectors, truth = F.normalize(torch.randn(9, 4), dim=1), torch.arange(9) % 3
    cosines = vectors @ F.normalize(head.centres, dim=1).T
    angles = cosines.clamp(-1 + 1e-6, 1 - 1e-6).acos()
    angles[torch.arange(9), truth] += MARGIN
    expected = F.cross_entropy(SCALE * angles.cos(), truth)
    assert torch.isclose(head.loss(vectors, truth), expected, atol=1e-3)
    plain = F.cross_entropy(SCALE * cosines, truth)
    assert head.loss(vectors, truth) > plain


def test_the_score_tells_kin_apart_strangers_among_them():
    head = ArcFace(Embedding(6, 2), persons=1)
    apart = F.normalize(torch.tensor([[1.0, 0.0], [1.0, 0.1], [0.0, 1.0], [0.1, 1.0]]), dim=1)
    right, _ = head.score(apart, torch.tensor([0, 0, 7, 7]))
    wrong, _ = head.score(apart, torch.tensor([0, 7, 0, 7]))
    assert right < wrong


def test_the_centres_do_not_outlive_learning():
    head = ArcFace(Embedding(6, 4), persons=3)
    assert "centres" in head.state_dict()
    assert not any("centres" in name for name in head.embedding.state_dict())
