"""`POST /invocations` in all its forms, and the same predictions by every protocol."""

import pytest

ROWS = [
    {"age": 50, "city": "Seoul", "since": "2024-03-01"},
    {"age": 20.5, "city": None, "since": None},
    {"age": None, "city": "1", "since": "2010-12-31"},
]
NAMES = ["age", "city", "since"]
LISTS = [[row[name] for name in NAMES] for row in ROWS]
FORMS = [
    {"dataframe_split": {"columns": NAMES, "index": [0, 1, 2], "data": LISTS}},
    {"dataframe_records": ROWS},
    {"instances": ROWS},
    {"instances": LISTS},
    {"inputs": {name: [row[name] for row in ROWS] for name in NAMES}},
    {"inputs": ROWS},
]
CSV = "since,age,more,city\n2024-03-01,50,x,Seoul\n,20.5,,\n2010-12-31,,y,1\n"


@pytest.fixture(scope="module")
def expected(client):
    return [each["probabilities"]["yes"] for each in client.post("/predict", json={"rows": ROWS}).json()["predictions"]]


@pytest.mark.parametrize("form", FORMS, ids=lambda form: next(iter(form)))
def test_every_form_of_json_predicts_the_same(client, expected, form):
    predictions = client.post("/invocations", json=form).json()["predictions"]
    assert [each["probability:yes"] for each in predictions] == pytest.approx(expected, abs=0)
    assert {each["prediction"] for each in predictions} <= {"no", "yes"}


@pytest.mark.parametrize("media", ["text/csv", "text/csv; charset=utf-8"])
def test_csv_predicts_the_same(client, expected, media):
    predictions = client.post("/invocations", content=CSV, headers={"content-type": media}).json()["predictions"]
    assert [each["probability:yes"] for each in predictions] == pytest.approx(expected, abs=0)


def test_the_open_inference_protocol_predicts_the_same(client, expected):
    kinds = {"age": "FP64", "city": "BYTES", "since": "BYTES"}
    inputs = [
        {"name": name, "datatype": kinds[name], "shape": [3], "data": [row[name] for row in ROWS]} for name in NAMES
    ]
    outputs = client.post("/v2/models/people/infer", json={"inputs": inputs}).json()["outputs"]
    assert outputs[1]["data"][1::2] == pytest.approx(expected, abs=0)


@pytest.mark.parametrize(
    "body",
    [
        {},
        [],
        {"rows": ROWS},
        {"instances": ROWS, "inputs": ROWS},
        {"dataframe_split": []},
        {"dataframe_split": {"columns": NAMES, "data": [[1]]}},
        {"dataframe_split": {"columns": NAMES[:1], "data": [[1]]}},
        {"dataframe_split": {"columns": 5, "data": [[1]]}},
        {"dataframe_records": {}},
        {"instances": []},
        {"instances": [1, 2]},
        {"inputs": "x"},
        {"inputs": {"age": [1], "city": [], "since": []}},
    ],
)
def test_what_fits_no_form_is_422(client, body):
    answer = client.post("/invocations", json=body)
    assert answer.status_code == 422, answer.text
    assert isinstance(answer.json()["error"], str)


def test_a_bad_cell_of_a_csv_is_named(client):
    answer = client.post("/invocations", content="age,city,since\n1,a,\nold,b,\n", headers={"content-type": "text/csv"})
    assert (answer.status_code, answer.json()["column"], answer.json()["row"]) == (422, "age", 2)


@pytest.mark.parametrize("body", [b"", b"\xff\xfe\0", b"age\n1\n"])
def test_a_csv_that_cannot_be_read_is_a_client_error(client, body):
    answer = client.post("/invocations", content=body, headers={"content-type": "text/csv"})
    assert answer.status_code in (400, 422), answer.text


def test_an_unknown_media_type_is_415(client):
    assert client.post("/invocations", content=b"x", headers={"content-type": "text/xml"}).status_code == 415


def test_ping(client):
    assert client.get("/ping").status_code == 200
