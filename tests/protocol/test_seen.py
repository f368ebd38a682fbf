"""What a model has learned from is remembered beside it, and held to the test rows of a study that starts from it."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from fathom.data import media
from fathom.folders import check_manifest
from fathom.model import Model
from fathom.protocol import seen
from fathom.protocol.compare import compare
from fathom.protocol.prepare import prepare
from fathom.protocol.progress import silent
from fathom.protocol.request import Request
from fathom.protocol.train import train
from fathom.store import Store

ROWS = 40


@pytest.fixture
def pictures(tmp_path):
    """A folder of pictures of two kinds, every one of its own."""
    random = np.random.default_rng(1)
    for row in range(ROWS):
        kind = ("dark", "light")[row % 2]
        folder = tmp_path / "pictures" / kind
        folder.mkdir(parents=True, exist_ok=True)
        pixels = random.integers(0, 120, (8, 8), dtype=np.uint8) + np.uint8(120 * (row % 2))
        (folder / f"{row}.png").write_bytes(media.encode(pixels))
    return tmp_path / "pictures"


def opening(data, seed, **given):
    request = Request(data, "label", seed=seed, **given)
    prepared = prepare(request, silent)
    card = {"fingerprint": prepared.dataset.fingerprint(), "seed": seed}
    return SimpleNamespace(prepared=prepared, card=lambda: card)


def stored(store, model, start, learner="convolutional", earlier=None):
    """The learner's folder of a model that learned what the opening holds, as a study keeps it."""
    model.card = start.card()
    folder = model.save(store.root / "trial" / "model")
    _, kept = store.adopt(folder, "eyes", {}, seen.remembered(start.prepared, learner, earlier))
    check_manifest(kept)
    Model.load(kept)
    return kept / "learner"


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path / "store")


@pytest.mark.parametrize("held", ["pixels", "files"])
def test_test_rows_that_the_backbone_learned_from_are_counted(held, pictures, store, pets_model, monkeypatch):
    if held == "files":
        monkeypatch.setattr(media, "MOST_UNFOLDED", 0)
    first, other = opening(pictures, 0), opening(pictures, 1)
    backbone = stored(store, pets_model, first)
    column = first.prepared.problem.inputs[0].name
    assert media.is_unfolded(first.prepared.test[column]) == (held == "pixels")

    def cells(part):
        return {np.asarray(cell).tobytes() if held == "pixels" else cell for cell in part[column].to_list()}

    learned = cells(first.prepared.train) | cells(first.prepared.valid)
    count = len(cells(other.prepared.test) & learned)
    (finding,) = seen.findings(backbone, other)
    assert count > 0
    assert finding.level == "warning"
    assert f"learned from {count} of the {len(other.prepared.test)} test rows" in finding.what
    assert len(finding.rows) == count
    assert "leave these rows out" in finding.remedy
    (finding,) = seen.findings(backbone, first)
    assert finding.level == "ok"


def test_pixels_are_compared_with_files_that_are_not_unfolded(pictures, store, pets_model, monkeypatch):
    backbone = stored(store, pets_model, opening(pictures, 0))
    monkeypatch.setattr(media, "MOST_UNFOLDED", 0)
    (finding,) = seen.findings(backbone, opening(pictures, 1))
    assert finding.level == "warning"
    assert finding.rows


def test_where_nothing_is_remembered_that_is_said(pictures, store, pets_model):
    first = opening(pictures, 0)
    backbone = stored(store, pets_model, first, learner="logistic-regression")
    assert not (backbone.parent / seen.FILE).exists()
    assert [each.level for each in seen.findings(backbone, first)] == ["unchecked"]
    (finding,) = seen.findings(backbone, opening(pictures, 1))
    assert (finding.level, "another seed" in finding.what) == ("warning", True)
    (backbone.parent / seen.FILE).write_text('{"format": 1, "pixels": "zz", "files": ""}')
    assert [each.level for each in seen.findings(backbone, first)] == ["unchecked"]
    assert seen.findings(store.root, first) == []


def test_what_the_backbone_of_a_backbone_learned_from_counts_and_is_bounded(pictures, store, pets_model, monkeypatch):
    first, other = opening(pictures, 0), opening(pictures, 1)
    start = stored(store, pets_model, first)
    both = stored(store, pets_model, other, earlier=str(start))
    parts = [part for each in (first, other) for part in (each.prepared.train, each.prepared.valid)]
    learned = {np.asarray(cell).tobytes() for part in parts for cell in part["image"].to_list()}
    assert len(first.prepared.train) + len(first.prepared.valid) < len(learned) <= ROWS
    assert len(json.loads((both.parent / seen.FILE).read_text())["pixels"]) == len(learned) * 16
    assert seen.findings(both, first)[0].level == "warning"
    monkeypatch.setattr(seen, "MOST", 5)
    few = stored(store, pets_model, first)
    record = json.loads((few.parent / seen.FILE).read_text())
    assert (len(record["pixels"]), record["whole"]) == (5 * 16, False)
    assert seen.findings(few, first)[0].level == "unchecked"


def test_a_study_that_starts_from_a_model_of_the_store_says_so(pictures, store):
    pytest.importorskip("transformers")
    train(pictures, "label", learner="convolutional", store=store, name="eyes", seed=0, minutes=0.4)
    assert (Path(store.model_path("eyes")) / seen.FILE).is_file()
    study = compare(
        pictures, "label", learners=["pretrained"], backbone="eyes", store=store, name="again", seed=1, minutes=0.4
    )
    said = [each for each in study.findings if "has learned from" in each.what]
    assert [each.level for each in said] == ["warning"]
    assert said[0].rows
