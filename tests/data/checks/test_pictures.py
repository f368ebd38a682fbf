"""Pictures that can be read are unfolded once; those that cannot are left out and named."""

import numpy as np
import polars as pl
import pytest

from fathom.data import media
from fathom.data.checks.pictures import check_pictures, readable
from fathom.data.read import read
from fathom.data.split import duplicate_groups
from fathom.errors import DataError


@pytest.fixture
def folder(tmp_path):
    """Six small pictures of two classes on disk."""
    random = np.random.default_rng(0)
    for label in ("cat", "dog"):
        (tmp_path / label).mkdir()
        for number in range(3):
            pixels = random.integers(0, 256, (9, 7, 3), dtype=np.uint8)
            (tmp_path / label / f"{number}.png").write_bytes(media.encode(pixels))
    return tmp_path


def test_pictures_of_one_shape_are_unfolded(folder):
    before = read(folder)
    after, findings = readable(before)
    assert after.frame["image"].dtype == pl.Array(pl.UInt8, (9, 7, 3))
    assert [finding.level for finding in findings] == ["ok"]
    for size, channels in ((None, 3), ((9, 7), 1), ((16, 12), 3), ((4, 4), 1)):
        expected = media.images(before["image"], folder, size=size, channels=channels)
        assert (media.images(after["image"], None, size=size, channels=channels) == expected).all()
    assert media.image_shape(after["image"], None) == (9, 7, 3)
    assert media.images(after["image"], None, size=None, channels=3).flags.writeable


def test_broken_pictures_are_left_out_and_named(folder):
    (folder / "dog" / "1.png").write_bytes(b"no picture")
    (folder / "cat" / "2.png").write_bytes(b"")
    dataset = read(folder)
    after, (finding,) = readable(dataset)
    assert len(after) == len(dataset) - 2
    assert finding.level == "warning"
    assert "1.png" in finding.what
    assert "2.png" in finding.what
    broken = [dataset["image"][row] for row in finding.rows]
    assert not set(broken) & {str(cell) for cell in dataset.take(np.delete(np.arange(6), finding.rows))["image"]}
    assert check_pictures(dataset)[0].level == "error"


def test_pictures_of_several_sizes_stay_where_they_are(folder):
    (folder / "dog" / "1.png").write_bytes(media.encode(np.zeros((5, 5, 3), dtype=np.uint8)))
    after, _ = readable(read(folder))
    assert after.frame["image"].dtype == pl.String


def test_a_folder_without_one_good_picture_is_an_error(folder):
    for path in folder.rglob("*.png"):
        path.write_bytes(b"no picture")
    with pytest.raises(DataError, match="Not one picture"):
        readable(read(folder))


def test_equal_unfolded_pictures_are_duplicates(folder):
    (folder / "dog" / "1.png").write_bytes((folder / "cat" / "0.png").read_bytes())
    after, _ = readable(read(folder))
    assert len(np.unique(duplicate_groups(after, ("image",)))) == 5
