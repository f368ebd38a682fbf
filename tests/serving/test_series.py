"""Forecasts over HTTP: rows of a history go in, and what comes next of each series comes out, with its moments."""

from dataclasses import dataclass, replace

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
        learners=["theta"],
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


def test_the_card_of_a_forecaster_has_no_threshold(client):
    assert client.get("/model").json()["threshold"] is None


@pytest.fixture(scope="module")
def coming(history):
    """Rows of the time to come, with a promotion on its second day."""
    days = ["2024-12-31", *(f"2025-01-{day:02}" for day in range(1, 14))]
    return [
        {**history[-1], "date": day, "store": store, "promotion": float(day == "2025-01-01"), "demand": None}
        for store in STORES
        for day in days
    ]


def test_what_a_forecast_is_made_of_is_told_where_it_is_asked_for(client, history, coming):
    history = history + coming
    plain = client.post("/predict", json={"rows": history}).json()["predictions"]
    told = client.post("/predict", json={"rows": history, "components": True, "history": True}).json()["predictions"]
    seen = [row for row in history if row["demand"] is not None]
    values = {store: [row["demand"] for row in seen if row["store"] == store] for store in STORES}
    for short, each in zip(plain, told, strict=True):
        assert set(each) - set(short) == {"components", "history"}
        assert short["forecast"] == each["forecast"]
        parts = each["components"]
        assert parts["seasonal"] == "times"
        added = np.sum(list(parts["known"].values()), axis=0) if parts["known"] else 0.0
        whole = np.array(parts["trend"]) * parts["season"] + added
        assert np.allclose(whole, [step["forecast"] for step in each["forecast"]])
        assert len(parts["before"]) == len(each["history"])
        assert each["history"][-1] == {"date": "2024-12-30T00:00:00", "demand": values[each["store"]][-1]}
        promoted = parts["known"]["promotion"]
        assert promoted[1] > 0 > promoted[0] == promoted[2]


def test_a_learner_that_takes_nothing_apart_says_so(serving, study, history):
    @dataclass
    class Plain:
        learner: object

        def predict(self, dataset):
            return self.learner.predict(dataset)

    with serving(replace(study.best, learner=Plain(study.best.learner), name="plain")) as client:
        assert client.get("/model").json()["horizon"]["components"] is False
        refused = client.post("/predict", json={"rows": history, "components": True})
        assert refused.status_code == 422
        assert "plain" in refused.json()["error"]
        assert "components" in refused.json()["remedy"]
        assert client.post("/predict", json={"rows": history, "history": True}).status_code == 200
        schemas = client.get("/openapi.json").json()["components"]["schemas"]
        assert set(schemas["Prediction"]["properties"]) == {"store", "forecast", "history"}


def test_what_is_asked_for_is_true_or_false(client, history):
    refused = client.post("/predict", json={"rows": history, "history": "yes"})
    assert refused.status_code == 422
    assert "'history' is true or false" in refused.json()["error"]


def test_the_document_knows_what_can_be_asked_for(client, history):
    document = client.get("/openapi.json").json()
    said = client.post("/predict", json={"rows": history, "components": True, "history": True}).json()
    schema = {**document["components"]["schemas"]["Predictions"], "components": document["components"]}
    validator = pytest.importorskip("jsonschema_rs").Draft202012Validator(schema)  # schemathesis brings it
    validator.validate(said)
    said["predictions"][0]["components"]["seasonal"] = "perhaps"
    assert not validator.is_valid(said)
    (many, one) = document["components"]["schemas"]["PredictRequest"]["oneOf"]
    assert {"history", "components"} < set(many["properties"])
    assert {"history", "components"} < set(one["properties"])


def test_what_was_put_right_in_a_history_is_noticed(client, history, coming):
    days = [f"2024-12-{day:02}" for day in range(11, 31)]
    latest = [{**history[0], "store": store, "date": day, "demand": 7.0} for store in STORES for day in days]
    assert "notices" not in client.post("/predict", json={"rows": [*latest, *coming]}).json()
    odd = {**latest[3], "date": "2204-01-01"}
    told = client.post("/predict", json={"rows": [*latest[:9], *latest[10:], latest[0], odd]}).json()["notices"]
    text = " ".join(each["notice"] for each in told)
    assert "far from all others" in text
    assert "1 row shares its series and step" in text
    assert "steps have no value" in text
    assert "column 'promotion' is not known for all steps ahead of 2 series" in text
    assert [each.get("column") for each in told] == ["date", "date", "date", "promotion"]


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
