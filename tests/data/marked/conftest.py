"""Folders of pictures with boxes in the forms that tools write; the same two cats and a dog in each."""

import json

import numpy as np
import pytest

from fathom.data.boxes import Mark

CAT, DOG = Mark(2.0, 3.0, 12.0, 13.0, "cat"), Mark(20.0, 10.0, 36.0, 22.0, "dog")
WIDTH, HEIGHT = 40, 24
XML = """<annotation><filename>{name}</filename><size><width>{width}</width><height>{height}</height></size>{objects}
</annotation>"""
OBJECT = """<object><name>{}</name><bndbox>
<xmin>{}</xmin><ymin>{}</ymin><xmax>{}</xmax><ymax>{}</ymax></bndbox></object>"""


@pytest.fixture
def gray(picture):
    """A gray picture of 40 x 24 pixels as bytes."""
    return picture(np.zeros((HEIGHT, WIDTH), dtype=np.uint8))


@pytest.fixture
def pictures(tmp_path, gray):
    """Write gray pictures into a folder of the set; the set's folder comes back."""

    def write(folder, *names):
        place = tmp_path / "pets" / folder
        place.mkdir(parents=True, exist_ok=True)
        for name in names:
            (place / name).write_bytes(gray)
        return tmp_path / "pets"

    return write


def xml(name, *objects, width=WIDTH, height=HEIGHT):
    written = "".join(OBJECT.format(label, *sides) for label, *sides in objects)
    return XML.format(name=name, width=width, height=height, objects=written)


@pytest.fixture
def voc(pictures):
    """Pascal VOC: both in a.png, none in b.png."""
    root = pictures("JPEGImages", "a.png", "b.png", "c.png")
    (root / "Annotations").mkdir()
    note = xml("elsewhere.png", ("cat", 3, 4, 12, 13), ("dog", 21, 11, 36, 22))
    (root / "Annotations" / "a.xml").write_text(note)
    (root / "Annotations" / "b.xml").write_text(xml("b.png"))
    (root / "Annotations" / "c.xml").write_text(xml("c.png", ("cat", 3, 4, 12, 13)))
    lists = root / "ImageSets" / "Main"
    lists.mkdir(parents=True)
    for name, stems in {"train": "a\nb\n", "test": "c\n", "trainval": "a\nb\n", "cat_train": "a  1\nb -1\n"}.items():
        (lists / f"{name}.txt").write_text(stems)
    return root


@pytest.fixture
def coco():
    """The content of a COCO file for a.png, b.png and c.png."""
    return {
        "images": [{"id": n, "file_name": f"{name}.png", "width": WIDTH, "height": HEIGHT}
                   for n, name in enumerate("abc", start=7)],
        "categories": [{"id": 1, "name": "cat"}, {"id": 18, "name": "dog"}],
        "annotations": [
            {"id": 1, "image_id": 7, "category_id": 1, "bbox": [2, 3, 10, 10], "iscrowd": 0},
            {"id": 2, "image_id": 7, "category_id": 18, "bbox": [20, 10, 16.0, 12]},
            {"id": 3, "image_id": 9, "category_id": 1, "bbox": [2, 3, 10, 10]},
        ],
    }  # fmt: skip


@pytest.fixture
def coco_folder(pictures, coco):
    """Pictures in images/, their COCO file in annotations/."""
    root = pictures("images", "a.png", "b.png", "c.png")
    (root / "annotations").mkdir()
    (root / "annotations" / "instances.json").write_text(json.dumps(coco))
    return root


LINES = ["0 0.175 0.3333333 0.25 0.4166667", "1 0.7 0.6666667 0.4 0.5"]


@pytest.fixture
def yolo(pictures):
    """YOLO: images/ and labels/ with train and val, and a data.yaml."""
    root = pictures("images/train", "a.png", "b.png")
    pictures("images/val", "c.png")
    for name, lines in {"train/a": LINES, "val/c": LINES[:1]}.items():
        path = root / "labels" / f"{name}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n".join(lines))
    (root / "data.yaml").write_text("train: ../train\nval: images/val\nnc: 2\nnames: [cat, dog]\n")
    (root / "data.yaml").write_text("train: images/train\nval: ../images/val\nnc: 2\nnames: [cat, dog]\n")
    return root
