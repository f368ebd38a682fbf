"""Pictures that can be read are unfolded once; those that cannot are left out and named."""

import numpy as np
import polars as pl
import pytest
from PIL import Image

import fathom
from fathom.checkup import Checkup
from fathom.cli.findings import lines
from fathom.data import media
from fathom.data.checks.pictures import check_pictures, legible, readable
from fathom.data.checks.rows import check_rows
from fathom.data.dataset import Source
from fathom.data.finding import Finding
from fathom.data.kinds import Column, Kind
from fathom.data.read import read
from fathom.data.same_files import first_of_same
from fathom.data.split import duplicate_groups, split
from fathom.errors import DataError
from fathom.tasks.problem import Problem


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


def test_broken_pictures_beyond_the_first_few_are_named_too(folder):
    for number in range(120):
        (folder / "dog" / f"bad{number:03}.png").write_bytes(b"no picture")
    (finding,) = check_pictures(read(folder))
    assert len(finding.rows) == 120
    assert len(finding.named) == 100
    assert finding.named[0] in finding.what
    assert "and 115 more" in finding.what
    assert finding.unsaid == finding.named[5:]
    assert "bad099.png" in finding.unsaid[-1]
    assert Finding.from_json(finding.to_json()) == finding
    old = {name: value for name, value in finding.to_json().items() if name != "named"}
    assert Finding.from_json(old).named == ()
    assert "bad099.png" in Checkup(read(folder), [finding])._repr_html_()


@pytest.mark.parametrize(("broken", "shown"), [(5, 5), (6, 6), (30, 20)])
def test_the_terminal_names_twenty(folder, broken, shown):
    for number in range(broken):
        (folder / "dog" / f"bad{number:03}.png").write_bytes(b"no picture")
    told = "\n".join(lines(check_pictures(read(folder))[0]))
    assert [told.count(f"bad{number:03}.png") for number in range(broken)] == [1] * shown + [0] * (broken - shown)
    assert ("... and 10 more (--json names a hundred)" in told) == (broken == 30)


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


def test_a_copied_picture_is_the_same_picture_under_any_name(folder):
    (folder / "dog" / "copy.png").write_bytes((folder / "cat" / "0.png").read_bytes())
    dataset = read(folder)
    paths = dataset["image"].to_list()
    groups = duplicate_groups(dataset, ("image",))
    copies = [row for row, path in enumerate(paths) if path in ("cat/0.png", "dog/copy.png")]
    assert len(set(groups.tolist())) == len(paths) - 1
    assert len(set(groups[copies].tolist())) == 1
    (folder / "dog" / "copy.png").write_bytes(b"x" * 1_000)
    assert len(set(duplicate_groups(dataset, ("image",)).tolist())) == len(paths)


def test_a_picture_under_two_labels_is_told(folder, tmp_path):
    for number in range(3):
        (folder / "dog" / f"{number}.png").write_bytes((folder / "cat" / f"{number}.png").read_bytes())
        (folder / "dog" / f"other-{number}.png").write_bytes(media.encode(np.full((6, 5 + number), 9, dtype=np.uint8)))
    dataset = read(folder)
    posed = Problem("image-classification", "label", (dataset.column("image"),), ("cat", "dog"))
    said = " ".join(finding.what for finding in check_rows(dataset, posed, split(dataset, posed, seed=0)))
    assert "3 rows (33.3%) repeat" in said
    assert "6 rows have the same inputs as another row and a different 'label'" in said
    assert "0 of" in said or "No rows with equal inputs stand on both sides" in said


def test_missing_files_and_links_outside_are_no_copies(folder):
    (folder / "dog" / "out.png").symlink_to("/etc/hostname")
    cells = pl.Series("image", ["cat/0.png", "cat/9.png", "cat/8.png", "../x.png", "dog/out.png", None])
    assert first_of_same(cells, folder).to_list() == cells.to_list()


def test_files_of_several_pictures_are_noted(folder):
    frames = [Image.fromarray(np.full((9, 7), value, dtype=np.uint8)) for value in (0, 90, 200)]
    for name in ("moving.gif", "pages.tif"):
        frames[0].save(folder / "dog" / name, save_all=True, append_images=frames[1:])
    frames[0].save(folder / "dog" / "still.gif")
    dataset = read(folder)
    (note,) = [finding for finding in check_pictures(dataset) if finding.level == "note"]
    assert "2 files hold several pictures" in note.what
    assert {dataset["image"][row] for row in note.rows} == {"dog/moving.gif", "dog/pages.tif"}
    inside = pl.Series("image", [(folder / "dog" / "moving.gif").read_bytes(), b"GIF8 broken", media.encode(np.eye(9))])
    assert [row for row, _ in media.moving(inside, None)] == [0]


def test_broken_files_are_no_duplicates_of_one_another(tmp_path):
    for row in range(20):
        shade = np.full((6, 5), row, dtype=np.uint8)
        (tmp_path / f"{row}.png").write_bytes(b"" if row < 4 else media.encode(shade))
    frame = pl.DataFrame({"image": [f"{row}.png" for row in range(20)], "kind": ["a", "b"] * 10})
    frame.write_csv(tmp_path / "pictures.csv")
    said = " ".join(each.what for each in fathom.check(tmp_path / "pictures.csv", "kind").findings)
    assert "4 pictures cannot be read" in said
    assert "repeat the inputs" not in said
    assert "different 'kind'" not in said


def test_rows_to_test_on_or_compare_are_those_whose_pictures_can_be_read(tmp_path):
    for row in range(4):
        (tmp_path / f"{row}.png").write_bytes(b"no" if row == 1 else media.encode(np.full((6, 5), row, np.uint8)))
    frame = pl.DataFrame({"image": ["0.png", "1.png", "2.png", None, "gone.png", "../x.png", "3.png"], "n": range(7)})
    columns = (Column("image", Kind.IMAGE), Column("n", Kind.NUMBER))
    found, findings = legible(frame, columns, Source("some"), tmp_path)
    assert found["n"].to_list() == [0, 2, 3, 6]
    assert [(each.level, each.rows) for each in findings] == [("warning", (1, 4, 5))]
    assert legible(frame, columns[1:], Source("some"), tmp_path) == (frame, [])
    assert legible(frame.drop("image"), columns, Source("some"), tmp_path)[1] == []
    with pytest.raises(DataError, match="Not one picture"):
        legible(frame[[1, 4]], columns, Source("some"), tmp_path)
