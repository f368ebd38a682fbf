"""Starting from a trained network for pictures: every kind of body, every step, what was learned here before."""

from __future__ import annotations

import json
import re
import time

import pytest
import torch

from fathom.errors import StoreError, TrainingError
from fathom.learner import Run

pytest.importorskip("transformers")

import checkpoints
from transformers import AutoModel

from fathom.data.read import read
from fathom.data.samples.faces import drawn_faces
from fathom.deep import bodies, pacing, transfer, tuning
from fathom.deep.convolutional import Convolutional
from fathom.deep.heads.label import Label
from fathom.deep.heads.members import Members
from fathom.deep.networks.backbone import depth_of, learn_last, levels_of
from fathom.deep.networks.pictures import PictureNetwork
from fathom.deep.pretrained import Pretrained
from fathom.deep.probe import learn_top
from fathom.tasks.face_recognition import TASK

DEPTHS = {"vit": 2, "dinov2": 2, "resnet": 3, "convnext": 3, "mobilenet_v2": 16, "swin": 2, "clip": 2}


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    root = tmp_path_factory.mktemp("seeing")
    return {kind: str(checkpoints.seeing(kind, root / kind)) for kind in checkpoints.SEEING}


@pytest.fixture(scope="module")
def sides(make_pictures):
    return make_pictures(96, channels=3)


@pytest.fixture(scope="module")
def problem(sides, pose):
    return pose(sides, "label")


def fitted(sides, problem, backbone, run=None, **options):
    learner = Pretrained(backbone, **{"epochs": 2, "rate": 1e-3, **options})
    learner.fit(problem, sides.take(range(64)), sides.take(range(64, 96)), run or Run(seed=2))
    return learner


@pytest.mark.parametrize("kind", checkpoints.SEEING)
def test_every_kind_of_body_trains_is_saved_and_loaded(kind, folders, sides, problem, tmp_path):
    run = Run(seed=2)
    learner = fitted(sides, problem, folders[kind], run, mode="last", epochs=1)
    said = learner.predict(sides)
    assert (said.codes == problem.truth(sides)).mean() > 0.3
    assert depth_of(learner.model_.network.body) == DEPTHS[kind]
    learner.save(tmp_path)
    assert {path.suffix for path in tmp_path.iterdir()} == {".safetensors", ".json"}
    again = Pretrained.load(tmp_path)
    assert (again.predict(sides).probabilities == said.probabilities).all()
    assert abs(again.predict(sides.take([5])).probabilities - said.probabilities[5]).max() < 2e-6


@pytest.mark.parametrize("kind", checkpoints.SEEING)
def test_a_body_answers_what_the_library_does(kind, folders, sides, problem):
    body, inputs, _ = bodies.opened(folders[kind], problem, sides)
    (pixels,) = inputs.tensors(sides.take(range(4)))
    assert (inputs.height, inputs.width, inputs.channels) == (32, 32, 3)
    mean, spread = (torch.tensor(each)[:, None, None] for each in ([0.5, 0.4, 0.3], [0.2, 0.2, 0.1]))
    with torch.no_grad():
        mine = body(pixels)[:, 0]
        other = body.body(pixel_values=(pixels / 255 - mean) / spread)
    assert mine.shape == (4, body.features)
    whole = other.last_hidden_state
    if kind in ("vit", "dinov2", "clip"):
        expected = torch.cat([whole[:, 0], whole[:, 1:].mean(dim=1)], dim=1)
    else:
        expected = other.pooler_output.flatten(1)
    assert torch.allclose(mine, expected, atol=1e-4)


def test_steps_are_told_and_kept_only_where_validation_rows_say_so(folders, sides, problem, monkeypatch):
    run = Run(seed=2)
    learner = fitted(sides, problem, folders["resnet"], run)
    steps = run.told["transfer"]
    assert [each["name"] for each in steps] == ["head", "last", "all"]
    assert [each["learned"] for each in steps] == [0, 1, 3]
    assert all(each["layers"] == 3 and 0 <= each["right"] <= 1 and each["seconds"] > 0 for each in steps)
    best = steps[0]["loss"]
    for each in steps[1:]:
        assert each["kept"] == (each["loss"] < best)
        best = min(best, each["loss"])
    json.dumps(steps)
    assert learner.mode_ == [each["name"] for each in steps if each["kept"]][-1]

    monkeypatch.setattr(transfer, "further", lambda lesson, name, learned, move: spoiled(lesson))
    worse = fitted(sides, problem, folders["resnet"], run)
    assert [each["kept"] for each in run.told["transfer"]] == [True, False, False]
    head = fitted(sides, problem, folders["resnet"], mode="head")
    assert (worse.predict(sides).probabilities == head.predict(sides).probabilities).all()


def spoiled(lesson):
    with torch.no_grad():
        for weight in lesson.network.parameters():
            weight.zero_()
    return 9.0


def test_without_time_the_head_alone_learns_and_says_so(folders, sides, problem, monkeypatch):
    monkeypatch.setattr(transfer, "pace", lambda lesson: 1e9)
    run = Run.lasting(60, seed=2)
    assert fitted(sides, problem, folders["resnet"], run).mode_ == "head"
    assert [each["loss"] is None for each in run.told["transfer"]] == [False, True, True]
    assert run.hurried


def test_a_step_is_timed_once_on_as_few_rows_as_the_clock_wants(folders, sides, problem, monkeypatch):
    asked = []

    def slow(lesson, rows):
        asked.append(rows)
        return 1e9

    monkeypatch.setattr(pacing, "_timed", slow)
    run = Run.lasting(60, seed=2)
    learner = fitted(sides, problem, folders["resnet"], run, batch=32)
    assert asked == [2]
    assert learner.mode_ == "head"
    assert [each["rows"] for each in run.told["transfer"]] == [64, 0, 0]
    monkeypatch.setattr(pacing, "_timed", lambda lesson, rows: asked.append(rows) or 1e-9)
    fitted(sides, problem, folders["resnet"], Run.lasting(60, seed=2), batch=32)
    assert asked == [2, 2, 4, 8, 16, 32]


def test_a_mode_that_was_named_leaves_the_head_where_its_first_step_takes_too_long(
    folders, sides, problem, monkeypatch
):
    monkeypatch.setattr(transfer, "pace", lambda lesson: 1e9)
    run = Run.lasting(60, seed=2)
    assert fitted(sides, problem, folders["resnet"], run, mode="all").mode_ == "head"
    assert run.hurried


@pytest.mark.parametrize("failure", [TrainingError("diverged"), torch.OutOfMemoryError("none left")])
def test_a_step_that_fails_leaves_what_was_learned_before(failure, folders, sides, problem, monkeypatch):
    def failing(lesson, name, learned, move):
        spoiled(lesson)
        raise failure

    monkeypatch.setattr(transfer, "further", failing)
    learner = fitted(sides, problem, folders["resnet"])
    head = fitted(sides, problem, folders["resnet"], mode="head")
    assert (learner.predict(sides).probabilities == head.predict(sides).probabilities).all()
    with pytest.raises(type(failure)):
        fitted(sides, problem, folders["resnet"], mode="all")


def test_the_head_learns_from_as_many_rows_as_there_is_time_for(folders, sides, problem, monkeypatch):
    monkeypatch.setattr(tuning, "time", Clock(0.5))
    run = Run.lasting(4, seed=2)
    learner = fitted(sides, problem, folders["resnet"], run, mode="head")
    assert 16 <= run.told["transfer"][0]["rows"] < 64
    assert run.hurried
    assert len(learner.predict(sides)) == 96


def test_too_little_time_for_any_rows_says_how_much_more_is_needed(folders, sides, problem, monkeypatch):
    monkeypatch.setattr(tuning, "time", Clock(20.0))
    with pytest.raises(TrainingError, match=r"look at 2 of 64 .* takes it") as raised:
        fitted(sides, problem, folders["resnet"], Run.lasting(4, seed=2))
    assert re.search(r"about [\d,]+ s more", str(raised.value.remedy))


class Clock:
    """Every reading is so many seconds after the one before."""

    def __init__(self, tick):
        self.now, self.tick = time.monotonic(), tick

    def monotonic(self):
        self.now += self.tick
        return self.now


@pytest.mark.parametrize("mode", ["head", "last", "all", "lora"])
def test_every_mode_learns_what_it_says(mode, folders, sides, problem):
    learner = fitted(sides, problem, folders["vit"], mode=mode)
    before = bodies.opened(folders["vit"], problem, sides)[0].state_dict()
    after = learner.model_.network.body.state_dict()
    changed = {name for name in before if not torch.equal(before[name], after[name]) and "pooler" not in name}
    assert before.keys() == after.keys()
    if mode == "head":
        assert not changed
    elif mode == "lora":
        assert changed
        assert all("q_proj" in name or "v_proj" in name for name in changed)
    else:
        assert any("layers.1" in name for name in changed)
        assert any("layers.0" in name for name in changed) == (mode == "all")


def test_low_ranks_need_attention(folders, sides, problem):
    with pytest.raises(TrainingError, match="attention"):
        fitted(sides, problem, folders["resnet"], mode="lora")


def test_batch_statistics_stay_and_lower_layers_learn_more_slowly(folders, sides, problem):
    body, _, _ = bodies.opened(folders["mobilenet_v2"], problem, sides)
    network = PictureNetwork(body).train()
    before = {name: each.clone() for name, each in body.named_buffers()}
    network(torch.randint(0, 255, (4, 3, 32, 32)).byte())
    assert all(torch.equal(before[name], each) for name, each in body.named_buffers())
    learn_last(network, depth_of(body) + 1)
    stem, middle = "conv_stem.first_conv.convolution.weight", "layer.0.conv_3x3.convolution.weight"
    names = (stem, middle, "conv_1x1.convolution.weight")
    rates = [network.rates[f"network.body.body.{name}"] for name in names]
    assert rates == pytest.approx([0.9**16, 0.9**15, 1.0])


def test_layers_of_all_stages_are_counted():
    names = [
        "embedder.a",
        "e.stages.0.layers.0.w",
        "e.stages.0.layers.1.w",
        "e.stages.1.down.w",
        "e.stages.1.layers.0.w",
    ]
    assert list(levels_of([*names, "pooler.w"]).values()) == [0, 1, 2, 3, 3, 3]


@pytest.mark.parametrize("stage", ["states", "last", "all"])
def test_killed_in_any_step_and_resumed_it_is_the_same_model(stage, folders, sides, problem, tmp_path, monkeypatch):
    monkeypatch.setattr("fathom.deep.training.SAVE_EVERY", 0.0)
    monkeypatch.setattr("fathom.deep.training.TICK", 0.0)
    whole = fitted(sides, problem, folders["resnet"])

    def die(done, note):
        if (tmp_path / stage / "checkpoint.safetensors").is_file():
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fitted(sides, problem, folders["resnet"], Run(seed=2, folder=tmp_path, progress=die))
    if stage == "states":  # what was computed once is not computed again
        monkeypatch.setattr(transfer, "computed", None)
    again = fitted(sides, problem, folders["resnet"], Run(seed=2, folder=tmp_path))
    mine, other = whole.model_.state_dict(), again.model_.state_dict()
    assert all(torch.equal(mine[name], other[name]) for name in mine)


def test_what_was_learned_here_is_used_again(sides, problem, make_pictures, tmp_path):
    first = Convolutional(epochs=10)
    first.fit(problem, sides.take(range(64)), sides.take(range(64, 96)), Run(seed=1))
    first.save(tmp_path)
    second = fitted(sides, problem, str(tmp_path), mode="last")
    assert (second.inputs_.height, second.inputs_.channels) == (first.inputs_.height, first.inputs_.channels)
    mine, other = first.model_.network.state_dict(), second.model_.network.body.state_dict()
    assert mine.keys() == other.keys()
    assert torch.equal(mine["stem.weight"], other["stem.weight"])
    assert not torch.equal(mine["norm.weight"], other["norm.weight"])
    (tmp_path / "second").mkdir()
    second.save(tmp_path / "second")
    again = Pretrained.load(tmp_path / "second")
    assert (again.predict(sides).probabilities == second.predict(sides).probabilities).all()
    third = fitted(make_pictures(96, side=12), problem, str(tmp_path / "second"), mode="head")
    told = third.model_.network.body.state_dict()
    assert all(torch.equal(told[name], each) for name, each in second.model_.network.body.state_dict().items())
    with pytest.raises(TrainingError, match="made here"):
        third.export(tmp_path / "exported")


def test_what_it_learned_is_read_by_the_transformers_library(folders, sides, problem, tmp_path):
    learner = fitted(sides, problem, folders["convnext"], mode="all")
    learner.export(tmp_path / "new")
    body = AutoModel.from_pretrained(tmp_path / "new", local_files_only=True)
    mine = learner.model_.network.body.body.state_dict()
    assert all(torch.equal(mine[name], each) for name, each in body.state_dict().items())
    opened, _, _ = bodies.opened(str(tmp_path / "new"), problem, sides)
    (pixels,) = learner.inputs_.tensors(sides)
    with torch.no_grad():
        assert torch.allclose(opened(pixels), learner.model_.network.body(pixels), atol=1e-4)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"size": {"shortest_edge": 256}, "do_center_crop": True, "crop_size": {"height": 224, "width": 224}}, 224),
        ({"size": {"height": 384, "width": 384}}, 384),
        ({"size": {"shortest_edge": 288}, "do_center_crop": False, "crop_size": 224}, 288),
        ({"size": 192}, 192),
        ({}, 32),
    ],
)
def test_the_side_is_read_from_the_folder(said, expected, tmp_path, folders):
    (tmp_path / bodies.PREPARATION).write_text(json.dumps(said))
    config = AutoModel.from_pretrained(folders["vit"]).config
    side, mean, spread = bodies.preparation(tmp_path, config)
    assert side == expected
    assert mean.flatten().tolist() == pytest.approx([255 * each for each in bodies.USUAL["mean"]])
    assert spread.flatten().tolist() == pytest.approx([255 * each for each in bodies.USUAL["std"]])


@pytest.mark.parametrize(
    "spoil",
    [
        lambda folder: (folder / "preprocessor_config.json").write_text("{"),
        lambda folder: (folder / "preprocessor_config.json").write_text('{"image_std": [0, 0, 0]}'),
        lambda folder: (folder / "preprocessor_config.json").write_text('{"size": 10000000000}'),
        lambda folder: (folder / "model.safetensors").write_bytes(b"no"),
        lambda folder: (folder / "config.json").write_text('{"model_type": "bert"}'),
    ],
)
def test_a_folder_that_cannot_be_used_is_a_clear_error(spoil, sides, problem, tmp_path):
    folder = checkpoints.seeing("resnet", tmp_path / "resnet")
    spoil(folder)
    with pytest.raises(TrainingError, match="cannot be used") as raised:
        fitted(sides, problem, str(folder))
    assert raised.value.remedy


@pytest.mark.parametrize(
    "change",
    [{"model_type": "no-such"}, {"hidden_sizes": [10**12]}, {"embedding_size": 10**12}, {"learner": "recurrent"}],
)
def test_a_hostile_description_is_refused(change, folders, sides, problem, tmp_path):
    fitted(sides, problem, folders["resnet"], mode="head").save(tmp_path)
    path = tmp_path / "backbone.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **change}))
    with pytest.raises(StoreError):
        Pretrained.load(tmp_path)


def test_the_head_finds_the_penalty_that_validation_rows_want():
    chance = torch.Generator().manual_seed(0)
    truth = torch.arange(200) % 2
    features = torch.randn(200, 50, generator=chance) * 3 + 7
    features[:, 0] += 8.0 * truth
    head = Label(Members(50, 1, 2))
    head.start_from(truth[:100])
    score = learn_top(head, (features[:100], truth[:100]), (features[100:], truth[100:]), Run())
    with torch.no_grad():
        logits = head(features[100:, None])
    assert score == pytest.approx(head.score(logits, truth[100:])[0], rel=1e-3)
    assert (head.answer(logits).argmax(dim=1) == truth[100:]).double().mean() > 0.7


def test_persons_are_told_apart_over_a_trained_network(folders, tmp_path):
    rows = read(drawn_faces(6, 6, seed=3))
    recognising = TASK.pose(rows, "person")
    train, valid = rows.take(range(0, 36, 2)), rows.take(range(1, 36, 2))
    run = Run(seed=2)
    learner = Pretrained(folders["resnet"], mode="last", epochs=1)
    learner.fit(recognising, train, valid, run)
    steps = run.told[transfer.TRANSFER]
    assert [each["name"] for each in steps] == ["head", "last"]
    assert all(each["right"] is None and each["loss"] > 0 for each in steps)
    assert len(learner.gallery_.persons) == 6
    assert not any("centres" in name for name, _ in learner.model_.named_parameters())  # who is forgotten leaves none
    said = learner.predict(valid)
    assert torch.tensor(said.vectors).norm(dim=1).tolist() == pytest.approx([1.0] * len(valid))
    learner.save(tmp_path)
    assert (Pretrained.load(tmp_path).predict(valid).similarities == said.similarities).all()
