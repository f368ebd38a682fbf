"""`POST /predict`: rows as JSON, pictures as base64, files and bytes; what does not fit is told by column and row."""

import base64
import io
import zlib

import numpy as np
import pytest
from PIL import Image

from fathom.messages import phrase


def test_one_row(client, make):
    answer = client.post("/predict", json={"row": make.row}, headers={"x-request-id": "mine"}).json()
    (prediction,) = answer["predictions"]
    assert prediction["prediction"] == "yes"
    assert set(prediction["probabilities"]) == {"no", "yes"}
    assert sum(prediction["probabilities"].values()) == pytest.approx(1)
    assert answer["model"] == {"name": "people", "version": "1"}
    assert answer["id"] == "mine"


def test_many_rows_keep_their_order_and_equal_the_model(client, make):
    rows = [{**make.row, "age": age} for age in (20, 90.5, None, 40)]
    answer = client.post("/predict", json={"rows": rows}).json()
    direct = make.people().predict(rows)
    served = [each["probabilities"]["yes"] for each in answer["predictions"]]
    np.testing.assert_allclose(served, direct.probabilities[:, 1])
    assert [each["prediction"] for each in answer["predictions"]] == direct.values.tolist()


def test_ids_differ_and_strange_ones_are_replaced(client, make):
    ids = {client.post("/predict", json={"row": make.row}).json()["id"] for _ in range(5)}
    assert len(ids) == 5
    long = client.post("/predict", json={"row": make.row}, headers={"x-request-id": "x" * 200}).json()["id"]
    assert long != "x" * 200


def test_a_number_has_an_interval(serving, make):
    with serving(make.ages()) as client:
        (prediction,) = client.post("/predict", json={"row": {"age": 21}}).json()["predictions"]
    assert prediction == {"prediction": 42.0, "low": 39.0, "high": 45.0}


@pytest.mark.parametrize(
    ("wrong", "column", "row"),
    [
        ({"age": "old"}, "age", 2),
        ({"age": True}, "age", 2),
        ({"age": [1]}, "age", 2),
        ({"city": {"name": "Seoul"}}, "city", 2),
        ({"since": 20240301}, "since", 2),
        ({"since": "soon"}, "since", 2),
    ],
)
def test_a_value_that_does_not_fit_is_told_by_column_and_row(client, make, wrong, column, row):
    answer = client.post("/predict", json={"rows": [make.row, {**make.row, **wrong}]})
    assert answer.status_code == 422
    assert (answer.json()["column"], answer.json()["row"]) == (column, row)


def test_a_missing_column_is_told_with_the_name_that_was_meant(client, make):
    row = {"age": 50, "citty": "Seoul", "since": None}
    answer = client.post("/predict", json={"rows": [make.row, row]})
    assert answer.status_code == 422
    assert (answer.json()["column"], answer.json()["row"]) == ("city", 2)
    assert "citty" in answer.json()["remedy"]


@pytest.mark.parametrize("body", ["", "{", "[]", "5", "{}", '{"rows": []}', '{"rows": [5]}', '{"row": 1, "rows": []}'])
def test_what_is_no_request_is_a_client_error(client, body):
    answer = client.post("/predict", content=body, headers={"content-type": "application/json"})
    assert answer.status_code in (400, 422)
    assert isinstance(answer.json()["error"], str)


def test_an_unknown_media_type_is_415(client):
    assert client.post("/predict", content=b"age=5", headers={"content-type": "text/plain"}).status_code == 415
    picture = client.post("/predict", content=b"...", headers={"content-type": "image/png"})
    assert picture.status_code == 415  # this model reads none


def test_categories_may_be_numbers_and_truth_values(client, make):
    rows = [{**make.row, "city": city} for city in (1, 1.0, "1", True, None, "nowhere")]
    assert client.post("/predict", json={"rows": rows}).status_code == 200


def test_a_bad_request_does_not_spoil_its_neighbours(serving, make):
    from concurrent.futures import ThreadPoolExecutor

    with serving(make.people(make.older(seconds=0.05))) as client, ThreadPoolExecutor(12) as pool:
        rows = [{**make.row, "since": "soon" if number % 4 == 0 else "2024-03-01"} for number in range(12)]
        answers = list(pool.map(lambda row: client.post("/predict", json={"row": row}).status_code, rows))
    assert answers == [422 if number % 4 == 0 else 200 for number in range(12)]


class TestPictures:
    def test_base64_data_url_file_and_bytes_say_the_same(self, picture_client, make):
        data = make.png(200)
        text = base64.b64encode(data).decode()
        answers = [
            picture_client.post("/predict", json={"row": {"image": text}}),
            picture_client.post("/predict", json={"row": {"image": f"data:image/png;base64,{text}"}}),
            picture_client.post("/predict", json={"row": {"image": {"b64": text}}}),
            picture_client.post("/predict", files={"image": ("a.png", data, "image/png")}),
            picture_client.post("/predict", content=data, headers={"content-type": "image/png"}),
        ]
        first = answers[0].json()["predictions"]
        assert first[0]["prediction"] == "light"
        assert all(answer.json()["predictions"] == first for answer in answers)

    def test_files_are_rows_in_their_order(self, picture_client, make):
        files = [("image", (f"{shade}.png", make.png(shade), "image/png")) for shade in (0, 255, 10)]
        predictions = picture_client.post("/predict", files=files).json()["predictions"]
        assert [each["prediction"] for each in predictions] == ["dark", "light", "dark"]

    @pytest.mark.parametrize("cell", ["{path}", "file://{path}", "http://127.0.0.1:9/a.png", "../a.png", 5, ["{path}"]])
    def test_a_path_or_an_address_is_never_opened(self, picture_client, make, tmp_path, cell):
        path = tmp_path / "secret.png"
        path.write_bytes(make.png(255))
        cell = [cell[0].format(path=path)] if isinstance(cell, list) else cell
        cell = cell.format(path=path) if isinstance(cell, str) else cell
        for send in (
            {"url": "/predict", "json": {"row": {"image": cell}}},
            {"url": "/invocations", "json": {"instances": [{"image": cell}]}},
            {"url": "/invocations", "content": f"image\n{cell}", "headers": {"content-type": "text/csv"}},
        ):
            answer = picture_client.post(**send)
            assert answer.status_code == 422, answer.text
            assert "predictions" not in answer.text

    @pytest.mark.parametrize("data", [b"", b"no picture", b"\x89PNG\r\n\x1a\n" + b"\0" * 40, b"<svg/>"])
    def test_what_is_no_picture_is_told(self, picture_client, data):
        answer = picture_client.post("/predict", files={"image": ("a.png", data)})
        assert answer.status_code == 422
        assert answer.json()["column"] == "image"
        assert answer.json()["row"] == 1

    def test_an_empty_file_is_called_empty(self, picture_client):
        answer = picture_client.post("/predict", files=[("image", ("a.jpg", b""))])
        assert answer.status_code == 422
        assert answer.json()["error"] == "The file is empty."

    def test_of_an_animation_the_first_picture_is_read_and_a_notice_says_so(self, picture_client, make):
        file = io.BytesIO()
        light, dark = (Image.new("L", (8, 8), value) for value in (250, 5))
        light.save(file, "GIF", save_all=True, append_images=[dark])
        still = picture_client.post("/predict", files=[("image", make.png(250))]).json()
        moving = picture_client.post("/predict", files=[("image", make.png(5)), ("image", file.getvalue())]).json()
        assert "notices" not in still
        assert [each["prediction"] for each in moving["predictions"]] == ["dark", "light"]
        assert (moving["notices"][0]["column"], moving["notices"][0]["row"]) == ("image", 2)
        assert "several pages" in moving["notices"][0]["notice"]

    def test_a_picture_cut_off_in_the_middle_is_told(self, picture_client, make):
        data = make.png(7, side=64)
        answer = picture_client.post("/predict", files=[("image", make.png()), ("image", data[: len(data) - 30])])
        assert (answer.status_code, answer.json()["row"]) == (422, 2)

    def test_a_picture_that_unfolds_to_too_much_is_refused(self, picture_client, make):
        bomb = bytearray(make.png(0, side=8))
        bomb[16:24] = (60_000).to_bytes(4) * 2  # the header's width and height
        bomb[29:33] = zlib.crc32(bomb[12:29]).to_bytes(4)
        for data in (make.png(0, side=7100), bytes(bomb)):
            answer = picture_client.post("/predict", files={"image": data})
            assert answer.status_code == 422
            assert answer.json()["error"] == "The picture has more than 50,000,000 pixels."

    @pytest.mark.parametrize("body", [b"", b"--x\r\n", b"junk", b"--x\r\ncontent-disposition: form-data\r\n\r\n"])
    def test_a_broken_form_is_a_client_error(self, picture_client, body):
        headers = {"content-type": "multipart/form-data; boundary=x"}
        assert picture_client.post("/predict", content=body, headers=headers).status_code in (400, 422)
        headers = {"content-type": "multipart/form-data"}
        assert picture_client.post("/predict", content=body, headers=headers).status_code == 400


def test_values_that_training_did_not_see_are_told(client, make):
    rows = [make.row, {**make.row, "city": "Jeju"}, {**make.row, "city": None}, {**make.row, "city": "Ulsan"}]
    assert "notices" not in client.post("/predict", json={"row": make.row}).json()
    one = client.post("/predict", json={"row": rows[1]}).json()
    assert one["notices"] == [{"notice": "Training did not see 'Jeju' in 'city'.", "column": "city", "row": 1}]
    assert len(one["predictions"]) == 1
    (several,) = client.post("/predict", json={"rows": rows}).json()["notices"]
    assert several["row"] == 2
    assert several["notice"] == "Training did not see 2 of the values in 'city' (first: 'Jeju')."
    (korean,) = client.post("/predict", json={"rows": rows}, headers={"accept-language": "ko"}).json()["notices"]
    assert korean["notice"] == "'city' 열의 값 2개는 학습에서 보지 못했습니다(처음: 'Jeju')."
    assert "notices" in client.get("/openapi.json").json()["components"]["schemas"]["Predictions"]["properties"]


@pytest.mark.parametrize(
    ("asked", "said"),
    [("ko-KR,ko;q=0.9,en;q=0.8", "열이 없습니다"), ("de, en;q=0.5, ko;q=0.1", "is missing"), ("de", "is missing")],
)
def test_a_refusal_is_told_in_the_language_that_was_asked_for(client, asked, said):
    answer = client.post("/predict", json={"row": {}}, headers={"accept-language": asked})
    assert said in answer.json()["error"]


def test_guard_and_verdict_speak_that_language_too(serving, make):
    verdict = phrase("Use classical: {learner}, with {score}.", learner="ridge", score="91 %")
    with serving(make.people(verdict=verdict), token="secret") as client:
        korean = {"accept-language": "ko"}
        assert client.get("/model", headers=korean).json()["error"] == "토큰이 필요합니다."
        told = client.get("/model", headers={**korean, "authorization": "Bearer secret"}).json()
        assert told["card"]["verdict"] == "고전적 모델을 쓰십시오: ridge, 91 %."
        assert client.get("/model").json()["error"] == "A token is needed."
