"""Making somebody known, forgetting somebody, comparing two pictures: in Python and from the command line."""

import csv
import io
import json
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from fathom import catalog
from fathom.cli.app import main
from fathom.data import cutting, given
from fathom.data.cuts import UPRIGHT
from fathom.data.media import encode
from fathom.data.read import read
from fathom.data.samples.faces import drawn_faces
from fathom.data.split import split
from fathom.errors import DataError
from fathom.learner import Run
from fathom.model import Model, calibrated
from fathom.protocol import calibration
from fathom.store import Store

NEW = drawn_faces(2, 5, seed=4)["image"].to_list()  # two persons that the model does not know


@pytest.fixture(scope="module")
def model():
    data = read(drawn_faces(12, 6, seed=1))
    task = catalog.load(catalog.task("face-recognition").path)
    problem = task.pose(data, "person")
    parts = split(data, problem, seed=0)
    train, valid = data.take(parts.train), data.take(parts.valid)
    problem = task.settle(problem, train)
    learner = catalog.load(catalog.learner("fisherfaces").path)()
    learner.fit(problem, train, valid, Run())
    found = calibration.fit(problem.truth(valid), learner.predict(valid))
    assert calibrated(learner.predict(valid), found).threshold == found["threshold"]
    return Model(learner, "fisherfaces", "classical", problem, found)


@pytest.fixture
def store(model, tmp_path, monkeypatch):
    monkeypatch.setenv("FATHOM_STORE", str(tmp_path / "store"))
    store = Store()
    store.save_model(model, "people")
    return store


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "Ada"
    folder.mkdir()
    for place, picture in enumerate(NEW[:3]):
        (folder / f"{place}.png").write_bytes(picture)
    (folder / "notes.txt").write_text("no picture")
    return folder


def told(capsys, *words):
    status = main(list(words))
    out, err = capsys.readouterr()
    return status, out, err


def test_who_is_enrolled_is_recognised_and_the_model_is_left_as_it_was(model):
    before = model.problem.persons
    knowing = model.enrol("Ada", NEW[:3])
    said = knowing.predict({"image": NEW})
    assert said.persons == (*before, "Ada")
    assert said.similarities[:5, -1].min() > said.similarities[5:, -1].max()
    assert (said.codes[:3] == len(before)).all()
    assert model.problem.persons == before
    assert model.predict({"image": NEW}).persons == before
    assert knowing.card["persons"] == {"tested": len(before), "known": len(before) + 1}


def test_pictures_are_predicted_by_their_paths(model, folder, monkeypatch):
    paths = [folder / "0.png", folder / "1.png"]
    held = model.predict([path.read_bytes() for path in paths]).similarities
    pixels = [np.asarray(Image.open(path)) for path in paths]
    for data in (paths, list(map(str, paths)), tuple(paths), pixels):
        assert np.array_equal(model.predict(data).similarities, held)
    monkeypatch.chdir(folder)
    assert np.array_equal(model.predict(["0.png", "1.png"]).similarities, held)
    alone = model.predict([paths[1].read_bytes()]).similarities
    assert np.array_equal(model.predict("1.png").similarities, alone)
    assert len(model.predict(["0.png", None])) == 2
    with pytest.raises(DataError, match="no such picture") as raised:
        model.predict(["0.png", "gone.png"])
    assert "gone.png" in raised.value.where


def test_pictures_unlike_the_others_and_like_somebody_else_are_told(model, store, folder, capsys):
    other = drawn_faces(12, 6, seed=1)["image"][0]  # of somebody the model knows
    known = model.enrol("Ada", NEW[:3])
    assert model.notices == ()
    again = known.enrol("Twin", NEW[:3])
    assert any("look like Ada to the model" in each for each in again.notices)
    assert not any("look like" in each for each in known.enrol("Ada", [NEW[3]]).notices)
    odd = model.enrol("Twin", [*NEW[:2], other])
    assert any("1 picture of 3 is unlike" in each and "picture 3" in each for each in odd.notices)
    assert any("1 picture of 1 is unlike" in each for each in known.enrol("Ada", [other]).notices)
    assert not any("unlike" in each for each in model.enrol("Twin", [other]).notices)  # unlike what?
    assert known.forget("Ada").notices == ()
    (folder / "other.png").write_bytes(other)
    pictures = [str(folder / name) for name in ("0.png", "1.png", "other.png")]
    status, out, _ = told(capsys, "enrol", "people", "--person", "Twin", *pictures)
    assert status == 0
    assert "note: 1 picture of 3 is unlike the others" in out
    assert str(folder / "other.png") in out


def test_what_stays_when_somebody_is_forgotten_is_said_of_what_it_stays_in(store, folder, capsys):
    told(capsys, "enrol", "people", "--person", "Ada", str(folder))
    out = told(capsys, "enrol", "people", "--forget", "Ada")[1]
    assert "axes" in out
    assert "network" not in out


def test_equal_pictures_count_once_and_that_is_said(model, store, folder, capsys):
    stored = io.BytesIO()
    Image.open(io.BytesIO(NEW[0])).save(stored, "BMP")
    for pictures in ([NEW[0], NEW[0], NEW[1]], [NEW[0], stored.getvalue(), NEW[1]]):
        assert model.enrol("Ada", pictures).learner.gallery_.counts[-1] == 2
    one = str(folder / "0.png")
    found = json.loads(told(capsys, "enrol", "people", "--person", "Ada", one, one, str(folder), "--json")[1])
    assert found["pictures"] == 3
    assert any("2 of the 5 pictures were left out" in each for each in found["notices"])


def test_who_is_forgotten_leaves_no_name_and_no_vector(model, tmp_path):
    knowing = model.enrol("Zoë Unheard-of", NEW[:3])
    folder = knowing.forget("Zoë Unheard-of").save(tmp_path / "model")
    assert not any(b"Unheard" in path.read_bytes() for path in folder.rglob("*") if path.is_file())
    again = Model.load(folder)
    assert np.array_equal(again.predict({"image": NEW}).similarities, model.predict({"image": NEW}).similarities)
    with pytest.raises(DataError, match="Nobody called"):
        again.forget("Zoë Unheard-of")


def test_what_was_enrolled_is_loaded(model, tmp_path):
    knowing = model.enrol("Ada", NEW[:3])
    again = Model.load(knowing.save(tmp_path / "model"))
    assert again.problem.persons == knowing.problem.persons
    assert np.array_equal(again.predict({"image": NEW}).similarities, knowing.predict({"image": NEW}).similarities)


def test_a_picture_is_the_same_person_as_itself(model):
    found = model.verify(NEW[0], NEW[0])
    assert found.same
    assert found.similarity == pytest.approx(1.0)
    both = [model.verify(NEW[0], NEW[at]).similarity for at in (1, 6)]
    assert both[0] > both[1]


def test_only_models_that_recognise_persons_enrol(model):
    other = Model(catalog.load(catalog.learner("baseline").path)(), "baseline", "classical", model.problem)
    with pytest.raises(DataError, match="recognises nobody"):
        other.enrol("Ada", NEW[:1])


def test_pictures_are_looked_at_before_they_are_used(folder):
    assert len(given.pictures([folder, str(folder / "0.png"), NEW[0], np.zeros((9, 9, 3), np.uint8)])) == 6
    (folder / "1.png").write_bytes(NEW[1][:200])
    for trouble, match in (
        ([folder], r"cannot be read"),
        ([folder / "none.png"], "no such picture"),
        ([folder / "notes.txt"], "cannot be read"),
        ([3], "no picture"),
        ([b""], "cannot be read"),
    ):
        with pytest.raises(DataError, match=match) as raised:
            given.pictures(trouble)
        assert raised.value.where
        assert raised.value.remedy


def test_the_commands_enrol_verify_and_forget(store, folder, capsys):
    status, out, _ = told(capsys, "enrol", "people", "--person", "Ada", str(folder), "--json")
    found = json.loads(out)
    assert (status, found["version"], found["pictures"]) == (0, 2, 3)
    assert any("up to about" in each and "instead of 1.00%" in each for each in found["notices"])
    chosen = int(store.load_model("people").calibration["strangers"])
    assert chosen > 0
    assert any(f"threshold, which {chosen:,} pictures of strangers chose" in each for each in found["notices"])
    picture = folder.parent / "ada.png"
    picture.write_bytes(NEW[3])
    status, out, _ = told(capsys, "verify", "people", str(folder / "0.png"), str(folder / "0.png"), "--json")
    assert (status, json.loads(out)["same"]) == (0, True)
    assert "similarity 1.000" in told(capsys, "verify", "people", str(folder / "0.png"), str(folder / "0.png"))[1]
    told(capsys, "enrol", "people", "--person", "Ada", str(picture))
    assert "Ada" in Model.load(store.model_path("people@2")).problem.persons
    status, out, _ = told(capsys, "enrol", "people", "--forget", "Ada", "--json")
    assert json.loads(out)["versions"] == [2, 3]
    for version in (1, 2, 3):
        assert "Ada" not in Model.load(store.model_path(f"people@{version}")).problem.persons


@pytest.mark.parametrize(
    ("words", "match"),
    [
        (["enrol", "people"], "who is to be known"),
        (["enrol", "people", "--person", "Ada"], "who is to be known"),
        (["enrol", "people", "--forget", "Nobody"], "Nobody called 'Nobody'"),
        (["enrol", "people", "--person", "Ada", "gone.png"], "no such picture"),
        (["verify", "people", "gone.png", "gone.png"], "no such picture"),
    ],
)
def test_mistakes_are_told_with_what_to_do(store, capsys, words, match):
    status, _, err = told(capsys, *words)
    assert status == 2
    assert match in err


@pytest.fixture
def looking(model, tmp_path, monkeypatch):
    """A stored model that looks for faces first and sees none on pictures of one shade; a folder with such a one."""

    def cut(pixels, way):
        return np.asarray(Image.fromarray(pixels).resize((96, 96))), int(pixels.std() > 5)

    monkeypatch.setattr(cutting, "cut", cut)
    monkeypatch.setenv("FATHOM_STORE", str(tmp_path / "store"))
    card = {"measure": "rank-1", "persons": {"tested": 9}}
    Store().save_model(replace(model, problem=replace(model.problem, cut=UPRIGHT), card=card), "people")
    folder = tmp_path / "new"
    folder.mkdir()
    pictures = {"ada.png": NEW[0], "wall.png": encode(np.full((120, 160, 3), 90, np.uint8)), "bo.png": NEW[5]}
    for name, picture in pictures.items():
        (folder / name).write_bytes(picture)
    (folder / "who.csv").write_text("image,person\nada.png,a\nwall.png,b\nbo.png,c\ncut.png,c\n")
    return folder


def test_the_command_line_says_where_no_face_was_found(looking, capsys):
    (looking / "cut.png").write_bytes(NEW[1])
    status, out, err = told(capsys, "predict", "people", str(looking / "who.csv"))
    assert status == 0, err
    rows = list(csv.DictReader(out.splitlines()))
    assert [row["faces"] for row in rows] == ["1", "0", "1", "1"]
    assert (rows[1]["prediction"], rows[1]["similarity"]) == ("", "")
    assert "note: no face was found on 1 picture, which is told as nobody known (row 2)." in err
    for words in (("verify", "people"), ("enrol", "people", "--person", "Ada")):
        status, out, err = told(capsys, *words, str(looking / "ada.png"), str(looking / "wall.png"))
        assert status != 0
        assert "No face was found on 1 picture of 2." in err
        assert str(looking / "wall.png") in err


def test_testing_counts_pictures_that_cannot_be_read_and_those_without_a_face(looking, capsys):
    (looking / "cut.png").write_bytes(NEW[1][:40])
    status, out, err = told(capsys, "test", "people", str(looking / "who.csv"))
    assert status == 0, err
    assert "people on 3 rows" in out
    assert "note: image: 1 picture cannot be read (row 4 'cut.png'" in out
    assert "note: No face was found on 1 picture, which is told as nobody known." in out
    status, out, err = told(capsys, "test", "people", str(looking / "who.csv"), "--json")
    assert len(json.loads(out)["notices"]) == 2


@pytest.mark.parametrize("name", ["one.png", "one.JPEG", "one.tif", "one.webp"])
def test_one_photograph_is_data_of_one_row(store, folder, capsys, name):
    Image.open(folder / "0.png").convert("RGB").save(folder.parent / name)
    status, out, err = told(capsys, "predict", "people", str(folder.parent / name), "--json")
    assert status == 0, err
    assert [row["image"] for row in json.loads(out)["predictions"]] == [name]


def test_predictions_say_how_many_pictures_are_of_nobody_known(store, folder, capsys):
    status, out, err = told(capsys, "predict", "people", str(folder))
    assert status == 0
    assert [line["prediction"] for line in csv.DictReader(io.StringIO(out))] == ["", "", ""]
    assert "3 pictures show nobody known; their predictions are empty." in err
    assert told(capsys, "predict", "people", str(folder), "--json")[1].count('"prediction": null') == 3
