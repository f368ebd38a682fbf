"""Boxes over HTTP, and drawn on the page."""

import base64
import json
from dataclasses import dataclass
from pathlib import Path

import pytest

from fathom.data.kinds import Column, Kind
from fathom.model import Model
from fathom.tasks.boxes import Box, Boxes
from fathom.tasks.problem import Problem

CHROMIUM = Path("/usr/bin/chromium")
SURE, UNSURE = Box(1.0, 2.0, 5.0, 6.0, "cat", 0.75), Box(0.0, 0.0, 8.0, 8.0, "dog", 0.25)
BESIDE = Box(6.0, 2.0, 9.0, 6.0, "dog", 0.45)
DOUBLE = Box(1.0, 2.0, 5.0, 5.5, "dog", 0.45)  # at the cat's place
COUNTED = """async (found) => {
  const { counted } = await import("/page/boxes.js");
  return counted(found, { boxes: ["cat", "dog"], threshold: 0.4 });
}"""


@dataclass
class Same:
    """A cat and perhaps a dog in every picture."""

    def predict(self, data):
        return Boxes.of([UNSURE, SURE] for _ in range(len(data)))


@pytest.fixture(scope="module")
def client(serving):
    problem = Problem("object-detection", "pets", (Column("image", Kind.IMAGE),), boxes=("cat", "dog"))
    with serving(Model(Same(), "sliding-window", "classical", problem, {"threshold": 0.4})) as client:
        yield client


def test_predict_answers_with_a_list_of_boxes_the_surest_first(client, make):
    picture = base64.b64encode(make.png()).decode()
    answer = client.post("/predict", json={"row": {"image": picture}}).json()
    assert answer["predictions"][0]["prediction"] == [SURE._asdict(), UNSURE._asdict()]


def test_the_card_says_labels_and_threshold(client):
    card = client.get("/model").json()
    assert (card["boxes"], card["threshold"], card["drawing"]) == (["cat", "dog"], 0.4, None)


def test_tensors_and_schema(client, make):
    tensor = {"name": "image", "datatype": "BYTES", "shape": [1], "data": [base64.b64encode(make.png()).decode()]}
    name = client.get("/model").json()["name"]
    (output,) = client.post(f"/v2/models/{name}/infer", json={"inputs": [tensor]}).json()["outputs"]
    assert json.loads(output["data"][0])[0]["label"] == "cat"
    schema = client.get("/openapi.json").json()["components"]["schemas"]["Prediction"]
    assert schema["properties"]["prediction"]["items"]["properties"]["label"]["enum"] == ["cat", "dog"]


@pytest.mark.browser
@pytest.mark.skipif(not CHROMIUM.exists(), reason="Chromium is not installed at /usr/bin/chromium")
def test_the_page_draws_boxes_and_the_slider_chooses_among_them(client, make, tmp_path):
    sync_api = pytest.importorskip("playwright.sync_api")
    (tmp_path / "pet.png").write_bytes(make.png(side=64))
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        page = browser.new_page(locale="en-US")
        troubles = []
        page.on("console", lambda message: troubles.append(message.text))
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.goto(str(client.base_url))
        page.set_input_files("#file", tmp_path / "pet.png")
        page.wait_for_selector(".layer rect")
        assert page.locator("#prediction").inner_text() == "cat 1"
        assert page.locator(".layer rect").count() == 1
        assert page.locator(".layer").get_attribute("viewBox") == "0 0 64 64"
        page.locator("#least").fill("20")
        assert page.locator("#prediction").inner_text() == "cat 1 · dog 1"
        assert page.evaluate(COUNTED, [SURE._asdict(), BESIDE._asdict()]) == "cat 1 · dog 1"
        assert page.evaluate(COUNTED, [SURE._asdict(), DOUBLE._asdict()]) == "cat 1"
        page.locator("#least").fill("90")
        assert page.locator("#prediction").inner_text() == "nothing found"
        page.set_input_files("#file", [tmp_path / "pet.png"] * 2)
        page.wait_for_selector(".strip")
        said = page.locator(".strip button")
        assert said.all_inner_texts() == ["nothing found"] * 2
        page.locator("#least").fill("20")
        assert said.all_inner_texts() == ["cat 1 · dog 1"] * 2
        assert troubles == []
        browser.close()
