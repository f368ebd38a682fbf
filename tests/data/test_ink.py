"""How drawings are laid out."""

import numpy as np
import polars as pl
import pytest

from fathom.data import media
from fathom.data.dataset import Dataset
from fathom.data.ink import drawing, layout
from fathom.data.kinds import Column, Kind


def pictures(*pixels):
    frame = pl.DataFrame({"image": [media.encode(each) for each in pixels]})
    return Dataset(frame, (Column("image", Kind.IMAGE),))


def bar(side=28, top=4, bottom=24, width=3):
    picture = np.zeros((side, side), dtype=np.uint8)
    picture[top:bottom, 12 : 12 + width] = 255
    return picture


def test_margin_and_stroke_are_shares_of_the_side():
    found = layout(pictures(bar(), bar()), "image")
    assert found["margin"] == pytest.approx(4 / 28, abs=0.01)
    assert found["stroke"] == pytest.approx(3 / 28, abs=0.02)
    assert not found["inverted"]


def test_dark_strokes_on_light_paper_are_told():
    found = layout(pictures(255 - bar()), "image")
    assert found["inverted"]
    assert found["margin"] == pytest.approx(4 / 28, abs=0.01)


def test_photographs_are_no_drawings():
    random = np.random.default_rng(0)
    assert layout(pictures(random.integers(0, 255, (16, 16, 3)).astype(np.uint8)), "image") is None
    assert layout(pictures(random.integers(90, 255, (16, 16)).astype(np.uint8)), "image") is None


def test_broken_pictures_and_tables_are_no_trouble():
    broken = Dataset(pl.DataFrame({"image": [b"broken"]}), (Column("image", Kind.IMAGE),))
    assert drawing(broken, ("image",)) == {"drawing": None}
    assert drawing(broken, ()) == {}
