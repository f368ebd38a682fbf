"""Boxes found from trained networks: a backbone's maps under a pyramid, and detectors that learn by their own loss."""

import json

import checkpoints
import pytest
import torch
from squares import PROBLEM, squares

from fathom.deep import transfer_boxes
from fathom.deep.boxcam import maps
from fathom.deep.convolutional import Convolutional
from fathom.deep.inputs import shelf
from fathom.deep.pretrained import Pretrained
from fathom.errors import StoreError, TrainingError
from fathom.learner import Run
from fathom.tasks.boxes import Box


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    kinds = ("resnet", "mobilenet_v2", "vit", "yolos", "detr", "rt_detr")
    return {kind: str(checkpoints.seeing(kind, tmp_path_factory.mktemp(kind))) for kind in kinds}


def fitted(folder, run=None, **options):
    learner = Pretrained(folder, **{"epochs": 2, **options})
    learner.fit(PROBLEM, squares(24, 0), squares(8, 1), run or Run(seed=3))
    return learner


@pytest.mark.parametrize("kind", ["resnet", "mobilenet_v2", "yolos", "detr", "rt_detr"])
def test_every_kind_learns_is_saved_and_loaded(kind, folders, tmp_path, monkeypatch):
    monkeypatch.setattr(transfer_boxes, "HEAD_EPOCHS", 2)
    learner = fitted(folders[kind])
    test = squares(3, 2)
    said = learner.predict(test)
    learner.save(tmp_path)
    again = Pretrained.load(tmp_path)
    assert again.predict(test) == said
    assert {box.label for row in said.rows for box in row} <= {"blue", "red"}
    assert all(0 <= box.left < box.right <= 64 and 0 <= box.probability <= 1 for row in said.rows for box in row)
    heat = maps(learner, test.take([0]), [Box(2, 2, 30, 30, "blue", 0.5)])
    assert (heat is None) == ("detr" in kind or kind == "yolos")  # whose boxes have each seen all of the picture
    assert heat is None or heat[0].min() >= 0
    learner.export(tmp_path / "out")
    assert (tmp_path / "out" / "config.json").is_file()


def test_the_head_alone_leaves_the_network_as_it_was(folders, monkeypatch):
    monkeypatch.setattr(transfer_boxes, "HEAD_EPOCHS", 3)
    run = Run(seed=3)
    learner = fitted(folders["resnet"], run, mode="head")
    before = fitted(folders["resnet"], mode="head", rate=1e-9).model_.network.body.state_dict()
    after = learner.model_.network.body.state_dict()
    assert all(torch.equal(before[name], after[name]) for name in before)
    assert [step["name"] for step in run.told["transfer"]] == ["head"] == [learner.mode_]


def test_states_of_mirrored_pictures_have_mirrored_boxes(folders, monkeypatch):
    monkeypatch.setattr(transfer_boxes, "HEAD_EPOCHS", 1)
    seen = []
    computed = transfer_boxes.computed

    def watched(lesson, rows, share, mirror):
        seen.append((computed(lesson, rows, share, mirror), rows))
        return seen[-1][0]

    monkeypatch.setattr(transfer_boxes, "computed", watched)
    fitted(folders["resnet"], mode="head")
    made, rows = seen[0]
    assert len(made) == 2 * len(rows) == 48
    width = rows.inputs[0].shape[3]
    truth = made.truth
    assert torch.equal(truth[:24, :, 1], truth[24:, :, 1])
    assert torch.equal(width - truth[:24, :, 0], truth[24:, :, 2])


def test_it_finds_what_it_learned_by_steps(folders, monkeypatch):
    monkeypatch.setattr(transfer_boxes, "HEAD_EPOCHS", 12)
    run = Run(seed=3)
    learner = fitted(folders["resnet"], run, epochs=6, rate=1e-3)
    steps = run.told["transfer"]
    assert [step["name"] for step in steps] == ["head", "last", "all"]
    assert steps[0]["learned"] == 0 < steps[1]["learned"] < steps[2]["learned"]
    assert steps[-1]["loss"] < 0.8
    best = min(step["loss"] for step in steps)
    assert [step["loss"] for step in steps if step["name"] == learner.mode_] == [best]


def test_a_detector_that_was_learned_here_is_started_from(folders, tmp_path, monkeypatch):
    monkeypatch.setattr(transfer_boxes, "HEAD_EPOCHS", 2)
    first = Convolutional(epochs=2)
    first.fit(PROBLEM, squares(24, 5), squares(8, 6), Run(seed=1))
    first.save(tmp_path)
    learner = fitted(str(tmp_path), mode="head")
    before, after = (each.model_.network.body.state_dict() for each in (first, learner))
    assert all(torch.equal(before[name], after[name]) for name in before)
    again = tmp_path / "again"
    again.mkdir()
    learner.save(again)
    assert Pretrained.load(again).predict(squares(3, 2)) == learner.predict(squares(3, 2))
    with pytest.raises(TrainingError):
        learner.export(tmp_path / "out")
    third = fitted(str(again), mode="head")
    assert all(torch.equal(before[name], each) for name, each in third.model_.network.body.state_dict().items())


class Stop(Exception):
    """A crash at a moment of the test's choosing."""


@pytest.mark.parametrize(("kind", "stage"), [("resnet", "head"), ("resnet", "last"), ("rt_detr", "all")])
def test_killed_and_resumed_it_is_the_same_model(kind, stage, folders, tmp_path, monkeypatch):
    monkeypatch.setattr(transfer_boxes, "HEAD_EPOCHS", 3)
    monkeypatch.setattr("fathom.deep.training.SAVE_EVERY", 0.0)
    monkeypatch.setattr("fathom.deep.training.TICK", 0.0)
    whole = fitted(folders[kind])

    def die(done, note):
        if (tmp_path / stage / "checkpoint.safetensors").exists():
            raise Stop

    with pytest.raises(Stop):
        fitted(folders[kind], Run(seed=3, folder=tmp_path, progress=die))
    resumed = fitted(folders[kind], Run(seed=3, folder=tmp_path))
    tensors, others = whole.model_.state_dict(), resumed.model_.state_dict()
    assert all(torch.equal(tensors[name], others[name]) for name in tensors)


def test_a_network_without_maps_is_a_clear_error(folders):
    with pytest.raises(TrainingError, match="cannot be used") as raised:
        fitted(folders["vit"])
    assert raised.value.remedy


def test_a_description_that_does_not_fit_is_refused(folders, tmp_path, monkeypatch):
    monkeypatch.setattr(transfer_boxes, "HEAD_EPOCHS", 1)
    fitted(folders["resnet"], mode="head").save(tmp_path)
    path = tmp_path / "backbone.json"
    said = json.loads(path.read_text("utf-8"))
    path.write_text(json.dumps({**said, "embedding_size": 10**9}), "utf-8")
    with pytest.raises(StoreError):
        Pretrained.load(tmp_path)


@pytest.mark.parametrize("kept", [True, False])
@pytest.mark.parametrize("kind", ["convolutional", "mobilenet_v2"])
def test_the_same_is_learned_wherever_pictures_are(kind, kept, folders, tmp_path, monkeypatch):
    monkeypatch.setattr(transfer_boxes, "HEAD_EPOCHS", 1)
    problem_rows = squares(24, 0), squares(8, 1)

    def learned(place):
        learner = Convolutional(epochs=1) if kind == "convolutional" else Pretrained(folders[kind], epochs=1)
        learner.fit(PROBLEM, *problem_rows, Run(seed=3, folder=place))
        return learner.predict(problem_rows[1]).frame()

    held = learned(None)
    monkeypatch.setattr(shelf, "MOST_HELD", 100)
    assert learned(tmp_path / "run" if kept else None).equals(held)
    assert not list(tmp_path.rglob("*.pixels*"))
