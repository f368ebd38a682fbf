"""Boxes on the command line: checked, predicted, written as a table and as COCO."""

import json

import numpy as np
import polars as pl
import pytest

from fathom.classical.baseline import Baseline
from fathom.data.media import encode
from fathom.data.read import read
from fathom.learner import Run
from fathom.model import Model
from fathom.store import Store
from fathom.tasks.object_detection import TASK
from fathom.verbs import check


@pytest.fixture
def folder(tmp_path):
    """Three pictures, two with a cat at the same place, and a table of the boxes."""
    place = tmp_path / "pets"
    place.mkdir()
    for name in "abc":
        (place / f"{name}.png").write_bytes(encode(np.zeros((20, 40, 3))))
    (place / "boxes.csv").write_text(
        "image,label,xmin,ymin,xmax,ymax\na.png,cat,1,2,11,12\nb.png,cat,1,2,11,12\nb.png,cat,90,2,99,12\nc.png,,,,,\n"
    )
    return place


@pytest.fixture
def kept(folder, tmp_path):
    data = read(folder / "boxes.csv")
    learner, problem = Baseline(), TASK.pose(data, "boxes")
    learner.fit(problem, data, data, Run())
    store = Store(tmp_path / "store")
    store.save_model(Model(learner, "baseline", "classical", problem, {}, {"measure": "map50"}), "pets")
    return store.root


def test_check_tells_what_is_wrong_with_boxes(run, folder):
    told = run("check", folder / "boxes.csv", "--predict", "boxes")
    assert "outside" in told.out
    assert "2 boxes of 1 label ('cat') in 3 pictures, 1 of them" in told.out


def test_check_tells_of_the_table_beside_the_pictures_that_has_the_boxes(run, folder):
    told = run("check", folder, "--predict", "boxes")
    assert told.code != 0
    assert "There is no column 'boxes'" in told.err
    assert f"was not read; to use what it says of the pictures, read {folder / 'boxes.csv'} instead." in told.err


def test_check_says_once_what_reading_decided(run, folder):
    told = run("check", folder / "boxes.csv", "--predict", "boxes")
    for notice in ("Read as one box a row", "lies outside its picture"):
        assert told.out.count(notice) == 1
    checkup = check(read(folder / "boxes.csv"), predict="boxes")
    assert checkup._repr_html_().count("lies outside its picture") == 1
    assert any("lies outside" in finding.what for finding in checkup.findings)  # --json and a study's page have them


def test_boxes_go_to_a_table_as_json(run, folder, kept, tmp_path):
    told = run("predict", "pets", folder / "boxes.csv", "--store", kept, "--out", tmp_path / "out.csv")
    assert told.code == 0, told.err
    cells = pl.read_csv(tmp_path / "out.csv")["prediction"].to_list()
    assert json.loads(cells[0])[0]["label"] == "cat"
    run("predict", "pets", folder / "boxes.csv", "--store", kept, "--out", tmp_path / "few.csv", "--least", "0.9")
    assert pl.read_csv(tmp_path / "few.csv")["prediction"].to_list() == ["[]"] * len(cells)


def test_boxes_go_to_coco_and_come_back(run, folder, kept):
    told = run("predict", "pets", folder / "boxes.csv", "--store", kept, "--out", folder / "found.json")
    assert told.code == 0, told.err
    data = read(folder / "found.json")
    assert sorted(set(data["image"].to_list())) == ["a.png", "b.png", "c.png"]
    assert data["boxes"].to_list()[0][0]["label"] == "cat"


def test_a_folder_s_pictures_are_meant_whatever_the_model_s_table_called_them(run, folder, kept):
    (folder / "boxes.csv").write_text((folder / "boxes.csv").read_text().replace("image,", "filename,", 1))
    data = read(folder / "boxes.csv")
    learner, problem = Baseline(), TASK.pose(data, "boxes")
    assert problem.inputs[0].name == "filename"
    learner.fit(problem, data, data, Run())
    Store(kept).save_model(Model(learner, "baseline", "classical", problem, {}, {"measure": "map50"}), "named")
    other = folder / "only"
    other.mkdir()
    for name in "ab":
        (other / f"{name}.png").write_bytes((folder / f"{name}.png").read_bytes())
    told = run("predict", "named", other, "--store", kept, "--out", folder / "found.json")
    assert told.code == 0, told.err
    assert [each["file_name"] for each in json.loads((folder / "found.json").read_text())["images"]] == [
        "a.png",
        "b.png",
    ]
    told = run("predict", "named", other, "--store", kept)
    assert told.code == 0, told.err
    assert told.out.startswith("image,prediction")
    (other / "boxes.csv").write_text("image,label,xmin,ymin,xmax,ymax\na.png,cat,1,2,11,12\nb.png,cat,1,2,11,12\n")
    told = run("test", "named", other / "boxes.csv", "--store", kept)
    assert told.code == 0, told.err
    model = Store(kept).load_model("named")
    assert model.test(other / "boxes.csv")["map50"] > 0
    assert len(model.predict(other)) == 2


def test_coco_is_for_boxes_alone(run, store, visits, tmp_path):
    told = run("predict", "bought", visits, "--out", tmp_path / "out.json", "--store", store)
    assert told.code != 0
    assert ".csv" in told.err
