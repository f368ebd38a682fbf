"""The page of an analysis in a real browser, off the network: narrow, dark, pointed at, and quiet."""

from pathlib import Path

import pytest

from fathom.analytics.analyse import analyse
from fathom.report.analytics.page import write

sync_api = pytest.importorskip("playwright.sync_api")
CHROMIUM = Path("/usr/bin/chromium")
pytestmark = [pytest.mark.browser, pytest.mark.skipif(not CHROMIUM.exists(), reason="no Chromium here")]


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    analysis = analyse("sample:documents", terms="sample:documents", topics=10)
    return write(analysis, tmp_path_factory.mktemp("page") / "report.html").as_uri()


@pytest.fixture(scope="module")
def browser():
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.mark.parametrize(("width", "scheme"), [(320, "light"), (375, "dark"), (1200, "light")])
def test_it_fits_and_is_quiet(browser, address, width, scheme):
    page = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)
    troubles = []
    page.on("console", lambda message: troubles.append(message.text))
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.goto(address)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.locator("#time .chart:visible").count() == 1
    assert troubles == []
    page.close()


def test_bars_say_their_numbers(browser, address):
    page = browser.new_page(viewport={"width": 1200, "height": 800}, reduced_motion="reduce")
    page.goto(address)
    bar = page.locator("#time .chart.wide .touch").nth(24)
    bar.scroll_into_view_if_needed()
    page.wait_for_timeout(100)
    bar.hover()
    assert page.locator("#tip").inner_text().startswith("2024-01\n")
    page.close()
