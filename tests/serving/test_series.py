"""Forecasts over HTTP: rows of a history go in, and what comes next of each series comes out, with its moments."""

import numpy as np
import pytest

import fathom
from fathom.data.samples.sales import sales

STORES = ("S1", "S2")


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    data = sales()
    data = data.filter(data["store"].is_in(STORES)).group_by("store", maintain_order=True).tail(400)
    return fathom.compare(
        data,
        "demand",
        horizon=14,
        series=["store"],
        known=["promotion"],
        learners=["baseline"],
        curves=False,
        minutes=1,
        store=tmp_path_factory.mktemp("store"),
    )


@pytest.fixture(scope="module")
def history(study):
    data = sales()
    columns = [column.name for column in study.problem.asked]
    rows = data.filter(data["store"].is_in(STORES)).group_by("store", maintain_order=True).tail(60).select(columns)
    return [{**row, "date": row["date"].isoformat()} for row in rows.to_dicts()]


@pytest.fixture
def client(serving, study):
    with serving(study.best) as client:
        yield client


def test_a_history_is_answered_series_by_series(client, study, history):
    answer = client.post("/predict", json={"rows": history}).json()["predictions"]
    said = study.best.predict(history).table()
    assert [each["store"] for each in answer] == list(STORES)
    for each in answer:
        steps = said.filter(said["store"] == each["store"])
        assert [step["forecast"] for step in each["forecast"]] == steps["forecast"].to_list()
        assert each["forecast"][0]["date"] == "2024-12-31T00:00:00"
        assert len(each["forecast"]) == 14


def test_other_protocols_say_the_same(client, history):
    first = client.post("/predict", json={"rows": history}).json()["predictions"][0]["forecast"]
    flat = client.post("/invocations", json={"dataframe_records": history}).json()["predictions"][0]["forecast"]
    assert flat == first
    columns = client.get("/model").json()["inputs"]
    tensors = [
        {
            "name": each["name"],
            "datatype": "FP64" if each["kind"] == "number" else "BYTES",
            "shape": [len(history)],
            "data": [row[each["name"]] for row in history],
        }
        for each in columns
    ]
    name = client.get("/model").json()["name"]
    told = {
        each["name"]: each
        for each in client.post(f"/v2/models/{name}/infer", json={"inputs": tensors}).json()["outputs"]
    }
    assert told["series"]["data"] == list(STORES)
    assert told["prediction"]["shape"] == told["time"]["shape"] == [2, 14]
    assert told["prediction"]["data"][:14] == [step["forecast"] for step in first]
    known = {each["name"]: each["shape"][1:] for each in client.get(f"/v2/models/{name}").json()["outputs"]}
    assert known.keys() == told.keys()


def test_the_example_of_the_card_can_be_asked(client):
    card = client.get("/model").json()
    answer = client.post("/predict", json={"rows": card["horizon"]["example"]})
    assert answer.status_code == 200
    assert len(answer.json()["predictions"]) == 1


def test_a_history_without_values_is_refused(client, history):
    refused = client.post("/predict", json={"rows": [{**history[0], "demand": None}]})
    assert refused.status_code == 422
    assert "demand" in refused.json()["error"]
    assert refused.json()["remedy"]


def test_the_model_is_tested_on_the_last_steps_of_each_series(study, history):
    scores = study.best.test(history)
    assert scores["mase"] > 0
    assert np.isfinite(scores["interval-coverage"])


def test_the_report_draws_the_series(study, tmp_path):
    from fathom.report import write

    page = write(study, tmp_path / "report.html").read_text("utf-8")
    assert "All series in total" in page
    assert "Typical: S" in page
    assert "steps ahead" in page
