"""Starting from a trained network: every kind of encoder, every mode, offline."""

from __future__ import annotations

import json

import polars as pl
import pytest
import torch

from fathom.data.dataset import Dataset
from fathom.data.kinds import Column, Kind
from fathom.errors import StoreError, TrainingError
from fathom.learner import Run
from fathom.tasks.problem import Problem

pytest.importorskip("transformers")

import checkpoints
from transformers import AutoModel, AutoTokenizer

from fathom.deep import hub, tuning
from fathom.deep.networks.backbone import BackboneNetwork, add_low_rank, depth_of, learn_last, merge_low_rank
from fathom.deep.pretrained import Pretrained, start

SENTENCES = [
    f"{mood} {thing} {number}" for mood in ("good", "bad") for thing in ("film", "song") for number in range(24)
]
LABELS = ["yes"] * 48 + ["no"] * 48
EVERY = slice(None, None, 2), slice(1, None, 2)


@pytest.fixture(scope="module")
def texts():
    frame = pl.DataFrame({"text": SENTENCES, "stars": [float(each) for each in range(96)], "label": LABELS})
    return Dataset(frame, (Column("text", Kind.TEXT), Column("stars", Kind.NUMBER), Column("label", Kind.CATEGORY)))


@pytest.fixture(scope="module")
def problem(texts):
    return Problem("text-classification", "label", texts.columns[:1], ("no", "yes"))


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    root = tmp_path_factory.mktemp("checkpoints")
    return {kind: str(checkpoints.checkpoint(kind, root / kind, SENTENCES)) for kind in checkpoints.KINDS}


def fitted(texts, problem, backbone, run=None, **options):
    learner = Pretrained(backbone, **{"epochs": 2, "rate": 1e-3, **options})
    learner.fit(
        problem, texts.take(range(*EVERY[0].indices(96))), texts.take(range(*EVERY[1].indices(96))), run or Run(seed=2)
    )
    return learner


@pytest.mark.parametrize("kind", checkpoints.KINDS)
def test_every_kind_of_encoder_trains_is_saved_and_loaded(kind, folders, texts, problem, tmp_path):
    learner = fitted(texts, problem, folders[kind], epochs=6)
    said = learner.predict(texts)
    assert (said.codes == problem.truth(texts)).mean() > 0.8
    learner.save(tmp_path)
    assert {path.suffix for path in tmp_path.iterdir()} == {".safetensors", ".json"}
    assert folders[kind] not in (tmp_path / "learner.json").read_text("utf-8")
    again = Pretrained.load(tmp_path)
    assert (again.predict(texts).probabilities == said.probabilities).all()
    alone = again.predict(texts.take([5])).probabilities
    assert abs(alone - said.probabilities[5]).max() < 2e-6


@pytest.mark.parametrize(("kind", "mode"), [*((kind, "lora") for kind in checkpoints.KINDS), ("bert", "all")])
def test_what_it_learned_is_read_by_the_transformers_library(kind, mode, folders, texts, problem, tmp_path):
    fitted(texts, problem, folders[kind], mode=mode).save(tmp_path)
    learner = Pretrained.load(tmp_path)
    learner.predict(texts)
    learner.export(tmp_path / "new" / kind)
    names = {path.name for path in (tmp_path / "new" / kind).iterdir()}
    assert {"config.json", "model.safetensors", "tokenizer.json"} <= names
    assert not any(name.endswith((".bin", ".py", ".pkl")) for name in names)
    body = AutoModel.from_pretrained(tmp_path / "new" / kind, local_files_only=True)
    tokenizer = AutoTokenizer.from_pretrained(tmp_path / "new" / kind, local_files_only=True)
    read = tokenizer(SENTENCES, padding=True, return_tensors="pt")
    codes = learner.inputs_.codes(SENTENCES)
    inside = read["attention_mask"].bool()
    assert [row[kept].tolist() for row, kept in zip(read["input_ids"], inside, strict=True)] == codes
    given = {name: read[name] for name in ("input_ids", "attention_mask")}
    with torch.no_grad():
        mine = learner.model_.network.body(**given).last_hidden_state
        other = body(**given).last_hidden_state
        before = AutoModel.from_pretrained(folders[kind])(**given).last_hidden_state
    assert torch.allclose(mine[inside], other[inside], atol=1e-4)
    assert not torch.allclose(before[inside], other[inside], atol=1e-4)
    fitted(texts, problem, str(tmp_path / "new" / kind), mode="head", epochs=1)


@pytest.mark.parametrize("mode", ["head", "last", "lora", "all"])
def test_every_mode_learns_what_it_says(mode, folders, texts, problem):
    learner = fitted(texts, problem, folders["bert"], mode=mode)
    body, _ = start(folders["bert"], problem, texts, 64)
    changed = {
        name
        for name, weight in body.state_dict().items()
        if not torch.equal(weight, learner.model_.network.body.state_dict()[name])
    }
    assert learner.mode_ == mode
    assert not any("lora" in name or ".up" in name or ".down" in name for name in learner.model_.state_dict())
    if mode == "head":
        assert not changed
    elif mode == "lora":
        assert changed
        assert all("query" in name or "value" in name for name in changed)
    else:
        assert any("layer.1" in name for name in changed)
        assert ("embeddings.word_embeddings.weight" in changed) == (mode == "all")


@pytest.mark.parametrize("stage", ["contrast", "head", "tuning"])
def test_killed_in_any_stage_and_resumed_it_is_the_same_model(stage, folders, texts, problem, tmp_path, monkeypatch):
    monkeypatch.setattr("fathom.deep.training.SAVE_EVERY", 0.0)
    monkeypatch.setattr("fathom.deep.training.TICK", 0.0)
    monkeypatch.setattr(tuning, "HEAD_EPOCHS", 5)
    monkeypatch.setattr(tuning, "CONTRAST_STEPS", 5)
    mode = "auto" if stage == "contrast" else "all"
    whole = fitted(texts, problem, folders["bert"], mode=mode)
    word = {"contrast": "telling", "head": "the head", "tuning": "the whole"}[stage]

    def die(done, note):
        if note.startswith(word) and (tmp_path / stage / "checkpoint.safetensors").is_file():
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fitted(texts, problem, folders["bert"], Run(seed=2, folder=tmp_path, progress=die), mode=mode)
    assert (tmp_path / stage).is_dir()
    again = fitted(texts, problem, folders["bert"], Run(seed=2, folder=tmp_path), mode=mode)
    mine, other = whole.model_.state_dict(), again.model_.state_dict()
    assert all(torch.equal(mine[name], other[name]) for name in mine)


def test_without_time_the_head_alone_learns(folders, texts, problem, monkeypatch):
    monkeypatch.setattr(tuning, "pace", lambda lesson: 1e9)
    monkeypatch.setattr(tuning, "FEW", 0)
    learner = fitted(texts, problem, folders["bert"], Run.lasting(60))
    assert learner.mode_ == "head"


def test_columns_beside_the_text_are_read(folders, texts):
    problem = Problem("text-classification", "label", texts.columns[:2], ("no", "yes"))
    learner = fitted(texts, problem, folders["electra"], mode="head")
    assert (learner.predict(texts).codes == problem.truth(texts)).mean() > 0.9


def test_low_rank_matrices_change_nothing_at_first_and_merge(folders, texts, problem):
    body, inputs = start(folders["deberta-v2"], problem, texts, 64)
    network = BackboneNetwork(body, inputs.padding).eval()
    tensors = inputs.tensors(texts)
    plain = network(*tensors)
    add_low_rank(network, 4)
    assert torch.equal(network(*tensors), plain)
    learning = [name for name, weight in network.named_parameters() if weight.requires_grad]
    assert len(learning) == 2 * 2 * 2
    for name, weight in network.named_parameters():
        if name.endswith(".up"):
            torch.nn.init.normal_(weight)
    changed = network(*tensors)
    merge_low_rank(network)
    assert torch.allclose(network(*tensors), changed, atol=1e-5)
    assert not torch.allclose(changed, plain, atol=1e-3)


def test_lower_layers_learn_more_slowly(folders, texts, problem):
    body, inputs = start(folders["roberta"], problem, texts, 64)
    network = BackboneNetwork(body, inputs.padding)
    learn_last(network, depth_of(body) + 1)
    rates = [
        network.rates[f"network.body.{name}"]
        for name in (
            "embeddings.word_embeddings.weight",
            "encoder.layer.0.output.dense.weight",
            "encoder.layer.1.output.dense.weight",
        )
    ]
    assert rates == pytest.approx([0.81, 0.9, 1.0])


def test_a_text_longer_than_the_network_has_places_is_cut(folders, texts, problem):
    learner = fitted(texts, problem, folders["roberta"], mode="head", longest=500)
    long = texts.take([0]).frame.with_columns(text=pl.lit("good film " * 5_000))
    assert len(learner.predict(Dataset(long, texts.columns))) == 1


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda folder: (folder / "model.safetensors").rename(folder / "pytorch_model.bin"), "pickles"),
        (lambda folder: (folder / "config.json").unlink(), "no trained network"),
        (lambda folder: (folder / "config.json").write_text("{"), "cannot be used"),
        (lambda folder: (folder / "tokenizer.json").write_text("{"), "cannot be used"),
        (lambda folder: (folder / "model.safetensors").write_bytes(b"no"), "cannot be used"),
    ],
)
def test_a_folder_that_cannot_be_used_is_a_clear_error(spoil, said, texts, problem, tmp_path):
    folder = checkpoints.checkpoint("bert", tmp_path / "bert", SENTENCES)
    spoil(folder)
    with pytest.raises(TrainingError, match=said) as raised:
        fitted(texts, problem, str(folder))
    assert raised.value.remedy


def test_without_a_hub_the_remedy_is_told(monkeypatch):
    def unreachable(name, **options):
        raise OSError("no network")

    monkeypatch.setattr(hub.huggingface_hub, "snapshot_download", unreachable)
    with pytest.raises(TrainingError, match="nobody/nothing") as raised:
        hub.located("nobody/nothing")
    assert "hf download nobody/nothing" in raised.value.remedy


def test_a_mode_that_is_none_is_a_clear_error(folders, texts, problem):
    with pytest.raises(TrainingError, match="no mode"):
        fitted(texts, problem, folders["bert"], mode="everything")


@pytest.mark.parametrize(
    "change", [{"model_type": "no-such"}, {"num_hidden_layers": 10**6}, {"vocab_size": 10**12}, {"hidden_size": 24}]
)
def test_a_hostile_description_is_refused(change, folders, texts, problem, tmp_path):
    fitted(texts, problem, folders["bert"], mode="head").save(tmp_path)
    path = tmp_path / "backbone.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **change}))
    with pytest.raises(StoreError):
        Pretrained.load(tmp_path)


def test_states_are_computed_of_as_many_rows_as_there_is_time_for(folders, texts, problem, monkeypatch):
    monkeypatch.setattr(tuning, "AT_ONCE", 16)
    monkeypatch.setattr(tuning, "TRAIN_SHARE", 0.0)
    run = Run.lasting(60)
    learner = fitted(texts, problem, folders["bert"], run, mode="head")
    assert run.hurried
    assert (learner.predict(texts).codes == problem.truth(texts)).mean() > 0.5
