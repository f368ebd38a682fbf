"""A real browser for the pages: visits that are asked nothing from elsewhere, and what every page is held to."""

from functools import partial
from pathlib import Path

import pytest

CHROMIUM = Path("/usr/bin/chromium")
NAMELESS = """() => [...document.querySelectorAll('input, select, textarea, button, a, canvas, img')].filter((each) => {
  if (each.closest('[hidden]')) return false;
  const label = each.labels?.length ? each.labels[0].textContent : '';
  const name = each.getAttribute('aria-label') || label || each.textContent || each.getAttribute('alt');
  return each.tagName === 'IMG' ? each.getAttribute('alt') === null : !name?.trim();
}).map((each) => each.outerHTML)"""
CONTRAST = """() => {
  const parse = (text) => text.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b].map((value) => value / 255)
    .map((value) => (value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4))
    .reduce((sum, value, at) => sum + value * [0.2126, 0.7152, 0.0722][at], 0);
  const behind = (element) => {
    for (let each = element; each; each = each.parentElement) {
      const colour = parse(getComputedStyle(each).backgroundColor);
      if (colour.length < 4 || colour[3] > 0) return colour;
    }
    return [255, 255, 255];
  };
  return [...document.querySelectorAll('h1, h2, p, label, dt, dd, a, button, .hint, .share, input, select')]
    .filter((each) => each.textContent.trim() && each.checkVisibility())
    .filter((each) => getComputedStyle(each).backgroundColor.startsWith('rgb'))
    .map((each) => {
      const [one, other] = [light(parse(getComputedStyle(each).color)), light(behind(each))];
      return [(Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05), each.outerHTML.slice(0, 120)];
    }).filter(([ratio]) => ratio < 4.5);
}"""


@pytest.fixture(scope="module")
def browser():
    sync_api = pytest.importorskip("playwright.sync_api")
    if not CHROMIUM.exists():
        pytest.skip(f"Chromium is not installed at {CHROMIUM}")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def browser_with_camera(browser):
    flags = ["--no-sandbox", "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]
    found = browser.browser_type.launch(executable_path=str(CHROMIUM), args=flags)
    yield found
    found.close()


@pytest.fixture
def visit(browser):
    yield from visits(browser)


@pytest.fixture
def visit_with_camera(browser_with_camera):
    yield from visits(browser_with_camera)


def visits(browser):
    contexts = []

    def go(client, path="/", **circumstances):
        context = browser.new_context(**{"locale": "en-US", "reduced_motion": "reduce", **circumstances})
        contexts.append(context)
        page = context.new_page()
        page.troubles = []
        page.hold = partial(hold, page)
        page.on("console", lambda message: page.troubles.append(message.text))
        page.on("pageerror", lambda error: page.troubles.append(str(error)))
        page.on("request", lambda request: _own(request, client, page))
        page.set_default_timeout(10_000)
        page.goto(f"{client.base_url}{path}".replace("//", "/").replace(":/", "://"))
        return page

    yield go
    for context in contexts:
        context.close()


def _own(request, client, page):
    if not request.url.startswith((str(client.base_url).rstrip("/"), "blob:", "data:")):
        page.troubles.append(f"asks elsewhere: {request.url}")


def hold(page):
    """Hold a page to what every page keeps: names, contrast, one headline, no scrolling sideways, no trouble."""
    assert page.evaluate(NAMELESS) == []
    assert page.evaluate(CONTRAST) == []
    assert page.locator("h1").count() == 1
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth + 1")
    assert page.troubles == []
