import time

import numpy as np
import pytest

from fathom.classical import chain
from fathom.classical.crf import CRF, MODEL
from fathom.data.read import read
from fathom.errors import DataError, StoreError, TrainingError
from fathom.learner import Run
from fathom.tasks.named_entity_recognition import TASK

CITIES = ("Seoul", "Busan", "New York", "Paris", "Daegu")


@pytest.fixture(scope="module")
def data():
    rows = [
        (f"{who} went to {city} by {how}.", len(f"{who} went to "), city)
        for who in ("Emma", "Noah", "A man")
        for city in CITIES
        for how in ("train", "car", "ship", "bus")
    ]
    texts = [text for text, _, _ in rows]
    spans = [[[start, start + len(city), "city"]] for _, start, city in rows]
    return read({"text": texts, "entities": [str(row).replace("'", '"') for row in spans]})


@pytest.fixture(scope="module")
def problem(data):
    return TASK.pose(data, "entities")


@pytest.fixture(scope="module")
def learner(data, problem):
    learner = CRF()
    learner.fit(problem, data, data, Run())
    return learner


def asked(learner, *texts):
    return [
        [(each.text, each.label) for each in row] for row in learner.predict(read({"text": [*texts, "x", "y z"]})).rows
    ]


def test_a_city_that_training_did_not_have(learner):
    assert asked(learner, "Emma went to Gwangju by train.")[0] == [("Gwangju", "city")]


def test_a_long_text_is_read_in_pieces(learner):
    text = "Emma went to Seoul by train.\n" * 600
    found = asked(learner, text)[0]
    assert len(found) == 600
    assert set(found) == {("Seoul", "city")}


def test_emoji_and_right_to_left_text_keep_their_places(learner):
    text = "👩‍🚀 שלום Emma went to Seoul by train."
    row = learner.predict(read({"text": [text, "x"]})).rows[0]
    assert [text[each.start : each.end] for each in row] == [each.text for each in row]


def test_a_changed_chain_never_reaches_the_library(learner, tmp_path):
    learner.save(tmp_path)
    data = bytearray((tmp_path / MODEL).read_bytes())
    data[len(data) // 2] ^= 1
    (tmp_path / MODEL).write_bytes(bytes(data))
    with pytest.raises(StoreError):
        CRF.load(tmp_path)


@pytest.mark.parametrize("data", [b"x", b"lCRF" + b"\0" * 44, b"\0" * 60])
def test_what_is_no_chain_is_known_by_its_header(data):
    assert not chain._whole(data)


def test_names_that_a_person_gives(data, problem, tmp_path):
    (tmp_path / "town.txt").write_text("Ulsan\nNew Harbour\n", "utf-8")
    learner = CRF(gazetteers=(str(tmp_path / "town.txt"),))
    learner.fit(problem, data, data, Run())
    assert "listed in town" in learner.features()
    learner.save(tmp_path)
    assert CRF.load(tmp_path).known_.names == {"town": frozenset({"ulsan", "new harbour"})}
    with pytest.raises(DataError, match="cannot be read"):
        CRF(gazetteers=(str(tmp_path / "none.txt"),)).fit(problem, data, data, Run())


def test_without_time_it_says_nothing_and_says_so(data, problem):
    learner, run = CRF(), Run.lasting(0.0)
    learner.fit(problem, data, data, run)
    assert run.hurried
    assert asked(learner, "Emma went to Seoul by train.")[0] == []


def test_with_little_time_it_keeps_what_it_has(data, problem, monkeypatch):
    class Slow(chain._Trainer):
        def message(self, message):
            super().message(message)
            if "Iteration #" in message:
                time.sleep(0.02)

    monkeypatch.setattr(chain, "_Trainer", Slow)
    learner, run = CRF(iterations=1_000), Run.lasting(1.0)
    begun = time.monotonic()
    learner.fit(problem, data, data, run)
    assert time.monotonic() - begun < 1.5
    assert run.hurried
    assert not learner.chain_.silent
    assert asked(learner, "Emma went to Seoul by train.")[0] == [("Seoul", "city")]


def test_it_chooses_how_sure_it_must_be(learner):
    row = read({"text": ["Emma went to Seoul by train.", "x"]}).select(["text"])
    few = [len(learner._entities(text, 0.999999)) for text in row["text"].to_list()]
    many = [len(learner._entities(text, 1e-9)) for text in row["text"].to_list()]
    assert sum(few) <= sum(many)


def test_texts_without_a_word_are_an_error_for_a_person(problem):
    nothing = read({"text": ["a", "b"], "entities": ["[]", "[]"]}, kinds={"text": "text", "entities": "spans"})
    empty = nothing.take(np.arange(0))
    with pytest.raises(TrainingError):
        CRF().fit(problem, empty, empty, Run())


def test_clusters_are_told_where_there_are_texts_enough_and_time(data, problem, tmp_path, monkeypatch):
    learner = CRF(clusters=2)
    learner.fit(problem, data, data, Run())
    assert "cluster" not in learner.features()
    monkeypatch.setattr("fathom.classical.features.clusters.FEWEST_TEXTS", 10)
    learner.fit(problem, data, data, Run.lasting(5))
    assert "cluster" not in learner.features()
    learner.fit(problem, data, data, Run())
    assert "cluster" in learner.features()
    learner.save(tmp_path)
    again = CRF.load(tmp_path)
    assert again.clusters_ == learner.clusters_
    assert asked(again, "Emma went to Gwangju by train.") == asked(learner, "Emma went to Gwangju by train.")
