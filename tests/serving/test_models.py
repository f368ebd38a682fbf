"""The served model and its successor."""

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import pytest

from fathom.errors import StoreError
from fathom.serving.app import create_app
from fathom.serving.models import Models, load
from fathom.tasks.predictions import Labels


@dataclass
class Always:
    """As sure as it is told."""

    share: float

    def predict(self, data):
        return Labels(("no", "yes"), np.tile([1 - self.share, self.share], (len(data), 1)))


@dataclass
class Broken:
    def predict(self, data):
        raise RuntimeError("damaged weights")


@dataclass
class Short:
    def predict(self, data):
        return Labels(("no", "yes"), np.zeros((0, 2)))


def test_a_hundred_swaps_under_load_mix_nothing(serving, make):
    stop = threading.Event()
    with serving(make.people(Always(0.01))) as client, ThreadPoolExecutor(8) as pool:

        def ask():
            answers = []
            while not stop.is_set():
                answers.append(client.post("/predict", json={"rows": [make.row] * 3}))
            return answers

        asking = [pool.submit(ask) for _ in range(6)]
        for version in range(2, 102):
            client.app.state.models.swap(make.people(Always(version / 100 % 1)))
        stop.set()
        answers = [answer for each in asking for answer in each.result()]
    assert answers
    for answer in answers:
        assert answer.status_code == 200
        told = answer.json()
        expected = int(told["model"]["version"]) / 100 % 1
        shares = {each["probabilities"]["yes"] for each in told["predictions"]}
        assert list(shares) == [pytest.approx(expected)]
    assert client.app.state.models.current.version == "101"


@pytest.mark.parametrize("learner", [Broken(), Short()])
def test_a_broken_model_changes_nothing(make, learner):
    models = Models(load(make.people(), "people"))
    before = models.current
    with pytest.raises((RuntimeError, StoreError)):
        models.swap(make.people(learner))
    assert models.current is before


def test_a_damaged_folder_is_told_at_the_start(pets_model, tmp_path):
    folder = pets_model.save(tmp_path / "pets" / "3")
    assert load(folder, "pets").version == "3"
    next(path for path in (folder / "learner").rglob("*") if path.is_file()).write_bytes(b"damaged")
    with pytest.raises(StoreError, match="damaged"):
        create_app(folder, name="pets")


def test_a_saved_model_serves_what_it_predicts(serving, pets_model, tmp_path):
    folder = pets_model.save(tmp_path / "pets" / "1")
    rows = [{"weight": 4.0, "colour": "black"}, {"weight": None, "colour": "green"}]
    with serving(folder) as client:
        answer = client.post("/predict", json={"rows": rows}).json()["predictions"]
    expected = pets_model.predict(rows)
    assert [each["prediction"] for each in answer] == expected.values.tolist()
    np.testing.assert_allclose([list(each["probabilities"].values()) for each in answer], expected.probabilities)
