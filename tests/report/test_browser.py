"""The page in a real browser, off the network: the script runs under its own policy, charts answer, tables sort."""

from pathlib import Path

import pytest

from fathom.report import write

sync_api = pytest.importorskip("playwright.sync_api")
CHROMIUM = Path("/usr/bin/chromium")
pytestmark = [pytest.mark.browser, pytest.mark.skipif(not CHROMIUM.exists(), reason="no Chromium here")]


@pytest.fixture(scope="module")
def browser():
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def open_page(browser, tmp_path):
    contexts = []

    def show(study, **circumstances):
        context = browser.new_context(offline=True, reduced_motion="reduce", **circumstances)
        contexts.append(context)
        page = context.new_page()
        page.troubles = []
        page.on("console", lambda message: page.troubles.append(message.text))
        page.on("pageerror", lambda error: page.troubles.append(str(error)))
        page.on("dialog", lambda dialog: page.troubles.append(f"dialog: {dialog.message}"))
        page.set_default_timeout(10_000)
        page.goto(write(study, tmp_path / "report.html").as_uri())
        return page

    yield show
    for context in contexts:
        context.close()


def point_at(mark):
    """Scroll there first: scrolling takes a tip away."""
    mark.scroll_into_view_if_needed()
    mark.page.wait_for_timeout(100)
    mark.hover()


def test_charts_answer_when_pointed_at(make_study, open_page):
    page = open_page(make_study())
    point_at(page.locator("#cost .chart.wide .mark").first)
    tip = page.locator("#tip")
    assert tip.is_visible()
    assert "gradient-boosting (classical)\naccuracy" in tip.inner_text()
    page.keyboard.press("Escape")
    assert not tip.is_visible()
    assert page.troubles == []


def test_tables_sort_and_families_hide(make_study, open_page):
    page = open_page(make_study())
    training = page.locator(".contenders th", has_text="training").get_by_role("button")
    training.click()
    assert page.locator(".contenders tbody tr").first.locator("bdi").inner_text() == "baseline"
    training.click()
    assert page.locator(".contenders tbody tr").first.locator("bdi").inner_text() == "feedforward"
    deep = page.locator("#cost .chart.wide .series.deep").first
    page.get_by_role("button", name="deep").click()
    assert not deep.is_visible()
    page.get_by_role("button", name="deep").click()
    assert deep.is_visible()


@pytest.mark.parametrize("width", [320, 375, 1200])
def test_nothing_is_wider_than_the_screen(make_study, open_page, width):
    study = make_study("image-classification", classes=tuple(f"a rather long label {at}" for at in range(15)))
    study.verdict.text = study.target = "https" * 60
    page = open_page(study, viewport={"width": width, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_tables_have_room_on_a_desk_and_captions_on_a_phone(make_study, open_page):
    study = make_study()
    for trial in study.trials:
        trial.message = "it used all of its time; with more it may score better"
    page = open_page(study, viewport={"width": 1200, "height": 800})
    page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
    wider = "[...document.querySelectorAll('.scroll')].filter((each) => each.scrollWidth > each.clientWidth)"
    assert (
        page.evaluate(f"{wider}.map((each) => [each.clientWidth, each.scrollWidth, each.innerText.slice(0, 60)])") == []
    )
    page.set_viewport_size({"width": 375, "height": 800})
    assert page.evaluate(f"{wider}.length") > 0
    ends = page.evaluate(
        "[...document.querySelectorAll('caption > span')].map((each) => each.getBoundingClientRect().right)"
    )
    assert max(ends) <= 375


def test_small_pictures_are_shown_pixel_by_pixel(make_study, open_page):
    page = open_page(make_study("image-classification", classes=("0", "1"), learners=[("x", "deep", 0.1, 1.0)]))
    picture = page.locator(".gallery img").first
    assert picture.evaluate("image => [image.naturalWidth, image.width]") == [8, 128]
    assert picture.evaluate("image => getComputedStyle(image).imageRendering") == "pixelated"


def test_hostile_text_runs_nothing(make_study, open_page):
    hostile = "</script><script>alert(1)</script><img src=x onerror=alert(2)>\"'"
    study = make_study(classes=(hostile, "fine"), names=(hostile, "b"), target=hostile + "t")
    study.name = study.verdict.text = study.trials[1].learner = hostile
    page = open_page(study)
    point_at(page.locator("#cost .chart.wide .mark").nth(1))
    assert "onerror=alert(2)" in page.locator("#tip").inner_text()
    assert page.troubles == []


def test_dark_and_printed(make_study, open_page):
    page = open_page(make_study(), color_scheme="dark")
    background = "getComputedStyle(document.body).backgroundColor"
    assert page.evaluate(background) == "rgb(16, 22, 29)"
    page.emulate_media(media="print")
    assert page.evaluate(background) == "rgb(255, 255, 255)"
    assert page.pdf().startswith(b"%PDF")


def test_curves_are_read_off_with_the_arrow_keys(make_study, open_page):
    page = open_page(make_study())
    chart = page.locator("#curves .chart.wide").first
    chart.scroll_into_view_if_needed()
    page.wait_for_timeout(200)
    chart.focus()
    page.keyboard.press("Home")
    assert page.locator("#tip").inner_text().startswith("25 rows\nclassical: logistic-regression")
    page.keyboard.press("ArrowRight")
    assert page.locator("#tip").inner_text().startswith("50 rows")
    assert page.locator("#curves .stripe.read").count() == 1
    page.keyboard.press("Escape")
    assert not page.locator("#tip").is_visible()
    assert page.troubles == []


def test_a_contender_hides_alone(make_study, open_page):
    page = open_page(make_study())
    lines = page.locator("#curves .chart.wide .series")
    button = page.locator("#curves").get_by_role("button", name="feedforward")
    before = lines.count()
    button.click()
    assert [line.is_visible() for line in lines.all()].count(True) == before - 1
    assert button.get_attribute("aria-pressed") == "false"
    button.click()
    assert [line.is_visible() for line in lines.all()].count(True) == before


def test_curves_are_there_without_a_script(make_study, open_page):
    page = open_page(make_study(), java_script_enabled=False)
    assert page.locator("#curves .chart.wide .series").first.is_visible()
    page.locator("#curves summary").click()
    assert page.locator("#curves table").is_visible()
