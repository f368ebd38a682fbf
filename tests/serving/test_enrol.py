"""Somebody becomes known over HTTP: to the model that is served, and to the store where that can be written."""

import base64
import os
from concurrent.futures import ThreadPoolExecutor

import pytest

from fathom.data.samples.faces import drawn_faces
from fathom.serving.enrol import keeping
from fathom.store import Store

NEW = drawn_faces(3, 6, seed=9)["image"].to_list()  # three persons whom nobody has seen


def sent(person, pictures):
    return {"person": person, "pictures": [base64.b64encode(each).decode() for each in pictures]}


def who(client, picture):
    return client.post("/predict", files={"image": ("a.png", picture, "image/png")}).json()["predictions"][0]


def test_who_was_enrolled_is_recognised_from_then_on(serving, acquaintance):
    with serving(acquaintance) as client:
        answer = client.post("/enrol", json=sent(" Ada ", NEW[:3])).json()
        assert (answer["person"], answer["pictures"], answer["persons"]) == ("Ada", 3, 9)
        assert (answer["version"], answer["kept"], len(answer["before"])) == ("2", False, 3)
        assert who(client, NEW[1])["prediction"] == "Ada"
        assert who(client, NEW[1])["nearest"][0]["similarity"] == pytest.approx(
            acquaintance.enrol("Ada", NEW[:3]).predict({"image": NEW[1:2]}).similarities.max()
        )
        card = client.get("/model").json()
        assert card["persons"][-1] == "Ada"
        more = client.post("/enrol", json=sent("Ada", NEW[3:5])).json()
        assert (more["pictures"], more["persons"]) == (5, 9)
    assert "Ada" not in acquaintance.problem.persons


def test_odd_pictures_are_told(serving, acquaintance):
    with serving(acquaintance) as client:
        client.post("/enrol", json=sent("Ada", NEW[:3]))
        answer = client.post("/enrol", json=sent("Twin", NEW[:3])).json()
        assert "These pictures look like Ada" in answer["notices"][0]["notice"]
        assert "Twin" in client.get("/model").json()["persons"]


def test_a_form_enrols_too_and_equal_pictures_count_once(serving, acquaintance):
    with serving(acquaintance) as client:
        files = [("image", ("a.png", each, "image/png")) for each in (NEW[0], NEW[0], NEW[1])]
        answer = client.post("/enrol", data={"person": "김하늘"}, files=files).json()
        assert (answer["person"], answer["pictures"]) == ("김하늘", 2)
        assert who(client, NEW[0])["prediction"] == "김하늘"


def test_several_at_once_are_all_known(serving, acquaintance):
    with serving(acquaintance) as client, ThreadPoolExecutor(3) as pool:
        people = [f"person {each}" for each in range(3)]
        asked = [pool.submit(client.post, "/enrol", json=sent(name, NEW[6 * at : 6 * at + 3]))
                 for at, name in enumerate(people)]  # fmt: skip
        assert [each.result().status_code for each in asked] == [200] * 3
        assert set(people) <= set(client.get("/model").json()["persons"])


def test_the_store_keeps_it_where_it_can_be_written(serving, acquaintance, tmp_path):
    store = Store(tmp_path)
    _, path = store.save_model(acquaintance, "people")
    with serving(path, keep=keeping(store, path)) as client:
        answer = client.post("/enrol", json=sent("Ada", NEW[:3])).json()
        assert (answer["kept"], answer["version"]) == (True, "2")
    again = store.load_model("people")
    assert "Ada" in again.problem.persons
    assert again.predict({"image": NEW[1:2]}).values.tolist() == ["Ada"]
    assert "Ada" not in store.load_model("people@1").problem.persons
    assert keeping(Store(tmp_path / "elsewhere"), path) is None


def test_where_nothing_can_be_written_it_is_known_until_the_server_ends(serving, acquaintance):
    def full(changed):
        raise OSError(28, os.strerror(28))

    with serving(acquaintance, keep=full) as client:
        assert not client.post("/enrol", json=sent("Ada", NEW[:3])).json()["kept"]
        assert who(client, NEW[1])["prediction"] == "Ada"


@pytest.mark.parametrize(
    "body",
    [
        {"person": "Ada"},
        {"person": "", "pictures": ["aGk="]},
        {"person": "a\nb", "pictures": ["aGk="]},
        {"person": 7, "pictures": ["aGk="]},
        {"person": "Ada", "pictures": []},
        {"person": "Ada", "pictures": [None]},
        {"person": "Ada", "pictures": ["/etc/passwd"]},
        {"person": "Ada", "pictures": ["aGk="]},
        {"person": "x" * 300, "pictures": ["aGk="]},
        [1],
    ],
)
def test_what_enrols_nobody_is_refused_and_changes_nothing(serving, acquaintance, body):
    with serving(acquaintance) as client:
        assert client.post("/enrol", json=body).status_code == 422
        assert client.get("/model").json()["persons"] == list(acquaintance.problem.persons)


def test_the_guards_stand_before_it(serving, acquaintance):
    with serving(acquaintance, token="secret") as client:
        assert client.post("/enrol", json=sent("Ada", NEW[:1])).status_code == 401
    with serving(acquaintance) as client:
        foreign = {"origin": "http://evil.example"}
        assert client.post("/enrol", json=sent("Ada", NEW[:1]), headers=foreign).status_code == 403
        assert client.post("/enrol", content=b"x", headers={"content-type": "text/plain"}).status_code == 415
    with serving(acquaintance, alone=False) as client:  # of several processes each has a model of its own
        assert client.post("/enrol", json=sent("Ada", NEW[:1])).status_code == 404
