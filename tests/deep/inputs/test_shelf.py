"""Pictures beyond memory: read back as they were, learned alike, gone afterwards."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
import pytest
import torch

from fathom.data import media
from fathom.deep.convolutional import Convolutional
from fathom.deep.inputs import shelf
from fathom.deep.inputs.shelf import Batches, Decoding, Shelf, kept, portion, ready
from fathom.deep.training import Training
from fathom.errors import RowError
from fathom.learner import Run


@pytest.fixture
def decoding(make_pictures):
    rows = make_pictures(30, side=12, channels=3)
    return Decoding(rows["image"], None, (10, 12), 3)


def test_what_is_on_the_shelf_is_what_is_decoded(decoding, tmp_path, monkeypatch):
    monkeypatch.setattr(shelf, "AT_ONCE", 1_000)  # a few pictures at a time
    whole = torch.from_numpy(media.images(decoding.cells, None, size=(10, 12), channels=3)).permute(0, 3, 1, 2)
    stored = Shelf(decoding, tmp_path / "deep" / "pixels")
    picked = torch.tensor([7, 3, 3, 29])
    for each in (decoding, stored):
        assert torch.equal(each[picked], whole[picked])
        assert torch.equal(each[4:9], whole[4:9])
        assert each[slice(30, 40)].shape == (0, 3, 10, 12)
        assert each[picked].stride() == whole[picked].permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2).stride()
        assert (len(each), each.shape, each.numel()) == (30, (30, 3, 10, 12), whole.numel())
    assert [path.name for path in (tmp_path / "deep").iterdir()] == ["pixels"]
    monkeypatch.setattr(Shelf, "_fill", None)  # a training that goes on finds it
    again = Shelf(decoding, tmp_path / "deep" / "pixels")
    assert torch.equal(again[picked], whole[picked])
    for each in (stored, again):
        each.close()
    assert not list((tmp_path / "deep").iterdir())


def test_where_pictures_are_kept_follows_from_their_number_and_the_disk(decoding, tmp_path, monkeypatch):
    assert isinstance(kept(decoding, tmp_path / "pixels"), torch.Tensor)
    monkeypatch.setattr(shelf, "MOST_HELD", 1_000)
    assert kept(decoding, None) is decoding
    stored = kept(decoding, tmp_path / "pixels")
    assert isinstance(stored, Shelf)
    stored.close()
    monkeypatch.setattr(shelf, "SPARE", 1e18)
    assert kept(decoding, tmp_path / "pixels") is decoding
    unfolded = pl.Series("image", np.zeros((30, 10, 12, 3), dtype=np.uint8))
    assert isinstance(kept(Decoding(unfolded, None, (10, 12), 3), tmp_path / "pixels"), torch.Tensor)


@pytest.mark.parametrize("folder", [True, False])
def test_a_network_learns_the_same_wherever_pictures_are(folder, make_pictures, pose, tmp_path, monkeypatch):
    rows = make_pictures(96)
    problem = pose(rows, "label")

    def learned():
        learner = Convolutional(epochs=2)
        run = Run(seed=3, folder=tmp_path / "run" if folder else None)
        learner.fit(problem, rows.take(range(64)), rows.take(range(64, 96)), run)
        return learner.predict(rows).probabilities

    held = learned()
    (tmp_path / "run" / "checkpoint.safetensors").unlink(missing_ok=True)
    used = []
    original = shelf.Batches._fetch
    monkeypatch.setattr(shelf.Batches, "_fetch", lambda self, rows: used.append(self.pool) or original(self, rows))
    monkeypatch.setattr(shelf, "MOST_HELD", 100)
    assert np.array_equal(learned(), held)
    assert all(used)  # beside the training
    assert not list(tmp_path.rglob("*.pixels*"))


@pytest.mark.parametrize("fails", ["learn", "second"])
def test_nothing_is_left_on_the_shelf_where_a_training_fails(fails, make_pictures, pose, tmp_path, monkeypatch):
    rows = make_pictures(96)
    valid = rows.take(range(64, 96))
    found = []

    def fail(self):
        found.extend(tmp_path.rglob("*.pixels"))
        raise ValueError("no more")

    monkeypatch.setattr(shelf, "MOST_HELD", 100)
    if fails == "learn":
        monkeypatch.setattr(Training, "learn", fail)
    else:
        cells = [*valid.frame["image"].to_list()[:-1], b"no picture"]
        valid = replace(valid, frame=valid.frame.with_columns(pl.Series("image", cells, dtype=pl.Binary)))
    with pytest.raises(ValueError, match="no more" if fails == "learn" else r"row 32$|row 32\n"):
        Convolutional(epochs=2).fit(pose(rows, "label"), rows.take(range(64)), valid, Run(seed=3, folder=tmp_path))
    assert len(found) == (2 if fails == "learn" else 0)
    assert not list(tmp_path.rglob("*.pixels*"))


def test_a_broken_picture_is_counted_from_the_first_row(make_pictures):
    cells = [*make_pictures(7)["image"].to_list(), b"no picture"]
    broken = Decoding(pl.Series("image", cells), None, (8, 8), 1)
    for rows in (torch.tensor([3, 7, 1]), slice(5, None), slice(-2, None)):
        with pytest.raises(RowError) as raised:
            broken[rows]
        assert raised.value.row == 8
        assert raised.value.remedy


def test_batches_are_those_of_their_steps_in_any_order(decoding):
    batches = Batches((decoding,), lambda step: torch.tensor([step, step + 1]))
    for step in (0, 1, 2, 7, 3):
        rows, (pixels,) = batches.at(step)
        assert rows.tolist() == [step, step + 1]
        assert torch.equal(pixels, decoding[rows])
    batches.close()


def test_a_broken_picture_is_named_and_ends_the_training(make_pictures):
    cells = make_pictures(4)["image"].to_list()
    broken = Decoding(pl.Series("image", [*cells[:3], b"no picture"]), None, (8, 8), 1)
    with pytest.raises(Exception, match="cannot be read"):
        list(ready([torch.tensor([0, 1]), torch.tensor([2, 3])], broken.__getitem__))


def test_pictures_are_told_apart_without_decoding_them(decoding):
    other = Decoding(decoding.cells.reverse(), None, (10, 12), 3)
    again = Decoding(decoding.cells.clone(), None, (10, 12), 3)
    assert other.digest() != decoding.digest() == again.digest()
    assert Decoding(decoding.cells, None, (12, 12), 3).digest() != decoding.digest()


def test_large_pictures_are_answered_a_few_at_a_time():
    small = torch.zeros(50, 1, 28, 28, dtype=torch.uint8)
    assert portion((small,), 1024) == 1024
    assert portion((torch.zeros(2, 3, 224, 224, dtype=torch.uint8),), 1024) == 13
    assert portion((torch.zeros(0, 3, 8, 8, dtype=torch.uint8),), 1024) == 1024
