"""Own test rows that repeat training rows: told by what files hold, not by what they are called."""

from __future__ import annotations

import io

import numpy as np
import polars as pl
import pytest
from PIL import Image

from fathom.data import media
from fathom.data.same_files import alike, contents
from fathom.protocol.prepare import prepare
from fathom.protocol.progress import silent
from fathom.protocol.request import Request


def fill(folder, seed, rows=30):
    """Pictures of two kinds under numbers, drawn by a seed; their bytes."""
    random, found = np.random.default_rng(seed), []
    for row in range(rows):
        place = folder / ("cat", "dog")[row % 2]
        place.mkdir(parents=True, exist_ok=True)
        found.append(media.encode(random.integers(0, 255, (6, 6), dtype=np.uint8)))
        (place / f"{row}.png").write_bytes(found[-1])
    return found


def repeated(train, test):
    """How many test rows are said to repeat a training row."""
    prepared = prepare(Request(train, "label", test=test), silent)
    said = [each for each in prepared.findings if "same inputs as a training row" in each.what]
    return len(said[0].rows) if said else 0


@pytest.mark.parametrize("unfolded", [256 << 20, 0])
def test_equal_names_are_no_repetition_and_copies_under_other_names_are(unfolded, tmp_path, monkeypatch):
    monkeypatch.setattr(media, "MOST_UNFOLDED", unfolded)
    pictures = fill(tmp_path / "train", 1)
    fill(tmp_path / "test", 2)
    assert repeated(tmp_path / "train", tmp_path / "test") == 0
    for row in range(4):
        (tmp_path / "test" / "cat" / f"copy{row}.png").write_bytes(pictures[row])
    assert repeated(tmp_path / "train", tmp_path / "test") == 4


def test_pixels_are_compared_where_one_side_was_unfolded(tmp_path):
    pictures = fill(tmp_path / "train", 1)
    fill(tmp_path / "test", 2)
    (tmp_path / "test" / "cat" / "other.png").write_bytes(media.encode(np.zeros((9, 5, 3), dtype=np.uint8)))
    stored = io.BytesIO()
    Image.open(io.BytesIO(pictures[3])).convert("RGB").save(stored, "BMP")
    (tmp_path / "test" / "cat" / "copy.bmp").write_bytes(stored.getvalue())
    assert repeated(tmp_path / "train", tmp_path / "test") == 1


def test_what_is_missing_or_unreadable_equals_nothing(tmp_path):
    (tmp_path / "a.png").write_bytes(b"one")
    cells = pl.Series("image", ["a.png", "none.png", None])
    one, other = alike(cells, tmp_path, cells, tmp_path)
    assert [left == right for left, right in zip(one, other, strict=True)] == [True, False, True]
    assert one[2] is None
    assert contents(cells, tmp_path, pixels=True) == ["", "", ""]
