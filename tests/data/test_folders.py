"""Folders: labels from sub-folders, tables that name files, and what is neither."""

import pytest

from fathom.data.kinds import Kind
from fathom.data.read import read
from fathom.errors import DataError


def test_one_folder_for_each_label(labelled):
    (labelled / ".cache").mkdir()
    (labelled / "dog" / "notes.txt").write_text("x")
    (labelled / "bird").mkdir()
    data = read(labelled)
    assert data.names == ("image", "label")
    assert data.column("image").kind == Kind.IMAGE
    assert data["label"].to_list() == ["dog"] * 3 + ["고양이"] * 3
    assert data["image"][0] == "dog/0.png"
    assert data.folder == labelled
    assert [word in " ".join(data.source.notices) for word in ("1 file that", "bird")] == [True, True]


def test_tables_beside_pictures_are_named_and_offered(labelled):
    (labelled / "boxes.csv").write_text("image,label,x,y,w,h\ndog/0.png,dog,1,1,3,3\n")
    (told,) = [each for each in read(labelled).source.notices if "boxes.csv" in each]
    assert f"was not read; to use what it says of the pictures, read {labelled / 'boxes.csv'} instead" in told
    (labelled / "dog" / "notes.txt").write_text("x")
    (labelled / "dog" / "more.xlsx").write_text("x")
    (labelled / "dog" / "ages.csv").write_text("x")
    notices = read(labelled / "dog").source.notices
    assert notices[0] == "1 file that is no picture was left out."
    assert "The tables ages.csv, more.xlsx in the folder were not read" in notices[1]
    assert len(notices) == 2


def test_digits_as_folder_names_are_labels(labelled):
    (labelled / "dog").rename(labelled / "1")
    (labelled / "고양이").rename(labelled / "0")
    assert read(labelled).column("label").kind == Kind.CATEGORY


def test_metadata(labelled):
    (labelled / "metadata.csv").write_text("file_name,age\ndog/0.png,3\n고양이/1.png,4\n")
    data = read(labelled)
    assert data.names == ("file_name", "age")
    assert data.column("file_name").kind == Kind.IMAGE


def test_parts_are_no_labels(tmp_path, labelled):
    (tmp_path / "set").mkdir()
    labelled.rename(tmp_path / "set" / "train")
    (tmp_path / "set" / "test").mkdir()
    with pytest.raises(DataError, match="parts of the data") as caught:
        read(tmp_path / "set")
    assert "train" in caught.value.remedy


def test_loose_pictures(labelled):
    data = read(labelled / "dog")
    assert data.names == ("image",)
    assert len(data) == 3


def test_folders_without_pictures(tmp_path):
    with pytest.raises(DataError, match="no picture"):
        read(tmp_path)
    (tmp_path / "a.csv").write_text("x\n1\n2\n")
    assert len(read(tmp_path)) == 2
    (tmp_path / "b.csv").write_text("x\n1\n")
    with pytest.raises(DataError) as caught:
        read(tmp_path)
    assert "a.csv, b.csv" in caught.value.remedy


def test_linked_folders_are_not_entered(tmp_path, labelled):
    (labelled / "dog" / "back").symlink_to(labelled)
    assert len(read(labelled)) == 6
