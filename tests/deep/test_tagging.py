import time
from itertools import pairwise

import numpy as np
import pytest
import torch

from fathom.data.read import read
from fathom.data.tags import decode
from fathom.data.tokens import REACH
from fathom.deep.inputs.tokens import SCHEME, TokenInputs, tag_names
from fathom.deep.recurrent import Recurrent
from fathom.deep.tagging import allowed
from fathom.deep.transformer import Transformer
from fathom.errors import StoreError, TrainingError
from fathom.learner import Run
from fathom.tasks.named_entity_recognition import TASK


@pytest.fixture(scope="module")
def data():
    cities = ("Seoul", "Busan", "New York", "Paris")
    rows = [
        (f"{who} went to {city}.", len(f"{who} went to "), city) for who in ("Emma", "Noah", "Mia") for city in cities
    ]
    texts = [text for text, _, _ in rows] * 4
    spans = [f'[[{start}, {start + len(city)}, "city"]]' for _, start, city in rows] * 4
    return read({"text": texts, "entities": spans})


@pytest.fixture(scope="module")
def learner(data):
    learner = Recurrent(epochs=12)
    learner.fit(TASK.pose(data, "entities"), data, data, Run())
    return learner


@pytest.mark.parametrize(
    "make", [lambda: Recurrent(cell="gru", width=32, epochs=10), lambda: Transformer(width=32, depth=1, epochs=10)]
)
def test_other_networks_learn_are_saved_and_loaded(make, data, tmp_path):
    learner = make()
    learner.fit(TASK.pose(data, "entities"), data, data, Run())
    learner.save(tmp_path)
    again = type(learner).load(tmp_path)
    said = again.predict(data)
    assert said.rows == learner.predict(data).rows
    assert sum(bool(row) for row in said.rows) > 0.8 * len(data)
    assert again.parameters() == learner.parameters()


def test_a_cell_that_there_is_not(data):
    with pytest.raises(TrainingError, match="'rnn'"):
        Recurrent(cell="rnn").fit(TASK.pose(data, "entities"), data, data, Run())


def found(learner, *texts):
    rows = learner.predict(read({"text": [*texts, "x", "y z"]})).rows
    return [[(each.text, each.label) for each in row] for row in rows]


def test_what_may_follow_what_gives_whole_spans_only():
    names = tag_names(("city", "day"))
    may = allowed(names)
    random = np.random.default_rng(0)
    for _ in range(200):
        tags, before = [], len(names)
        while len(tags) < 30:
            before = int(random.choice(np.flatnonzero(may[before, : len(names)].numpy())))
            tags.append(names[before])
            if may[before, len(names)] and random.random() < 0.3:
                break
        if may[before, len(names)]:
            assert decode(tags, SCHEME)[1] == []


def test_it_finds_what_it_learned(learner):
    assert found(learner, "Emma went to New York.", "nothing")[:2] == [[("New York", "city")], []]


def test_a_text_longer_than_what_is_read_at_once(learner):
    text = "Emma went to Seoul. " * 200
    row = learner.predict(read({"text": [text, "x"]})).rows[0]
    assert row
    assert all(text[each.start : each.end] == each.text for each in row)
    assert all(one.end <= other.start for one, other in pairwise(row))


def test_truth_and_tensors_agree_in_their_places(data):
    problem = TASK.pose(data, "entities")
    texts = data["text"].to_list()
    rows = problem.truth(data).tolist()
    inputs = TokenInputs.fit("text", problem.labels, texts, rows)
    places, pieces = inputs.cut_up(texts)
    views, letters = inputs.tensors(texts, places, pieces)
    truth = inputs.truth(places, pieces, rows)
    assert torch.equal(views[..., 0] != 0, truth >= 0)
    assert letters.shape[:2] == views.shape[:2]
    names = tag_names(problem.labels)
    assert names[truth[0].max()] in ("S-city", "E-city")
    assert TokenInputs.from_json(inputs.to_json()) == inputs


def test_a_description_that_was_changed_is_refused(learner, tmp_path):
    learner.save(tmp_path)
    path = tmp_path / "learner.json"
    path.write_text(
        path.read_text("utf-8").replace('"cut": "words"', '"cut": "bytes"').replace('"cut":"words"', '"cut":"bytes"')
    )
    with pytest.raises(StoreError):
        Recurrent.load(tmp_path)


def test_of_a_huge_text_the_beginning_is_answered_soon(learner):
    text = "Emma went to Seoul. " * 250_000
    begun = time.monotonic()
    row = learner.predict(read({"text": [text, "x"]})).rows[0]
    assert time.monotonic() - begun < 30
    assert row
    assert max(each.end for each in row) <= REACH < len(text)
    assert all(text[each.start : each.end] == each.text for each in row)
