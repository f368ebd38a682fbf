"""A served model of frauds says of a stream what it says of a table: in a crowd, late, again, and restarted."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import httpx
import numpy as np
import polars as pl
import pytest

from fathom.classical.linear import LogisticRegression
from fathom.data.dataset import Dataset
from fathom.data.events.events import Events
from fathom.data.events.velocity import velocity
from fathom.data.read import read
from fathom.data.samples.payments import generate
from fathom.errors import FathomError
from fathom.learner import Run
from fathom.model import Model, calibrated
from fathom.serving.remembering import place_of
from fathom.serving.serve import serve
from fathom.tasks.fraud_detection import TASK

EVENTS = Events(entities=("card", "device", "merchant"), time="time", amount="amount")
LEARNED = 600  # payments before the stream begins


@pytest.fixture(scope="module")
def payments():
    frauds = {"stolen card": 4, "card testing": 2, "takeover": 3}
    return generate(cards=60, days=40, frauds=frauds, seed=5).drop("pattern")


@pytest.fixture(scope="module")
def model(payments):
    data = read(payments.head(LEARNED))
    problem = replace(TASK.pose(data, "fraud"), events=EVENTS, time="time")
    ready, problem, _ = TASK.ready(data, problem)
    learner = LogisticRegression(strengths=(0.1,), iterations=30)
    learner.fit(problem, ready, ready.take([]), Run())
    memory = TASK.remember(ready, problem)
    return Model(learner, "logistic-regression", "classical", problem, {"alert": 0.2, "slope": 1.5, "shift": 0.1},
                 {"target": data.column("fraud").to_json()}, memory)  # fmt: skip


@pytest.fixture(scope="module")
def offline(model, payments):
    """What the model says of every payment, its features made of the whole table at once."""
    made = velocity(payments, EVENTS)
    rows = pl.concat([payments, made], how="horizontal").select(column.name for column in model.problem.inputs)
    return says(model, rows)


def says(model, rows):
    return calibrated(model.learner.predict(Dataset(rows, model.problem.inputs)), model.calibration).scores


def sent(frame):
    """Payments as a service sends them."""
    return frame.drop("fraud").with_columns(pl.col("time").dt.strftime("%Y-%m-%dT%H:%M:%S")).to_dicts()


def ask(client, row):
    answer = client.post("/predict", json={"row": row})
    assert answer.status_code == 200, answer.text
    return answer.json()["predictions"][0]


def test_the_card_has_the_threshold_that_answers_have(model, payments, serving):
    with serving(model) as client:
        card = client.get("/model").json()
        answer = ask(client, sent(payments.slice(LEARNED, 1))[0])
    assert card["threshold"] == answer["threshold"] == 0.2


def test_a_stream_is_told_what_the_table_is(model, payments, offline, serving, tmp_path):
    rows = sent(payments.slice(LEARNED, 300))
    with serving(model) as client:
        said = [ask(client, row) for row in rows]
    given = np.array([each["probabilities"]["yes"] for each in said])
    assert np.array_equal(given, offline[LEARNED : LEARNED + 300])
    assert [each["prediction"] for each in said] == np.where(given >= 0.2, "yes", "no").tolist()
    assert not model.memory.fresh  # a server remembers by itself


def test_tables_of_new_rows_too(model, payments, offline):
    said = model.predict(payments.slice(LEARNED).sample(fraction=1, shuffle=True, seed=2).drop("fraud"))
    order = payments.slice(LEARNED).with_row_index().sample(fraction=1, shuffle=True, seed=2)["index"].to_numpy()
    assert np.array_equal(said.scores, offline[LEARNED:][order])


def test_a_crowd_of_senders_each_with_its_own_cards(model, payments, serving):
    """Requests meet in one batch; nobody's answer depends on the others'."""
    own = [
        payments.slice(LEARNED, 160).with_columns(pl.col("card", "device", "merchant") + f"-{sender}")
        for sender in range(4)
    ]
    alone = velocity(own[0], EVENTS)
    rows = pl.concat([own[0], alone], how="horizontal").select(column.name for column in model.problem.inputs)
    expected = says(model, rows)
    with serving(model) as client:

        def send(frame):
            with httpx.Client(base_url=client.base_url, timeout=20) as mine:
                return [ask(mine, row)["probabilities"]["yes"] for row in sent(frame)]

        with ThreadPoolExecutor(4) as crowd:
            for said in crowd.map(send, own):
                assert np.allclose(said, expected, rtol=1e-12, atol=0)  # a product of several rows may round otherwise


def test_in_any_order_and_twice_the_next_is_told_the_same(model, payments, offline, serving):
    rows = sent(payments.slice(LEARNED, 200))
    mixed = [rows[at] for at in np.random.default_rng(1).permutation(200)]
    with serving(model) as client:
        with ThreadPoolExecutor(4) as crowd:
            list(crowd.map(lambda row: ask(client, row), [*mixed, *mixed[:50]]))
        later = [ask(client, row)["probabilities"]["yes"] for row in sent(payments.slice(LEARNED + 200, 40))]
        again = ask(client, rows[7])["probabilities"]["yes"]
    assert np.array_equal(later, offline[LEARNED + 200 : LEARNED + 240])
    assert again == offline[LEARNED + 7]


def test_a_restart_forgets_nothing(model, payments, offline, serving, tmp_path):
    folder = model.save(tmp_path / "shop" / "1")
    with serving(folder) as client:
        for row in sent(payments.slice(LEARNED, 100)):
            ask(client, row)
    assert place_of(folder).is_dir()
    with serving(folder) as client:
        later = [ask(client, row)["probabilities"]["yes"] for row in sent(payments.slice(LEARNED + 100, 60))]
    assert np.array_equal(later, offline[LEARNED + 100 : LEARNED + 160])
    assert Model.load(folder).memory is not None  # the model's own folder is as it was
    (place_of(folder) / "events.parquet").write_bytes(b"damaged")
    with serving(folder) as client:  # it starts from the training rows again
        first = ask(client, sent(payments.slice(LEARNED, 1))[0])["probabilities"]["yes"]
    assert first == offline[LEARNED]


def test_what_nobody_can_write_is_left(model, payments, serving, tmp_path, caplog, monkeypatch):
    folder = model.save(tmp_path / "shop" / "1")
    (tmp_path / "file").write_text("no folder")
    monkeypatch.setattr("fathom.serving.remembering.place_of", lambda folder: tmp_path / "file" / "1.memory")
    with serving(folder) as client:
        ask(client, sent(payments.slice(LEARNED, 1))[0])
    assert "cannot be kept" in caplog.text


def test_several_processes_are_refused(model, tmp_path):
    folder = model.save(tmp_path / "shop" / "1")
    with pytest.raises(FathomError, match="remembers") as refused:
        serve(folder, port=0, workers=2)
    assert "--workers" in refused.value.remedy


def test_odd_events_are_answered_or_refused(model, serving, payments):
    row = sent(payments.slice(LEARNED, 1))[0]
    with serving(model) as client:
        for change in (
            {"card": None},
            {"time": None},
            {"amount": None},
            {"amount": -5},
            {"card": 12},
            {"merchant": ""},
        ):
            assert 0 <= ask(client, {**row, **change})["probabilities"]["yes"] <= 1
        wrong = client.post("/predict", json={"row": {**row, "time": "yesterday"}})
        assert (wrong.status_code, wrong.json()["column"]) == (422, "time")
        lacking = client.post("/predict", json={"row": {key: row[key] for key in row if key != "card"}})
        assert (lacking.status_code, lacking.json()["column"]) == (422, "card")
        schema = client.get("/openapi.json").json()["components"]["schemas"]["Row"]
        assert set(schema["required"]) == set(row)
