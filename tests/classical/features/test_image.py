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


def test_the_groups_that_tell_labels_apart_are_kept(kit):
    """Bars that differ in place are told by pixels; bars that differ in direction under any light, by gradients."""
    random = np.random.default_rng(0)
    truth = np.arange(80) % 2

    def chosen(pictures):
        frame = pl.DataFrame({"image": [kit["png"](picture) for picture in pictures], "digit": ["a"] * len(pictures)})
        dataset = Dataset(frame, kit["digits"](3)[0].columns)
        return Picture.learn("image", dataset, truth).groups

    tiny = np.zeros((80, 6, 6), dtype=np.uint8)
    tiny[truth == 0, :3] = 200
    tiny[truth == 1, 3:] = 200
    assert chosen(tiny + random.integers(0, 50, tiny.shape).astype(np.uint8)) == ("pixels",)

    turned = np.zeros((80, 32, 32))
    for row, label in enumerate(truth):
        wave = np.sin((np.arange(32) + random.uniform(0, 32)) * random.choice([0.5, 0.7]))
        turned[row] = wave[:, None] if label else wave[None, :]
    lit = (turned + 1) * random.uniform(20, 120, (80, 1, 1))
    assert "gradients" in chosen(lit.astype(np.uint8))
