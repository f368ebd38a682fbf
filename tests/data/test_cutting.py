"""Faces are found in photographs and cut out, once; pictures that are faces already are left alone."""

import io

import numpy as np
import polars as pl
import pytest
from PIL import Image

import fathom
from fathom import catalog
from fathom.data import cutting, media
from fathom.data.cuts import SQUARE, UPRIGHT
from fathom.data.dataset import Dataset
from fathom.data.kinds import Column, Kind
from fathom.data.media import encode
from fathom.data.portraits import Portraits
from fathom.data.read import read
from fathom.data.samples.faces import drawn_faces
from fathom.errors import DataError, MissingExtra, RowError
from fathom.learner import Run
from fathom.model import Model
from fathom.tasks import face_recognition
from fathom.tasks.face_recognition import TASK, pose
from fathom.tasks.predictions import from_frame
from fathom.tasks.problem import Problem

IMAGE = Column("image", Kind.IMAGE)


@pytest.fixture(scope="module")
def photograph():
    """A real photograph with one face, which scikit-image ships; the public domain."""
    return pytest.importorskip("skimage.data").astronaut()


def dataset(pictures, **more):
    cells = pl.Series("image", [None if each is None else encode(each) for each in pictures], dtype=pl.Binary)
    columns = (IMAGE, *(Column(name, Kind.CATEGORY) for name in more))
    return Dataset(pl.DataFrame([cells, *(pl.Series(name, values) for name, values in more.items())]), columns)


def test_the_face_of_a_photograph_is_found(photograph):
    (face,) = cutting.detector()(photograph)
    assert 0.35 < face.x < 0.52
    assert 0.15 < face.y < 0.3
    assert 0.12 < face.side < 0.25
    pixels, count = cutting.cut(photograph)
    assert (pixels.shape, count) == ((96, 96, 3), 1)
    moved = np.roll(photograph, (40, 30), axis=(0, 1))
    again, _ = cutting.cut(moved)
    assert np.corrcoef(pixels.ravel(), again.ravel())[0, 1] > 0.9


def test_without_a_face_the_whole_picture_is_taken():
    plain = np.full((120, 200, 3), 90, np.uint8)
    plain[:, :40] = 255
    pixels, count = cutting.cut(plain)
    assert count == 0
    assert (pixels[:, 2:] == 90).all()  # the middle square, less what its edge mixes in
    assert cutting.detector()(np.zeros((10, 10, 3), np.uint8)) == []


def test_faces_are_cut_once_and_missing_pictures_stay_black(photograph):
    data = dataset([photograph, None, np.full((120, 120, 3), 50, np.uint8)])
    cut, counts = cutting.ready(data, "image")
    assert counts.tolist() == [1, -1, 0]
    assert cut["image"].dtype.shape == (96, 96, 3)
    assert not cut["image"][1].to_numpy().any()
    assert cutting.ready(cut, "image")[0] is cut
    levels = [each.level for each in cutting.told(data["image"], counts)]
    assert levels == ["ok", "warning"]


def said(data):
    glance = cutting.glance(data["image"], data)
    return glance.must, glance.share


def test_a_large_photograph_is_looked_at_in_a_smaller_copy(photograph):
    large = np.asarray(Image.fromarray(photograph).resize((4096, 4096), Image.Resampling.BICUBIC))
    file = io.BytesIO()
    Image.fromarray(large).save(file, "JPEG", quality=90)
    cells = pl.Series("image", [file.getvalue(), encode(large)], dtype=pl.Binary)
    copies = [media.glance(cells, row, None, cutting.LEAST) for row in (0, 1)]
    assert [each.shape for each in copies] == [(1024, 1024, 3), (820, 820, 3)]
    small, _ = cutting.cut(photograph)
    for copy in copies:
        face, count = cutting.cut(copy)
        assert count == 1
        assert np.corrcoef(small.ravel(), face.ravel())[0, 1] > 0.9
    assert (media.glance(dataset([photograph])["image"], 0, None, cutting.LEAST) == photograph).all()


def test_faces_that_would_take_too_long_are_said_before_they_are_looked_for(photograph, monkeypatch):
    data = dataset([photograph] * 8, who=list("aabbccdd"))
    monkeypatch.setattr(cutting, "ready", None)
    with pytest.raises(DataError, match="8 pictures would take about") as raised:
        TASK.ready(data, pose(data, "who"), 1e-6)
    assert "times as many minutes" in raised.value.remedy


def test_only_pictures_of_more_than_a_face_are_cut(photograph):
    assert said(dataset([photograph])) == (True, 1.0)
    face = dataset([np.asarray(cutting.cut(photograph)[0]).repeat(2, axis=0).repeat(2, axis=1)])
    assert not said(face)[0]
    tiny = read("sample:faces")
    assert said(tiny) == (False, 1.0)
    noise = np.random.default_rng(0).integers(0, 255, (8, 120, 120, 3), np.uint8)
    nobody = dataset(noise, who=list("aabbccdd"))
    assert said(nobody) == (False, 0.0)
    assert [each.level for each in TASK.ready(nobody, pose(nobody, "who"))[2]] == ["warning"]


def test_a_model_of_photographs_cuts_new_ones_too(photograph):
    chance = np.random.default_rng(0)
    turned = [photograph, photograph[:, ::-1], photograph // 2, photograph[:, :, ::-1]]
    pictures = [np.roll(each, chance.integers(-30, 30, 2), axis=(0, 1)) for each in turned for _ in range(3)]
    data = dataset(pictures, who=[f"p{row // 3}" for row in range(12)])
    cut, problem, findings = TASK.ready(data, pose(data, "who"))
    assert problem.cut == UPRIGHT
    assert any("cut out" in each.what for each in findings)
    learner = catalog.load(catalog.learner("eigenfaces").path)()
    learner.fit(problem, cut, cut.take([0]), Run())
    model = Model(learner, "eigenfaces", "classical", problem)
    said = model.predict({"image": [encode(pictures[0]), encode(pictures[3])]})
    assert np.allclose(said.similarities, learner.predict(cut.take([0, 3])).similarities)
    with pytest.raises(RowError, match="cannot be read") as broken:
        model.predict({"image": [encode(pictures[0]), encode(pictures[1])[:5000]]})
    assert broken.value.row == 2


def test_models_from_before_faces_were_set_upright_keep_their_way():
    problem = Problem("face-recognition", "who", (IMAGE,), persons=("a", "b"), cut=UPRIGHT)
    written = problem.to_json()
    assert Problem.from_json(written) == problem
    assert Problem.from_json({**written, "cut": True}).cut == SQUARE
    assert Problem.from_json({**written, "cut": False}).cut == ""
    portraits = Portraits("image", 48, UPRIGHT)
    assert Portraits.from_json(portraits.to_json()) == portraits
    assert Portraits.from_json({**portraits.to_json(), "cut": True}).cut == SQUARE
    for wrong in ("sideways", 1.5, []):
        with pytest.raises(ValueError, match="cut"):
            Portraits.from_json({**portraits.to_json(), "cut": wrong})


def test_without_the_extra_it_is_said_that_nobody_looked(photograph, monkeypatch):
    monkeypatch.setattr(catalog, "missing", lambda extra: ("skimage",))
    data = dataset([photograph] * 8, who=list("aabbccdd"))
    same, problem, findings = TASK.ready(data, pose(data, "who"))
    assert same is data
    assert not problem.cut
    assert [each.level for each in findings] == ["warning"]
    cutting.detector.cache_clear()
    with pytest.raises(MissingExtra, match="skimage"):
        cutting.detector()


def test_pictures_without_a_face_are_named():
    names = pl.Series("image", [f"{name}.jpg" for name in "abcdef"])
    what = [each.what for each in cutting.told(names, np.array([0, 1, 2, 0, 0, 0]))]
    assert "left out (first: a.jpg, d.jpg, e.jpg)." in what[1]
    assert "taken (c.jpg)." in what[2]


def test_a_check_looks_for_faces_on_some_pictures(photograph):
    pictures = [encode(np.roll(photograph, 5 * row, axis=1)) for row in range(8)]
    frame = pl.DataFrame({"image": [pictures[0][:5000], *pictures[1:]], "who": list("aabbccdd")})
    found = fathom.check(frame, "who", task="face-recognition").findings
    assert [each.level for each in found if "more than faces" in each.what] == ["note"]
    assert any(each.level == "error" and each.rows == (0,) for each in found)
    few = fathom.check(frame.with_columns(pl.lit(encode(photograph[:120, 300:420])).alias("image")), "who",
                       task="face-recognition").findings  # fmt: skip
    assert any("too few to cut faces out" in each.what for each in few)


@pytest.fixture(scope="module")
def acquaintances(photograph):
    """A model of photographs, one of which shows nobody; and the pictures it learned from."""
    chance = np.random.default_rng(0)
    people = [photograph, photograph[:, ::-1], photograph // 2, photograph[:, :, ::-1]]
    pictures = [np.roll(each, chance.integers(-30, 30, 2), axis=(0, 1)) for each in people for _ in range(3)]
    data = dataset([*pictures, NOBODY], who=[*(f"p{row // 3}" for row in range(12)), "p0"])
    cut, problem, findings = TASK.ready(data, pose(data, "who"))
    assert len(cut) == 12
    assert any("on 1 of 13 pictures no face was found, so they were left out" in each.what for each in findings)
    learner = catalog.load(catalog.learner("eigenfaces").path)()
    learner.fit(problem, cut, cut, Run())
    calibration = {"threshold": 0.1, "pair_threshold": 0.1}
    return Model(learner, "eigenfaces", "classical", problem, calibration), [encode(each) for each in pictures]


NOBODY = np.random.default_rng(0).integers(0, 255, (120, 160, 3), np.uint8)


def test_a_photograph_without_a_face_is_nobody_and_spoils_no_other(acquaintances):
    model, pictures = acquaintances
    nobody = encode(NOBODY)
    said = model.predict({"image": [pictures[0], nobody, None, pictures[3]]})
    assert said.values.tolist() == ["p0", None, None, "p1"]
    assert said.faces.tolist() == [1, 0, -1, 1]
    assert said.faceless == [1]
    assert (said.codes[1], said.take(np.array([1])).faceless) == (-1, [0])
    assert not said.same(said)[1]
    told = said.table().to_dicts()
    assert [each["faces"] for each in told] == [1, 0, None, 1]
    assert (told[1]["similarity"], told[1]["nearest"]) == (None, "")
    assert said.records()[1]["nearest"] == []
    again = from_frame(said.frame())
    assert again.values.tolist() == said.values.tolist()
    assert again.faces.tolist() == said.faces.tolist()
    alone = model.predict({"image": [pictures[3]]})
    assert np.allclose(alone.similarities[0], said.similarities[3])
    frame = {"image": [pictures[0], nobody, pictures[3], pictures[6]], "who": ["p0", "p0", "p1", "p2"]}
    assert model.test(frame)["rank-1"] == 0.75


def test_nobody_is_known_or_compared_by_a_picture_without_a_face(acquaintances, tmp_path):
    model, pictures = acquaintances
    (tmp_path / "nobody.png").write_bytes(encode(NOBODY))
    with pytest.raises(DataError, match="No face was found on 1 picture of 2") as caught:
        model.verify(pictures[0], tmp_path / "nobody.png")
    assert caught.value.where == str(tmp_path / "nobody.png")
    with pytest.raises(DataError, match="No face was found on 1 picture of 3"):
        model.enrol("e", [*pictures[:2], tmp_path / "nobody.png"])
    assert model.verify(pictures[0], pictures[0]).same
    assert "e" in model.enrol("e", [pictures[3]]).problem.persons


def test_rows_are_counted_through_where_many_are_looked_at(acquaintances, monkeypatch):
    model, pictures = acquaintances
    monkeypatch.setattr(face_recognition, "AT_ONCE", 2)
    asked = {"image": [*pictures[:4], encode(NOBODY)]}
    assert model.predict(asked).faces.tolist() == [1, 1, 1, 1, 0]
    with pytest.raises(RowError, match="cannot be read") as broken:
        model.predict({"image": [*pictures[:3], pictures[3][:5000]]})
    assert broken.value.row == 4


def test_where_too_few_persons_are_left_it_is_said_why(photograph):
    data = dataset([photograph] * 6 + [NOBODY] * 2, who=list("aabbccdd"))
    with pytest.raises(DataError, match="3 persons have two pictures") as caught:
        TASK.ready(data, pose(data, "who"))
    assert "on 2 of 8 pictures no face was found" in caught.value.remedy


def test_a_missing_picture_is_nobody_where_faces_are_not_cut_out_too():
    data = read(drawn_faces(4, 3, seed=1))
    learner = catalog.load(catalog.learner("eigenfaces").path)()
    problem = pose(data, "person")
    learner.fit(problem, data, data.take([]), Run())
    said = Model(learner, "eigenfaces", "classical", problem).predict({"image": [data["image"][0], None]})
    assert said.values.tolist() == [data["person"][0], None]
    assert (said.codes[1], said.records()[1]["similarity"], said.faces) == (-1, None, None)
