"""Detectors that start from what was learned here: what is used again, what is new, and what cannot be used."""

from dataclasses import replace

import checkpoints
import pytest
import torch
from squares import PROBLEM, squares

from fathom.deep import transfer_boxes
from fathom.deep.convolutional import Convolutional
from fathom.deep.learned_boxes import learned
from fathom.deep.pretrained import Pretrained
from fathom.deep.pretrained_boxes import opened
from fathom.deep.transformer import Transformer
from fathom.errors import TrainingError
from fathom.learner import Run

OTHER = replace(PROBLEM, boxes=("green", "red", "yellow"))


@pytest.fixture(scope="module")
def detector(tmp_path_factory):
    """The folder of a small detector, and it."""
    learner = Convolutional(epochs=1)
    learner.fit(PROBLEM, squares(16, 5), squares(8, 6), Run(seed=1))
    return saved(learner, tmp_path_factory.mktemp("detector"))


def saved(learner, folder):
    learner.save(folder)
    return folder, learner


def classified(learner, make_pictures, pose, folder, **shape):
    """The folder of a learner that labels pictures, and it."""
    sides = make_pictures(48, **shape)
    learner.fit(pose(sides, "label"), sides.take(range(32)), sides.take(range(32, 48)), Run(seed=1))
    return saved(learner, folder)


def test_of_the_same_labels_all_of_a_detector_is_used_again(detector):
    folder, first = detector
    model, design, described = learned(folder, PROBLEM, "cpu")
    before, after = first.model_.state_dict(), model.state_dict()
    assert all(torch.equal(before[name], after[name]) for name in before)
    assert (design, described["learner"]) == ({"learned": 1}, "convolutional")


def test_of_other_labels_what_is_known_of_both_is_used_again(detector):
    folder, first = detector
    model, _, _ = learned(folder, OTHER, "cpu")
    before, after = first.model_.state_dict(), model.state_dict()
    assert all(torch.equal(before[name], after[name]) for name in before if "surety" not in name)
    assert torch.equal(after["head.surety.weight"][1], before["head.surety.weight"][1])
    assert not torch.isclose(after["head.surety.weight"][0], before["head.surety.weight"][0]).any()
    assert after["head.surety.weight"].shape[0] == 3


def test_a_detector_starts_the_next_one(detector, monkeypatch, tmp_path):
    monkeypatch.setattr(transfer_boxes, "HEAD_EPOCHS", 1)
    folder, _ = detector
    second = Pretrained(str(folder), epochs=1)
    run = Run(seed=3)
    second.fit(PROBLEM, squares(16, 0), squares(8, 1), run)
    assert [each["name"] for each in run.told["transfer"]] == ["head", "last", "all"]
    model, design, _ = learned(saved(second, tmp_path)[0], PROBLEM, "cpu")
    before, after = second.model_.state_dict(), model.state_dict()
    assert design == {"learned": 1}
    assert all(torch.equal(before[name], after[name]) for name in before)


def test_what_few_pictures_add_is_kept_only_where_more_is_found(detector, monkeypatch):
    monkeypatch.setattr(transfer_boxes, "HEAD_RATE", 1.0)  # spoils whatever was learned
    monkeypatch.setattr(transfer_boxes, "HEAD_EPOCHS", 2)
    folder, first = detector
    second = Pretrained(str(folder), mode="head")
    second.fit(PROBLEM, squares(8, 0), squares(8, 1), Run(seed=3))
    assert second.predict(squares(8, 9)) == first.predict(squares(8, 9))


@pytest.mark.parametrize("kind", ["resnet", "detr"])
def test_what_a_published_network_has_become_starts_the_next_one(kind, monkeypatch, tmp_path):
    monkeypatch.setattr(transfer_boxes, "HEAD_EPOCHS", 1)
    first = Pretrained(str(checkpoints.seeing(kind, tmp_path / kind)), epochs=1, mode="head")
    first.fit(PROBLEM, squares(16, 0), squares(8, 1), Run(seed=3))
    folder = tmp_path / "first"
    folder.mkdir()
    saved(first, folder)
    before = first.model_.state_dict()
    same = learned(folder, PROBLEM, "cpu")[0].state_dict()
    assert all(torch.equal(before[name], same[name]) for name in before)
    other = learned(folder, OTHER, "cpu")[0].state_dict()
    differ = {name for name in before if not torch.equal(other[name], before[name])}
    assert differ
    assert all("surety" in name or "class" in name for name in differ)


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("again", [False, True])
def test_what_labels_pictures_sees_the_same_place_by_place(channels, again, make_pictures, pose, tmp_path):
    folder, first = classified(Convolutional(epochs=2), make_pictures, pose, tmp_path, channels=channels, side=64)
    network = first.model_.network
    if again:
        folder = tmp_path / "again"
        folder.mkdir()
        learner = Pretrained(str(tmp_path), epochs=1, mode="last")
        _, first = classified(learner, make_pictures, pose, folder, channels=channels, side=64)
        network = first.model_.network.body
    model, _, described = learned(folder, PROBLEM, "cpu")
    assert (model.network.strides, described["design"]["skip"]) == ([8, 16], 2)
    gray = torch.randint(0, 255, (2, 1, 64, 96)).float()
    network.turn = 0.0
    model.eval()
    with torch.no_grad():
        maps = model.network.states(gray.expand(-1, 3, -1, -1))
        features = network.eval()(gray.expand(-1, channels, -1, -1))
    assert torch.allclose(maps[-1].mean(dim=(2, 3)), features[:, 0], atol=1e-4)
    assert model(gray.expand(-1, 3, -1, -1)).shape == (2, 8 * 12 + 4 * 6, 9)


def test_a_published_network_that_learned_labels_here_can_find_boxes_too(make_pictures, pose, tmp_path):
    (tmp_path / "first").mkdir()
    learner = Pretrained(str(checkpoints.seeing("resnet", tmp_path / "resnet")), epochs=1, mode="last")
    folder, first = classified(learner, make_pictures, pose, tmp_path / "first", channels=3)
    model, design, _ = learned(folder, PROBLEM, "cpu")
    before, after = first.model_.network.body.body.state_dict(), model.network.body.state_dict()
    assert all(torch.equal(before[name], after[name]) for name in before)
    assert torch.equal(model.network.mean, first.model_.network.body.mean)
    assert design["strides"]


@pytest.mark.parametrize(
    ("learner", "why"), [(Transformer(epochs=1), "no maps of places"), (Convolutional(epochs=1), "too small")]
)
def test_what_cannot_find_things_says_why(learner, why, make_pictures, pose, tmp_path):
    folder, _ = classified(learner, make_pictures, pose, tmp_path, channels=3, side=12)
    with pytest.raises(TrainingError, match=why) as raised:
        opened(str(folder), PROBLEM, "cpu")
    assert raised.value.remedy
