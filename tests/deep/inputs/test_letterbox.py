"""Pictures of any size become pictures of one size, and boxes come back to where they were."""

import numpy as np
import polars as pl
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from fathom.data import media
from fathom.data.boxes import Mark
from fathom.data.dataset import Dataset, Source
from fathom.data.kinds import Column, Kind
from fathom.deep import detecting
from fathom.deep.inputs import shelf
from fathom.deep.inputs.letterbox import GRAY, LetterboxInputs, canvas
from fathom.errors import RowError


def dataset(*pictures):
    cells = [None if each is None else media.encode(each) for each in pictures]
    frame = pl.DataFrame({"photo": pl.Series(cells, dtype=pl.Binary)})
    return Dataset(frame, (Column("photo", Kind.IMAGE),), Source("here"))


def test_a_broken_picture_is_named_with_its_row():
    whole = dataset(np.zeros((9, 9)), np.zeros((9, 9)))
    cells = [whole["photo"][0], whole["photo"][1][:40]]
    frame = pl.DataFrame({"photo": pl.Series(cells, dtype=pl.Binary)})
    with pytest.raises(RowError) as raised:
        LetterboxInputs("photo", 32, 32).tensors(Dataset(frame, whole.columns))
    assert (raised.value.row, raised.value.column) == (2, "photo")


def test_unfolded_pictures_fit_as_encoded_ones_do():
    picture = np.arange(20 * 30 * 3, dtype=np.uint8).reshape(20, 30, 3)
    column = (Column("photo", Kind.IMAGE),)
    frame = pl.DataFrame({"photo": pl.Series(picture[None])})
    inputs = LetterboxInputs("photo", 32, 32)
    unfolded, scales = inputs.tensors(Dataset(frame, column))
    encoded, others = inputs.tensors(dataset(picture))
    assert torch.equal(unfolded, encoded)
    assert torch.equal(scales, others)


@pytest.mark.parametrize("folder", [True, False])
def test_many_pictures_are_read_as_few_are(folder, tmp_path, monkeypatch):
    rows = dataset(np.full((20, 40, 3), 9), None, np.full((50, 30, 3), 200), np.zeros((64, 32, 3)))
    inputs = LetterboxInputs("photo", 32, 64)
    pixels, scales = inputs.tensors(rows)
    monkeypatch.setattr(shelf, "MOST_HELD", 100)
    found, same = inputs.kept(rows, tmp_path / "pixels" if folder else None)
    assert isinstance(found, shelf.Shelf if folder else shelf.Decoding)
    picked = torch.tensor([3, 0, 1])
    assert torch.equal(found[picked], pixels[picked])
    assert torch.equal(found[1:3], pixels[1:3])
    assert torch.equal(scales, same)
    shelf.close((found,))
    assert not list(tmp_path.iterdir())


def test_a_broken_picture_read_while_learning_is_named_with_its_row(monkeypatch):
    whole = dataset(np.zeros((9, 9)), np.zeros((9, 9)), np.zeros((9, 9)))
    cells = [*whole["photo"][:2], whole["photo"][2][:40]]
    frame = pl.DataFrame({"photo": pl.Series(cells, dtype=pl.Binary)})
    monkeypatch.setattr(shelf, "MOST_HELD", 100)
    found, _ = LetterboxInputs("photo", 32, 32).kept(Dataset(frame, whole.columns), None)
    with pytest.raises(RowError) as raised:
        found[torch.tensor([0, 2])]
    assert raised.value.row == 3


def bright(height, width, left, top, right, bottom):
    picture = np.zeros((height, width, 3), dtype=np.uint8)
    picture[top:bottom, left:right] = 255
    return picture


def test_pictures_keep_their_proportions_and_gray_surrounds_them():
    inputs = LetterboxInputs("photo", 32, 64)
    pixels, scales = inputs.tensors(dataset(np.zeros((16, 16, 3)), np.zeros((16, 64, 3)), None))
    assert scales.tolist() == [2.0, 1.0, 0.0]
    assert pixels.shape == (3, 3, 32, 64)
    assert (pixels[0, :, :, :32] == 0).all()
    assert (pixels[0, :, :, 32:] == GRAY).all()
    assert (pixels[1, :, :16] == 0).all()
    assert (pixels[1, :, 16:] == GRAY).all()
    assert (pixels[2] == GRAY).all()


@settings(max_examples=25, deadline=None)
@given(st.integers(20, 300), st.integers(20, 300), st.data())
def test_a_box_goes_there_and_comes_back(height, width, data):
    left, top = data.draw(st.integers(0, width - 8)), data.draw(st.integers(0, height - 8))
    right, bottom = data.draw(st.integers(left + 8, width)), data.draw(st.integers(top + 8, height))
    inputs = LetterboxInputs("photo", 64, 96)
    rows = dataset(bright(height, width, left, top, right, bottom))
    pixels, scales = inputs.tensors(rows)
    truth = detecting.truth_of([(Mark(left, top, right, bottom, "it"),)], scales, ["it"])
    x0, y0, x1, y1, _ = truth[0, 0].tolist()
    middle = pixels[0, 0, int((y0 + y1) / 2), int((x0 + x1) / 2)]
    assert middle > 200 or min(x1 - x0, y1 - y0) < 3  # the box is where the picture has it
    said = torch.tensor([[[x0, y0, x1, y1, 0, 0.9]]])
    ((box,),) = detecting.said(inputs, lambda _: said.double(), ["it"], rows).rows
    assert box[:4] == pytest.approx((left, top, right, bottom), abs=1e-3)


def test_boxes_beyond_the_picture_are_cut_and_those_outside_or_unsure_left_out():
    rows = dataset(np.zeros((32, 48, 3)), None)
    inputs = LetterboxInputs("photo", 32, 64)
    found = [[-5, -5, 10, 10, 0, 0.5], [50, 0, 60, 10, 0, 0.9], [0, 0, 9, 9, 1, 0.001]]
    said = torch.tensor([found, found]).double()
    first, second = detecting.said(inputs, lambda _: said, ["a", "b"], rows).rows
    assert [tuple(box) for box in first] == [(0, 0, 10, 10, "a", 0.5)]
    assert second == ()


def test_small_things_ask_for_more_pixels_and_no_more_than_there_are():
    few = canvas((1000, 1000), np.array([[0.0, 0, 200, 200]]), [0], 512)
    many = canvas((1000, 1000), np.array([[0.0, 0, 40, 40]]), [0], 512)
    most = canvas((1000, 1000), np.array([[0.0, 0, 4, 4]]), [0], 512)
    assert few < many < most == (512, 512)
    rare = canvas((1000, 1000), np.array([[0.0, 0, 200, 200]] * 99 + [[0.0, 0, 40, 40]]), [0] * 99 + [1], 512)
    assert rare == many
    assert canvas((40, 40), np.zeros((0, 4)), [], 512) == (96, 96)


def test_it_comes_back_from_json():
    inputs = LetterboxInputs("photo", 64, 96)
    assert LetterboxInputs.from_json(inputs.to_json()) == inputs
    for size in (-1, "64", 10**9):
        with pytest.raises(ValueError):
            LetterboxInputs.from_json({**inputs.to_json(), "height": size})
