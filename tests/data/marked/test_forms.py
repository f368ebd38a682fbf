"""Pascal VOC, COCO, YOLO and tables: the same boxes from each, and what is wrong with some is said."""

import json

import numpy as np
import polars as pl
import pytest
from PIL import Image

from fathom.data import media
from fathom.data.boxes import Mark, listed
from fathom.data.kinds import Kind
from fathom.data.read import read
from fathom.data.split import split
from fathom.errors import DataError
from fathom.tasks.object_detection import TASK

from .conftest import CAT, DOG, LINES, xml


def boxes_of(data):
    """The boxes by the name of the picture."""
    paths = data[data.names[0]].to_list()
    return {path.rpartition("/")[2]: row for path, row in zip(paths, listed(data["boxes"]), strict=True)}


def said(data):
    return "\n".join(data.source.notices)


def near(marks, others):
    assert [mark.label for mark in marks] == [mark.label for mark in others]
    assert np.allclose([mark[:4] for mark in marks], [mark[:4] for mark in others], atol=1e-4)


@pytest.mark.parametrize("form", ["voc", "coco_folder", "yolo"])
def test_every_form_gives_the_same_boxes(form, request):
    data = read(request.getfixturevalue(form))
    found = boxes_of(data)
    near(found["a.png"], (CAT, DOG))
    assert found["b.png"] == ()  # looked at, and nothing there
    near(found["c.png"], (CAT,))
    assert data.column("boxes").kind == Kind.BOXES
    assert TASK.pose(data, "boxes").boxes == ("cat", "dog")


def test_a_voc_list_is_a_dataset_of_its_own(voc):
    data = read(voc / "ImageSets" / "Main" / "test.txt")
    assert data["image"].to_list() == ["JPEGImages/c.png"]
    assert data.source.part == ""


def test_a_study_keeps_to_the_lists(voc):
    data = read(voc)
    parts = split(data, TASK.pose(data, "boxes"), seed=0)
    assert [data["image"][int(row)] for row in parts.test] == ["JPEGImages/c.png"]
    assert "train (2), validate (0) and test (1)" in said(data)


def test_what_validates_tests_where_nothing_else_does(yolo, picture):
    (yolo / "images" / "train" / "b.png").write_bytes(picture(np.ones((24, 40), dtype=np.uint8)))  # no copy of a.png
    data = read(yolo / "data.yaml")
    parts = split(data, TASK.pose(data, "boxes"), seed=0)
    assert [data["image"][int(row)] for row in parts.test] == ["images/val/c.png"]
    assert len(parts.train) == len(parts.valid) == 1


def test_voc_beside_the_pictures_counted_from_zero(pictures):
    root = pictures("", "a.png", "b.png")
    (root / "a.xml").write_text(xml("a.png", ("cat", 0, 0, 10, 10)))
    data = read(root)
    assert boxes_of(data) == {"a.png": (Mark(0.0, 0.0, 10.0, 10.0, "cat"),), "b.png": None}


def test_voc_files_that_are_wrong_are_counted(voc):
    notes = voc / "Annotations"
    (notes / "a.xml").write_text("<annotation><object>")
    (notes / "d.xml").write_text(xml("d.png", ("cat", 1, 1, 5, 5)))
    (notes / "c.xml").write_text(xml("c.png", ("cat", 1, 1, 5, "?"), ("", 1, 1, 5, 5), ("cat", 3, 4, 12, 13)))
    data = read(voc)
    found = boxes_of(data)
    assert found["a.png"] is None
    near(found["c.png"], (CAT,))
    for words in ("Annotations/a.xml", "named and not there", "d.png", "c.xml, box 1", "c.xml, box 2"):
        assert words in said(data)


def test_an_xml_bomb_is_not_unfolded(voc):
    bomb = '<!DOCTYPE a [<!ENTITY b "ha"><!ENTITY c "&b;&b;&b;">]><annotation>&c;</annotation>'
    (voc / "Annotations" / "b.xml").write_text(bomb)
    assert boxes_of(read(voc))["b.png"] is None


def test_coco_files_of_parts(pictures, coco):
    root = pictures("train", "a.png", "b.png")
    pictures("test", "c.png")
    for part, names in {"train": "ab", "test": "c"}.items():
        kept = {**coco, "images": [each for each in coco["images"] if each["file_name"][0] in names]}
        (root / part / "_annotations.coco.json").write_text(json.dumps(kept))
    data = read(root)
    assert dict(zip(data["image"], data["part"], strict=True)) == {
        "train/a.png": "train", "train/b.png": "train", "test/c.png": "test"}  # fmt: skip
    near(boxes_of(data)["a.png"], (CAT, DOG))


def test_coco_boxes_that_are_wrong_are_counted(coco_folder, coco):
    coco["annotations"] += [
        {"image_id": 7, "category_id": 5, "bbox": [1, 1, 5, 5]},
        {"image_id": 7, "category_id": 1, "bbox": [1, 1, None, 5]},
        {"image_id": 7, "category_id": 1, "bbox": [0, 0, 30, 30], "iscrowd": 1},
        {"image_id": 7, "category_id": 1, "bbox": [30, 10, 30, 5]},
        {"image_id": 7, "category_id": 1, "bbox": [90, 90, 5, 5]},
        {"image_id": 7, "category_id": 1, "bbox": [5, 5, 0, 5]},
        {"image_id": 7, "category_id": 1, "bbox": [16, 23, -10, -9]},
        {"image_id": 7, "category_id": 1, "bbox": [2, 3, 10, 10]},
        "nonsense",
    ]
    coco["images"].append({"id": 30, "file_name": "gone.png"})
    path = coco_folder / "annotations" / "instances.json"
    path.write_text(json.dumps(coco))
    data = read(path)
    near(boxes_of(data)["a.png"], (CAT, DOG, Mark(30, 10, 40, 15, "cat"), Mark(6, 14, 16, 23, "cat")))
    for words in ("2 boxes cannot be read", "class without a name", "1 box around a crowd was", "gone.png", "outside",
                  "no area", "inverted", "cut off", "twice"):  # fmt: skip
        assert words in said(data), words
    assert "row 1, images/a.png" in said(data)


def test_coco_as_python_writes_what_is_no_number(coco_folder, coco):
    coco["annotations"].append({"image_id": 9, "category_id": 18, "bbox": [1, 1, float("nan"), 5]})
    coco["annotations"].append({"image_id": 9, "category_id": 18, "bbox": [1, float("-inf"), 5, 10**400]})
    coco["images"][0]["width"] = float("inf")
    (coco_folder / "annotations" / "instances.json").write_text(json.dumps(coco))
    data = read(coco_folder)
    near(boxes_of(data)["a.png"], (CAT, DOG))
    near(boxes_of(data)["c.png"], (CAT,))
    assert "2 boxes cannot be read and were left out (first: instances.json, box 4" in said(data)


@pytest.mark.parametrize("share", [0.3, 0.6, 0.99])
def test_a_broken_coco_file_is_not_passed_over(coco_folder, coco, share):
    path = coco_folder / "annotations" / "instances.json"
    whole = path.read_text()
    path.write_text(whole[: int(len(whole) * share)])
    for source in (coco_folder, path):
        with pytest.raises(DataError, match="looks like COCO and is no JSON") as caught:
            read(source)
        assert "instances.json" in str(caught.value)
        assert caught.value.remedy


def test_coco_boxes_of_no_picture_and_of_two_are_counted(coco_folder, coco):
    coco["annotations"] += [{"image_id": 99, "category_id": 1, "bbox": [1, 1, 5, 5]}]
    coco["images"] += [{"id": 7, "file_name": "b.png"}, {"id": [], "file_name": "gone.png"}, coco["images"][2]]
    del coco["images"][1]
    coco["categories"].append({"id": {}, "name": "odd"})
    (coco_folder / "annotations" / "instances.json").write_text(json.dumps(coco))
    data = read(coco_folder)
    assert data["image"].to_list() == ["images/a.png", "images/c.png", "images/b.png"]
    found = boxes_of(data)
    assert found["a.png"] is found["b.png"] is None
    near(found["c.png"], (CAT,))
    assert "1 box is of a picture that the file does not name and was left out (instances.json, box 4: 99)" in said(
        data
    )
    assert "2 pictures have the number of another" in said(data)
    assert "(first: a.png: 7)" in said(data)


def test_one_of_anything_is_said_as_one(pictures):
    root = pictures("", "a.png", "b.png")
    (root / "a.xml").write_text(xml("a.png", ("cat", 0, 0, 10, 10)))
    assert said(read(root)) == "Read as Pascal VOC: 2 pictures, 1 box; 1 picture without a word on boxes."
    (root / "boxes.csv").write_text("image,label,x,y,w,h\na.png,cat,1,2,5,5\n")
    assert said(read(root / "boxes.csv")) == "Read as one box a row (image, label, x, y, w, h): 1 picture, 1 box."


@pytest.mark.parametrize("turn", [5, 6, 7, 8])
def test_boxes_on_the_picture_as_it_was_stored_are_turned_with_it(pictures, turn, tmp_path):
    root = pictures("JPEGImages")
    pixels = np.zeros((HEIGHT := 24, 40), dtype=np.uint8)
    pixels[4:13, 3:12] = 255
    exif = Image.Exif()
    exif[0x0112] = turn
    Image.fromarray(pixels).save(root / "JPEGImages" / "a.png", exif=exif)
    (root / "Annotations").mkdir()
    (root / "Annotations" / "a.xml").write_text(xml("a.png", ("cat", 4, 5, 12, 13), height=HEIGHT))
    data = read(root)
    (mark,) = boxes_of(data)["a.png"]
    from fathom.data.media import cell_pixels

    white = np.argwhere(cell_pixels(data["image"], 0, data.folder)[..., 0] > 0)
    assert [*white.min(axis=0)[::-1], *(white.max(axis=0)[::-1] + 1)] == [*mark[:4]]
    assert "scaled or turned" in said(data)


def test_boxes_of_a_larger_picture_are_scaled(voc):
    (voc / "Annotations" / "a.xml").write_text(xml("a.png", ("cat", 5, 7, 24, 26), width=80, height=48))
    near(boxes_of(read(voc))["a.png"], (CAT,))


def test_yolo_without_settings_or_names(pictures):
    root = pictures("images", "a.png", "b.png")
    (root / "labels").mkdir()
    (root / "labels" / "a.txt").write_text("\n".join([*LINES, "3 nan 0 1 1", "x", "0 0.1 0.1 0.2 0.1 0.2 0.3 0.1 0.3"]))
    data = read(root)
    outline = Mark(4.0, 2.4, 8.0, 7.2, "class 0")
    near(boxes_of(data)["a.png"], (CAT._replace(label="class 0"), DOG._replace(label="class 1"), outline))
    assert "labels/a.txt:3" in said(data)
    (root / "classes.txt").write_text("cat\n")
    data = read(root)
    near(boxes_of(data)["a.png"], (CAT, outline._replace(label="cat")))
    assert "class without a name" in said(data)


def test_settings_that_are_no_yaml(yolo):
    (yolo / "data.yaml").write_text("names: [cat\n")
    with pytest.raises(DataError, match="no YAML") as caught:
        read(yolo / "data.yaml")
    assert caught.value.remedy


BOMB = "a0: &a0 {first}\n" + "".join(f"a{n}: &a{n} {{level{n}}}\n" for n in range(1, 10)) + "train: images/train\n"


def bomb(first, level):
    """Nine levels of nine aliases each of the level before."""
    levels = {f"level{n}": level.format(", ".join([f"*a{n - 1}"] * 9)) for n in range(1, 10)}
    return BOMB.format(first=first, **levels)


@pytest.mark.parametrize("settings", [
    bomb("[ha]", "[{}]") + "names: [*a9]\n",
    bomb("[ha]", "[{}]") + "names: {0: *a9}\n",
    bomb("[ha]", "[{}]") + "names: [cat, dog, ~]\n",
    bomb("{x: ha}", "{{<<: [{}]}}") + "names: [cat, dog]\n",
    "train: images/train\nnames: {a: cat, b: dog}\n",
    "train: images/train\nnames: {0.5: cat}\n",
    "train: images/train\nnames: {.inf: cat}\n",
    f"train: images/train\nnames: [0x1{'0' * 9000}]\n",
    "train: images/train\nnames: " + "[" * 5000,
])  # fmt: skip
@pytest.mark.timeout(20)
def test_names_that_are_none_are_refused_at_once(yolo, settings):
    (yolo / "data.yaml").write_text(settings)
    with pytest.raises(DataError) as caught:
        read(yolo)
    assert caught.value.remedy
    assert "data.yaml" in str(caught.value)


def test_names_by_number_and_a_path_that_unfolds(yolo):
    settings = "train: images/train\nnames: {'0': cat, 1.0: dog}\npath: *a9\n"
    (yolo / "data.yaml").write_text(bomb("[ha]", "[{}]").replace("train: images/train\n", settings))
    near(boxes_of(read(yolo))["a.png"], (CAT, DOG))


def test_settings_lead_to_no_other_folder(yolo, tmp_path, gray):
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret" / "s.png").write_bytes(gray)
    (yolo / "data.yaml").write_text("train: [images/train, ../secret]\nnames: {0: cat, 1: dog}\n")
    assert sorted(boxes_of(read(yolo))) == ["a.png", "b.png"]


def test_a_table_with_one_box_a_row(pictures):
    root = pictures("", "a.png", "b.png")
    (root / "boxes.csv").write_text(
        "filename,width,height,class,xmin,ymin,xmax,ymax\n"
        "a.png,40,24,cat,2,3,12,13\nb.png,40,24,,,,,\na.png,40,24,dog,20,10,36,22\n" + "a.png,40,24,cat,2,3,12,13\n" * 9
        + "a.png,40,24,dog,?,1,2,3\n"
    )  # fmt: skip
    data = read(root / "boxes.csv")
    assert boxes_of(data) == {"a.png": (CAT, DOG), "b.png": ()}
    assert "twice" in said(data)
    assert "no number" in said(data)


def test_a_table_with_shares_and_sizes(pictures):
    root = pictures("", "a.png")
    (root / "boxes.csv").write_text("image,label,x,y,w,h\na.png,cat,0.05,0.125,0.25,0.4166667\n")
    near(boxes_of(read(root / "boxes.csv"))["a.png"], (CAT,))


def test_a_table_with_a_column_of_lists(pictures):
    root = pictures("", "a.png", "b.png", "c.png")
    lists = [json.dumps([[*CAT], {"x": 20, "y": 10, "width": 16, "height": 12, "label": "dog"}]), "[]", ""]
    pl.DataFrame({"image": ["a.png", "b.png", "c.png"], "things": lists}).write_csv(root / "pets.csv")
    data = read(root / "pets.csv")
    assert data.column("things").kind == Kind.BOXES
    assert listed(data["things"]) == [(CAT, DOG), (), None]


def test_other_folders_and_tables_stay_what_they_were(labelled, tmp_path):
    assert read(labelled).names == ("image", "label")
    (tmp_path / "t.csv").write_text("name,x,y,w,h,type\n" + "Ann,1,2,3,4,a\nBob,4,3,2,1,b\n" * 9)
    assert "boxes" not in read(tmp_path / "t.csv").names
    (tmp_path / "t.json").write_text('{"images": [], "annotations": 1, "categories": []}')
    assert read(tmp_path / "t.json").names[0] == "images"


def drawn(root, lines, header="image,xmin,ymin,xmax,ymax,label"):
    (root / "boxes.csv").write_text("\n".join([header, *lines]) + "\n")
    return read(root / "boxes.csv")


def test_shares_stay_shares_where_one_box_reaches_beyond_its_picture(pictures):
    root = pictures("", "a.png", "b.png")
    lines = ["a.png,0.05,0.125,0.3,0.5,cat", "b.png,0.5,0.25,1.08,0.75,dog", "b.png,0.1,0.1,0.9,0.9,cat"]
    data = drawn(root, lines)
    near(boxes_of(data)["a.png"], (Mark(2, 3, 12, 12, "cat"),))
    near(boxes_of(data)["b.png"], (Mark(20, 6, 40, 18, "dog"), Mark(4, 2.4, 36, 21.6, "cat")))
    assert "1 box reached beyond its picture and was cut off at the edge (row 2, b.png)" in said(data)


def test_one_box_of_shares_makes_no_shares_of_pixels(pictures):
    data = drawn(pictures("", "a.png"), ["a.png,2,3,12,13,cat", "a.png,20,10,36,22,dog", "a.png,0.1,0.1,0.2,0.2,cat"])
    near(boxes_of(data)["a.png"], (CAT, DOG))
    assert "1 box has no area" in said(data)


def test_boxes_without_a_label_or_a_picture_are_counted(pictures):
    lines = [
        "a.png,2,3,12,13,cat",
        "b.png,2,3,12,13,",
        'b.png,2,3,12,13,"  "',
        ",2,3,12,13,dog",
        "a.png,20,10,36,22,dog",
    ]
    data = drawn(pictures("", "a.png", "b.png"), lines)
    assert boxes_of(data) == {"a.png": (CAT, DOG), "b.png": ()}
    assert "2 boxes have no label and were left out (first: row 2, b.png)" in said(data)
    assert "1 box names no picture and was left out (row 4)" in said(data)


@pytest.mark.parametrize("turn", [5, 6, 7, 8])
def test_boxes_of_a_table_are_turned_where_they_fit_into_the_stored_pictures_alone(pictures, turn):
    root, lines, white = pictures(""), [], {}
    for name, way in (("a.png", turn), ("b.png", 3), ("c.png", 1)):
        pixels = np.zeros((24, 40), dtype=np.uint8)
        pixels[4:13, 28:37] = 255
        exif = Image.Exif()
        exif[0x0112] = way
        Image.fromarray(pixels).save(root / name, exif=exif)
        lines.append(f"{name},28,4,37,13,cat")
        seen = np.argwhere(media.cell_pixels(pl.Series([name]), 0, root)[..., 0] > 0)
        white[name] = (Mark(*map(float, (*seen.min(axis=0)[::-1], *(seen.max(axis=0)[::-1] + 1))), "cat"),)
    data = drawn(root, lines)
    assert boxes_of(data) == white
    assert "the boxes of 2 pictures were drawn on them as the camera stored them" in said(data)


def test_boxes_of_pictures_as_they_are_seen_are_left_where_they_are(pictures):
    root = pictures("")
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.fromarray(np.zeros((24, 40), dtype=np.uint8)).save(root / "a.png", exif=exif)  # seen as 24 x 40
    data = drawn(root, ["a.png,2,28,12,37,cat", "a.png,2,30,12,39,dog", "a.png,2,3,38,12,cat"])
    near(boxes_of(data)["a.png"], (Mark(2, 28, 12, 37, "cat"), Mark(2, 30, 12, 39, "dog"), Mark(2, 3, 24, 12, "cat")))
    assert "stored" not in said(data)


def test_where_every_box_is_lost_the_error_says_what_was_found(pictures):
    data = drawn(pictures("", "a.png", "b.png"), ["a.png,200,3,212,13,cat", "b.png,300,3,312,13,cat"])
    with pytest.raises(DataError, match="No picture has a box") as caught:
        TASK.pose(data, "boxes")
    assert "2 boxes lie outside their picture and were left out (first: row 1, a.png)" in caught.value.remedy
