import numpy as np
import polars as pl

from fathom.classical.features.image import Picture
from fathom.data.dataset import Dataset


def test_groups_of_features_weigh_alike(kit):
    dataset, _ = kit["digits"](200, colour=True)
    picture = Picture.learn("image", dataset)
    matrix = picture.matrix(dataset)
    assert matrix.shape == (200, len(picture.names))
    assert len(picture.names) == 64 + 324 + 64
    for start, end in ((0, 64), (64, 388), (388, 452)):
        assert 0.9 < matrix[:, start:end].std(axis=0).mean() < 1.1
    assert np.abs(matrix.mean(axis=0)).max() < 1e-3


def test_grey_pictures_have_no_colours(kit):
    dataset, _ = kit["digits"](20)
    names = Picture.learn("image", dataset).names
    assert names[0] == "pixel 1, 1"
    assert not [name for name in names if name.startswith("colour")]


def test_large_pictures_are_reduced_and_odd_ones_read(kit):
    rng = np.random.default_rng(0)
    cells = [kit["png"](rng.integers(0, 256, (height, 90, 3), dtype=np.uint8)) for height in (90, 40, 201)]
    dataset = Dataset(pl.DataFrame({"image": cells, "digit": ["a", "b", "c"]}), kit["digits"](3)[0].columns)
    picture = Picture.learn("image", dataset)
    assert picture.side == 64
    assert np.isfinite(picture.matrix(dataset)).all()


def test_survives_json(kit):
    dataset, _ = kit["digits"](30)
    picture = Picture.learn("image", dataset)
    assert np.array_equal(Picture.from_json(picture.to_json()).matrix(dataset), picture.matrix(dataset))
