import torch

from fathom.deep.heads.label_set import LabelSet
from fathom.deep.heads.members import Members


def test_rare_labels_start_out_rare():
    head = LabelSet(Members(4, 2, 3))
    truth = torch.tensor([[1, 0, 0]] * 90 + [[1, 1, 0]] * 10, dtype=torch.int8)
    head.start_from(truth)
    given = head.answer(head(torch.zeros(1, 2, 4)))[0]
    assert given[0] > 0.98
    assert 0.08 < given[1] < 0.13
    assert given[2] < 0.02


def test_the_right_labels_score_better():
    head = LabelSet(Members(4, 1, 2))
    truth = torch.tensor([[1, 0], [0, 1]], dtype=torch.int8)
    right, wrong = torch.tensor([[[3.0, -3.0]], [[-3.0, 3.0]]]), torch.tensor([[[-3.0, 3.0]], [[3.0, -3.0]]])
    assert head.loss(right, truth) < 0.1 < 2 < head.loss(wrong, truth)
    assert head.score(right, truth)[0] < head.score(wrong, truth)[0]
    assert head.score(right, truth)[1] == 0


def test_smoothing_leaves_a_doubt():
    plain, smooth = LabelSet(Members(4, 1, 2)), LabelSet(Members(4, 1, 2), smoothing=0.1)
    sure, truth = torch.tensor([[[20.0, -20.0]]]), torch.tensor([[1, 0]], dtype=torch.int8)
    assert plain.loss(sure, truth) < 1e-6 < smooth.loss(sure, truth)
