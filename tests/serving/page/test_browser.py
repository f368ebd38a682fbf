"""The page in a real browser: a form, a drawing, both languages, both themes, by keyboard, offline but for us."""

import re
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from fathom.data import media
from fathom.data.kinds import Column, Kind
from fathom.data.media import encode
from fathom.data.read import read
from fathom.data.samples.faces import drawn_faces
from fathom.model import Model
from fathom.tasks.boxes import Box, Boxes
from fathom.tasks.problem import Problem

pytestmark = pytest.mark.browser
WARMTH = """() => {
  const canvas = document.querySelector('#places canvas');
  const context = canvas.getContext('2d');
  const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
  const redder = (x, y) => {
    const at = 4 * (Math.floor(y * canvas.height) * canvas.width + Math.floor(x * canvas.width));
    return data[at] - data[at + 2];
  };
  return { light: redder(0.2, 0.2), dark: redder(0.9, 0.9) };
}"""
SHOWN = """() => {
  const list = document.querySelector('.strip').getBoundingClientRect();
  const sides = [...document.querySelectorAll('.strip button')].map((each) => each.getBoundingClientRect());
  const inside = sides.filter((each) => each.top >= list.top && each.bottom <= list.bottom).length;
  return [inside, sides.filter((each) => each.top < list.bottom).length - inside];
}"""


class Lamps:
    """A lamp at each of two places, as sure as it is bright there."""

    def predict(self, data):
        pixels = media.images(data["image"], data.folder, size=(60, 60), channels=1)[..., 0] / 255
        return Boxes.of(
            [
                Box(side, side, side + 16, side + 16, "lamp", float(each[side : side + 16, side : side + 16].mean()))
                for side in (4, 40)
                if each[side : side + 16, side : side + 16].mean() > 0.5
            ]
            for each in pixels
        )


def draw(page, *strokes):
    box = page.locator("canvas.board").bounding_box()
    for stroke in strokes:
        for number, (x, y) in enumerate(stroke):
            page.mouse.move(box["x"] + x * box["width"], box["y"] + y * box["height"], steps=1 if number == 0 else 5)
            if number == 0:
                page.mouse.down()
        page.mouse.up()


def test_the_form_is_made_from_the_schema_and_answered(visit, client):
    page = visit(client)
    assert page.get_by_label("age").input_value() == "40"
    assert page.get_by_label("city").locator("option").all_inner_texts() == ["Seoul", "Busan", "1", "(missing)"]
    assert page.get_by_label("since").get_attribute("type") == "date"
    page.get_by_label("age").fill("80")
    page.get_by_label("since").fill("2024-03-01")
    page.get_by_role("button", name="Predict").click()
    page.wait_for_selector("#prediction")
    assert page.inner_text("#prediction") == "yes"
    shares = page.locator(".bar .share").all_inner_texts()
    assert len(shares) == 2
    assert sum(float(share.rstrip("%")) for share in shares) == pytest.approx(100, abs=0.2)
    widths = [box.bounding_box()["width"] for box in page.locator(".bar i").all()]
    assert widths[1] > 10 * widths[0]
    assert "Use classical." in page.inner_text("main")
    assert re.search(r"91%.*88% to 94%", page.inner_text("#facts"))
    page.hold()


def test_the_words_that_decide_are_coloured(visit, serving, make):
    with serving(make.moods()) as client:
        page = visit(client)
        page.get_by_label("review").fill("What a great film \U0001f600 좋아요 <b>again</b>")
        page.get_by_role("button", name="Predict").click()
        page.wait_for_selector("#words")
        assert page.inner_text("#prediction") == "good"
        assert page.locator("#words mark").all_inner_texts() == ["great", "좋아요"]
        assert "<b>again</b>" in page.inner_text("#words")
        assert "less probable without it" in page.locator("#words mark").first.get_attribute("title")
        page.hold()
        page.get_by_role("button", name="한국어").click()
        assert "색칠한 단어" in page.inner_text("#words")
        assert page.troubles == []


def test_entities_are_marked_in_their_text(visit, serving, make):
    with serving(make.capitals()) as client:
        page = visit(client)
        page.get_by_label("text").fill("\U0001f600 to Seoul <i>now</i>")
        page.get_by_role("button", name="Predict").click()
        page.wait_for_selector("#prediction mark")
        assert page.inner_text("#prediction mark").split() == ["Seoul", "city"]
        assert "<i>now</i>" in page.inner_text("#prediction")
        assert page.locator("#answer td").all_inner_texts() == ["Seoul", "city", "75%"]
        page.hold()
        page.get_by_label("text").fill("nowhere")
        page.get_by_role("button", name="Predict").click()
        page.get_by_text("Nothing was found").wait_for()
        assert page.troubles == []


def test_several_labels_are_named(visit, serving, make):
    with serving(make.mentions()) as client:
        page = visit(client)
        page.get_by_label("letter").fill("late and rude")
        page.get_by_role("button", name="Predict").click()
        page.wait_for_selector("#prediction")
        assert page.inner_text("#prediction") == "late, rude"
        assert page.locator(".bar.best").count() == 2
        assert "from 50% on" in page.inner_text("#answer")
        assert page.inner_text("#purpose") == "Tells which of these labels fit: late, rude."
        page.hold()
        page.get_by_label("letter").fill("fine")
        page.get_by_role("button", name="Predict").click()
        page.get_by_text("no label").wait_for()
        assert page.troubles == []


def test_by_keyboard_alone(visit, client):
    page = visit(client)
    page.wait_for_selector("#field-0")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.type("90")
    page.keyboard.press("Enter")
    page.wait_for_selector("#prediction")
    assert page.get_by_label("age").input_value() == "90"


def test_mistakes_are_told_beside_the_field_and_aloud(visit, client):
    page = visit(client)
    page.get_by_label("age").fill("old")
    page.get_by_role("button", name="Predict").click()
    assert page.get_by_label("age").get_attribute("aria-invalid") == "true"
    assert "Write a number" in page.inner_text("#field-0-hint")
    page.get_by_label("age").fill("200")
    assert "outside of what training saw" in page.inner_text("#field-0-hint")
    page.route("**/predict", lambda route: route.fulfill(status=422, json={"error": "No.", "column": "city", "row": 1}))
    page.get_by_role("button", name="Predict").click()
    page.wait_for_selector("#trouble p")
    assert page.locator("#trouble").get_attribute("role") == "alert"
    assert "No." in page.inner_text("#trouble")
    assert page.get_by_label("city").get_attribute("aria-invalid") == "true"


def test_language_and_theme_switch_and_are_remembered(visit, client):
    page = visit(client, color_scheme="light")
    page.get_by_role("button", name="Predict").click()
    page.wait_for_selector("#prediction")
    page.get_by_role("button", name="한국어").click()
    assert page.get_by_role("button", name="예측하기").is_visible()
    assert page.get_attribute("html", "lang") == "ko"
    assert "확률" in page.inner_text("#answer")
    before = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.get_by_role("button", name="어둡게").click()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != before
    page.hold()
    page.reload()
    page.wait_for_selector("#field-0")
    assert page.get_attribute("html", "lang") == "ko"
    assert page.get_attribute("html", "data-theme") == "dark"


def test_the_system_decides_at_first(visit, client):
    page = visit(client, color_scheme="dark", locale="ko-KR", viewport={"width": 360, "height": 740})
    page.wait_for_selector("#field-0")
    assert page.get_attribute("html", "data-theme") == "dark"
    assert page.get_attribute("html", "lang") == "ko"
    page.hold()


def test_a_number_shows_its_interval(visit, serving, make):
    with serving(make.ages()) as client:
        page = visit(client)
        page.get_by_label("age").fill("21")
        page.get_by_role("button", name="Predict").click()
        page.wait_for_selector("#prediction")
        assert page.inner_text("#prediction") == "42"
        assert "between 39 and 45, in 90% of cases" in page.inner_text("#answer")
        page.hold()


class TestPictures:
    def test_a_drawing_is_cut_centred_and_answered(self, visit, picture_client):
        page = visit(picture_client)
        page.wait_for_selector("canvas.board")
        with page.expect_request("**/predict") as sent:
            draw(page, [(0.1, 0.1), (0.1, 0.2)], [(0.1, 0.1), (0.15, 0.1)])
        assert sent.value.headers["content-type"].startswith("multipart/form-data")
        page.wait_for_selector("#prediction")
        assert page.locator(".bar").count() == 2
        page.wait_for_selector(".sent img")
        ink = page.evaluate(
            """async () => {
              const image = document.querySelector('.sent img');
              await image.decode();
              const canvas = document.createElement('canvas');
              [canvas.width, canvas.height] = [image.naturalWidth, image.naturalHeight];
              const context = canvas.getContext('2d');
              context.drawImage(image, 0, 0);
              const data = context.getImageData(0, 0, canvas.width, canvas.height).data;
              let [top, bottom] = [canvas.height, 0];
              for (let at = 0; at < data.length; at += 4) {
                if (data[at] < 128) continue;
                const y = Math.floor(at / 4 / canvas.width);
                [top, bottom] = [Math.min(top, y), Math.max(bottom, y)];
              }
              return [top / canvas.height, bottom / canvas.height, canvas.width === canvas.height];
            }"""
        )
        assert ink[0] == pytest.approx(1 - ink[1], abs=0.03)  # centred
        assert ink[1] - ink[0] > 0.5  # and filling the picture, small as it was drawn
        assert ink[2]
        page.hold()

    def test_what_decided_is_drawn_over_the_picture(self, visit, serving, make):
        pixels = np.full((56, 84), 250, dtype=np.uint8)
        pixels[28:, 42:] = 10
        with serving(make.pictures()) as client:
            page = visit(client)
            page.locator("#file").set_input_files({"name": "a.png", "mimeType": "image/png", "buffer": encode(pixels)})
            page.get_by_role("button", name="What decided?").click()
            page.wait_for_selector("#places canvas")
            assert "light" in page.inner_text("#places")
            page.wait_for_function("() => document.querySelector('#places canvas').width === 360")
            warmth = page.evaluate(WARMTH)
            assert warmth["light"] > warmth["dark"] + 20
            page.hold()
            page.get_by_label("What speaks for").select_option("dark")
            page.get_by_text("“dark”").wait_for()
            page.wait_for_function("() => document.querySelector('#places canvas').width === 360")
            warmth = page.evaluate(WARMTH)
            assert warmth["dark"] > warmth["light"] + 20
            page.get_by_role("button", name="한국어").click()
            assert "근거" in page.inner_text("#places")
            assert page.troubles == []

    def test_what_decided_for_a_box_is_drawn_when_it_is_clicked(self, visit, serving):
        pixels = np.full((60, 60), 30, dtype=np.uint8)
        pixels[4:20, 4:20], pixels[40:56, 40:56] = 250, 200
        problem = Problem("object-detection", "lamps", (Column("image", Kind.IMAGE),), boxes=("lamp",))
        with serving(Model(Lamps(), "sliding-window", "classical", problem)) as client:
            page = visit(client)
            page.locator("#file").set_input_files({"name": "a.png", "mimeType": "image/png", "buffer": encode(pixels)})
            page.get_by_text("Click it, or its button").wait_for()
            page.locator(".layer rect").last.click()  # the surest is drawn last
            page.wait_for_selector("#places canvas")
            page.wait_for_function("() => document.querySelector('#places canvas').width === 360")
            warmth = page.evaluate(WARMTH)
            assert warmth["light"] > warmth["dark"] + 20
            page.hold()
            page.get_by_role("button", name="What decided? lamp 78.4%").press("Enter")
            page.wait_for_function("() => document.querySelector('#places canvas')?.width === 360")
            warmth = page.evaluate(WARMTH)
            assert warmth["dark"] > warmth["light"] + 20
            page.get_by_role("button", name="한국어").click()
            assert "근거" in page.inner_text("#places")
            assert page.troubles == []

    def test_what_makes_a_face_like_somebody_is_drawn(self, visit, serving, acquaintance):
        face = read(drawn_faces(8, 4, seed=1)).frame["image"][0]
        with serving(acquaintance) as client:
            page = visit(client)
            page.locator("#file").set_input_files({"name": "a.png", "mimeType": "image/png", "buffer": face})
            page.get_by_role("button", name="What decided?").click()
            page.wait_for_selector("#places canvas")
            name = page.inner_text("#prediction")
            assert f"like {name}" in page.inner_text("#places")
            other = page.locator("#speaks option").all_inner_texts()[1]
            page.get_by_label("What speaks for").select_option(other)
            page.get_by_text(f"like {other}").wait_for()
            page.hold()

    def test_several_pictures_are_answered_and_a_broken_one_spoils_none(self, visit, serving, make):
        def file(name, data):
            return {"name": name, "mimeType": "image/png", "buffer": data}

        light, dark = (encode(np.full((9, 9), value, dtype=np.uint8)) for value in (240, 10))
        with serving(make.pictures()) as client:
            page = visit(client)
            files = [file("light.png", light), file("broken.png", b"nothing"), file("dark.png", dark)]
            page.locator("#file").set_input_files(files)
            page.wait_for_selector(".strip")
            said = page.locator(".strip button").all_inner_texts()
            assert [each.split()[-1] for each in said] == ["94.1%", "read", "96.1%"]
            assert page.inner_text("#prediction") == "light"
            page.get_by_text("broken.png", exact=True).wait_for()  # in the place of a picture that cannot be shown
            page.locator(".strip button").nth(2).click()
            assert page.inner_text("#prediction") == "dark"
            assert page.locator('.strip [aria-pressed="true"]').count() == 1
            page.locator(".strip button").nth(1).click()
            assert "cannot be read" in page.inner_text("#answer") or "no picture" in page.inner_text("#answer")
            assert page.get_by_role("button", name="What decided?").count() == 0
            page.troubles[:] = [each for each in page.troubles if "422" not in each]  # the browser's own note of it
            page.hold()

    def test_of_many_pictures_whole_rows_are_shown_and_all_if_asked_for(self, visit, serving, make):
        light = encode(np.full((9, 9), 240, dtype=np.uint8))
        with serving(make.pictures()) as client:
            page = visit(client)
            page.locator("#file").set_input_files(
                [{"name": f"{at}.png", "mimeType": "image/png", "buffer": light} for at in range(40)]
            )
            ask = page.get_by_role("button", name="Show all 40 pictures")
            ask.wait_for()
            inside, cut = page.evaluate(SHOWN)
            assert 0 < inside < 40
            assert cut == 0
            page.hold()
            ask.click()
            assert page.evaluate(SHOWN) == [40, 0]
            page.locator(".strip button").nth(39).click()
            assert page.evaluate(SHOWN) == [40, 0]
            assert page.locator(".several .all").is_hidden()

    def test_nobody_known_is_said_in_words(self, visit, serving, acquaintance):
        acquaintance = replace(acquaintance, calibration={"threshold": 1.1, "pair_threshold": 0.9})
        stranger = encode(np.random.default_rng(0).integers(0, 256, (48, 48, 3), dtype=np.uint8))
        files = [{"name": f"{at}.png", "mimeType": "image/png", "buffer": stranger} for at in range(3)]
        with serving(acquaintance) as client:
            page = visit(client)
            page.locator("#file").set_input_files(files)
            page.wait_for_selector(".strip")
            assert page.locator(".strip button").all_inner_texts() == ["nobody known"] * 3
            assert page.inner_text("#prediction") == "nobody known"
            page.hold()
            page.get_by_role("button", name="한국어").click()
            assert page.locator(".strip button").first.inner_text() == "아는 사람 아님"

    def test_a_picture_turned_by_the_camera_is_shown_upright(self, visit, serving, make, tmp_path):
        turned = Image.new("RGB", (60, 30), "white")
        exif = turned.getexif()
        exif[0x0112] = 6
        turned.save(tmp_path / "turned.jpg", exif=exif)
        with serving(make.pictures()) as client:
            page = visit(client)
            page.locator("#file").set_input_files(tmp_path / "turned.jpg")
            page.get_by_role("button", name="What decided?").click()
            page.wait_for_selector("#places")
            size = page.evaluate("document.querySelector('.sent img').naturalHeight")
            assert size == 60
            page.hold()

    def test_the_camera_gives_a_still(self, visit_with_camera, serving, make):
        with serving(make.pictures()) as client:
            page = visit_with_camera(client, permissions=["camera"])
            page.get_by_role("button", name="Use the camera").click()
            page.wait_for_function("() => document.querySelector('#film')?.videoWidth > 0")
            page.hold()
            page.get_by_role("button", name="Take the picture").click()
            page.wait_for_selector("#prediction")
            page.get_by_role("button", name="Close the camera").click()
            assert page.locator("#film").count() == 0
            assert page.troubles == []

    def test_without_a_camera_the_page_says_what_to_do(self, visit, serving, make):
        with serving(make.pictures()) as client:
            page = visit(client)
            page.get_by_role("button", name="Use the camera").click()
            page.wait_for_selector("#trouble p")
            assert "file" in page.inner_text("#trouble")
            page.evaluate("Object.defineProperty(navigator, 'mediaDevices', { value: undefined })")
            page.get_by_role("button", name="Use the camera").click()
            page.get_by_text("localhost").wait_for()
            page.hold()

    def test_pictures_that_nobody_draws_have_no_board(self, visit, serving, make):
        with serving(make.pictures(drawing=None)) as client:
            page = visit(client)
            page.wait_for_selector("#file", state="attached")
            assert page.locator("canvas").count() == 0
            page.hold()

    def test_dark_strokes_on_light_paper(self, visit, serving, make):
        with serving(make.pictures(drawing={"margin": 0.0, "stroke": 0.1, "inverted": True})) as client:
            page = visit(client)
            draw(page, [(0.3, 0.3), (0.6, 0.6)])
            page.wait_for_selector("#prediction")
            assert page.inner_text("#prediction") == "light"
            assert page.troubles == []

    def test_undo_and_clear(self, visit, picture_client):
        page = visit(picture_client)
        draw(page, [(0.3, 0.3), (0.6, 0.6)])
        page.wait_for_selector("#prediction")
        page.get_by_role("button", name="Undo").click()
        page.wait_for_selector("#prediction", state="detached")
        draw(page, [(0.3, 0.3), (0.6, 0.6)])
        page.wait_for_selector("#prediction")
        page.get_by_role("button", name="Clear").click()
        page.wait_for_selector("#prediction", state="detached")
        assert page.troubles == []

    def test_a_file_is_chosen_or_dropped(self, visit, picture_client, make):
        page = visit(picture_client)
        page.wait_for_selector("#file", state="attached")
        page.set_input_files("#file", {"name": "a.png", "mimeType": "image/png", "buffer": make.png(255)})
        page.wait_for_selector("#prediction")
        assert page.inner_text("#prediction") == "light"
        page.evaluate(
            """(bytes) => {
              const data = new DataTransfer();
              data.items.add(new File([new Uint8Array(bytes)], 'b'));  // the browser cannot tell what it is
              document.querySelector('.drop').dispatchEvent(
                new DragEvent('drop', {dataTransfer: data, bubbles: true, cancelable: true}));
            }""",
            list(make.png(0)),
        )
        page.locator("#prediction", has_text="dark").wait_for()

    def test_a_broken_picture_is_told(self, visit, picture_client):
        page = visit(picture_client)
        page.wait_for_selector("#file", state="attached")
        page.set_input_files("#file", {"name": "a.png", "mimeType": "image/png", "buffer": b"broken"})
        page.wait_for_selector("#trouble p")
        assert "no picture" in page.inner_text("#trouble")


def test_the_documentation_works_offline(visit, client):
    page = visit(client, "/docs")
    page.wait_for_selector("details")
    assert page.locator("details").count() >= 14
    page.locator("summary", has_text="/predict").first.click()
    assert "curl --json" in page.inner_text("details[open]")
    assert page.troubles == []
