"""The page of a model that forecasts: each series, all in total, the parts of a forecast, and what was put right."""

from dataclasses import replace

import polars as pl
import pytest

import fathom
from fathom.data.samples.sales import sales

pytestmark = pytest.mark.browser

STORES = ("S1", "S2", "S3")


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    data = sales()
    data = data.filter(data["store"].is_in(STORES)).group_by("store", maintain_order=True).tail(300)
    data = data.select("date", "store", "promotion", "demand")
    study = fathom.compare(
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
    return study.best


@pytest.fixture(scope="module")
def history():
    data = sales().filter(pl.col("store").is_in(STORES), pl.col("date") > pl.date(2024, 10, 30))
    data = data.filter((pl.col("store") != "S3") | (pl.col("date") < pl.date(2024, 12, 20)))  # it ends earlier
    data = data.filter((pl.col("store") != "S1") | (pl.col("date") != pl.date(2024, 12, 1)))  # a gap
    return data.select("date", "store", "promotion", "demand").write_csv()


def asked(page, history):
    page.fill("#history", history)
    page.locator("button.main").click()
    page.wait_for_selector("figure.forecast")


def figures(page, place):
    page.locator("figure.forecast details:not(.made) summary").nth(place).click()
    cells = page.locator("figure.forecast").nth(place).locator("td").all_inner_texts()
    return [[float(cell.replace(",", "")) for cell in cells[at + 1 : at + 4]] for at in range(0, len(cells), 4)]


def test_all_series_in_total_and_each(visit, serving, model, history):
    with serving(model) as client:
        page = visit(client, viewport={"width": 390, "height": 800})
        asked(page, history)
        assert page.locator("figure.forecast > figcaption").all_inner_texts() == ["All series in total", *STORES]
        total, one, other = (figures(page, place) for place in range(3))
        assert len(total) == 14
        for summed, *parts in zip(total, one, other, strict=True):  # the third is forecast from another time
            for place, value in enumerate(summed):
                assert value == pytest.approx(sum(part[place] for part in parts), rel=2e-3)
        about = page.locator("figure.forecast").first.inner_text()
        assert "sum of 2 series" in about
        assert "wider than need be" in about
        assert "from another time: 1" in about
        assert "have no value" in page.inner_text(".notices")
        page.hold()


def test_what_a_forecast_is_made_of_is_asked_once_and_only_where_it_is_opened(visit, serving, model, history):
    with serving(model) as client:
        page = visit(client, color_scheme="dark", locale="ko-KR")
        sent = []
        page.on("request", lambda request: sent.append(request.post_data or ""))
        asked(page, history)
        assert not any("components" in each for each in sent)
        for place in range(2):
            page.locator("details.made summary").nth(place).click()
            page.locator("details.made").nth(place).locator("figure.part").first.wait_for()
        assert sum("components" in each for each in sent) == 1
        drawn = page.locator("details.made").first.locator("figure.part > figcaption").all_inner_texts()
        assert drawn[:2] == ["추세", "계절"]
        page.hold()


def test_a_model_that_takes_nothing_apart_offers_no_parts(visit, serving, model, history):
    class Plain:
        def predict(self, dataset):
            return model.learner.predict(dataset)

    with serving(replace(model, learner=Plain())) as client:
        page = visit(client)
        asked(page, history)
        assert page.locator("details.made").count() == 0
        assert page.troubles == []


DRAWN = """async ({ predictions, horizon }) => {
  const { forecasts } = await import(new URL('page/forecasts.js', location.href));
  const model = { target: 'load', horizon: { time: 'at', series: ['name'], components: false, ...horizon } };
  const place = document.createElement('div');
  place.append(...forecasts(predictions, model, 300, () => null));
  return [...place.querySelectorAll('svg *')].map((each) => [each.getAttribute('class') ?? '', each.outerHTML]);
}"""


def said(name, values, ahead, first=0):
    history = [{"at": first + at, "load": value} for at, value in enumerate(values)]
    steps = [
        {"at": first + len(values) + at, **dict.fromkeys(("forecast", "quantile:0.2", "quantile:0.8"), value)}
        for at, value in enumerate(ahead)
    ]
    return {
        "name": name,
        "history": history,
        "forecast": [
            {**each, "quantile:0.05": each["forecast"] - 1, "quantile:0.95": each["forecast"] + 1} for each in steps
        ],
    }


@pytest.mark.parametrize(
    "predictions",
    [
        [said("one step", [1.0, 2.0], [3.0])],
        [said("one value", [5.0], [5.0, 5.0])],
        [said("a", [0.0] * 9, [0.0, 0.0]), said("b", [0.0] * 3, [0.0, 0.0], 6)],
        [said("no past", [], [1e9, -1e9])],
    ],
    ids=lambda each: each[0]["name"],
)
def test_odd_series_are_drawn_in_finite_places(visit, client, predictions):
    page = visit(client)
    drawn = page.evaluate(DRAWN, {"predictions": predictions, "horizon": {}})
    assert not [each for _, each in drawn if "NaN" in each or "Infinity" in each]
    bands = [each for look, each in drawn if look.startswith("band")]
    assert len(bands) == 2 * (len(predictions) + (len(predictions) > 1))
    for each in bands:
        places = {pair.split(" ")[0] for pair in each.split(' d="M')[1].split("Z")[0].split("L")}
        assert len(places) > 1  # it has a width
