import json

import numpy as np
import polars as pl
import pytest

from fathom.classical.features import choose
from fathom.classical.features.photograph import PLACED, STREWN, Photograph
from fathom.data.dataset import Dataset
from fathom.data.kinds import Column, Kind
from fathom.tasks.problem import Problem

COLUMNS = (Column("image", Kind.IMAGE), Column("kind", Kind.CATEGORY))
PROBLEM = Problem("image-classification", "kind", COLUMNS[:1], ("a", "b"))


@pytest.fixture
def photographs(kit):
    """Pictures of one side, grey or not, whose label is the texture, wherever it begins and however bright it is."""

    def made(rows=24, side=100, grey=False):
        random = np.random.default_rng(0)
        down, across = np.mgrid[:side, :side]
        cells, truth = [], np.arange(rows) % 2
        for label in truth:
            shift, light = random.uniform(0, 9, 2), random.uniform(0.4, 1)
            wave = np.sin(across + shift[0]) * (np.sin(down + shift[1]) if label else 1)
            pixels = (light * (wave + 1) * 100 + random.uniform(0, 30, wave.shape)).astype(np.uint8)
            cells.append(kit["png"](pixels if grey else np.stack([pixels, pixels // 2, pixels], axis=2)))
        frame = pl.DataFrame({"image": cells, "kind": [PROBLEM.classes[label] for label in truth]})
        return Dataset(frame, COLUMNS), truth

    return made


@pytest.mark.parametrize(("side", "grey", "read_at"), [(100, False, 128), (40, True, 64)])
def test_names_and_values_belong_together(photographs, side, grey, read_at):
    dataset, _ = photographs(side=side, grey=grey)
    photograph = Photograph.learn("image", dataset, None)
    assert photograph.side == read_at
    assert ("colours" in photograph.groups) is not grey
    matrix = photograph.matrix(dataset)
    assert matrix.shape == (24, len(photograph.names))
    assert len(set(photograph.names)) == len(photograph.names)
    assert np.isfinite(matrix).all()
    assert np.abs(matrix.mean(axis=0)).max() < 1e-3


def test_what_lies_anywhere_is_told_by_textures_and_words(photographs):
    dataset, truth = photographs()
    assert Photograph.learn("image", dataset, truth).groups == STREWN


def test_what_has_its_place_is_told_by_pixels_and_gradients(kit):
    random = np.random.default_rng(1)
    truth = np.arange(40) % 2
    pixels = random.integers(0, 200, (40, 64, 64), dtype=np.uint8)  # one texture everywhere
    pixels[truth == 0, 2:14, 2:14] += 55
    pixels[truth == 1, 18:30, 18:30] += 55  # in the same quarter
    frame = pl.DataFrame({"image": [kit["png"](each) for each in pixels], "kind": ["a"] * 40})
    found = Photograph.learn("image", Dataset(frame, COLUMNS), truth)
    assert set(found.groups) >= set(PLACED) - {"colours"}


@pytest.mark.parametrize("of", [choose.scaled, choose.squashed, choose.coded])
def test_survives_a_folder(photographs, tmp_path, of):
    dataset, _ = photographs()
    photograph = of(PROBLEM, dataset)
    assert isinstance(photograph, Photograph)
    data = json.loads(json.dumps(choose.write(tmp_path, photograph)))
    again = choose.read(tmp_path, data)
    assert again.names == photograph.names
    assert np.array_equal(again.matrix(dataset), photograph.matrix(dataset))
    for broken in ({"side": 1_000_000}, {"channels": 2}, {"groups": ["pixels", "smells"]}, {"groups": []}):
        with pytest.raises((ValueError, KeyError)):
            choose.read(tmp_path, {**data, **broken})


def test_a_small_picture_is_no_photograph(kit):
    dataset, problem = kit["digits"](30)
    assert type(choose.scaled(problem, dataset)).__name__ == "Picture"
