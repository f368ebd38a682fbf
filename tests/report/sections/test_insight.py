"""What the network learned and where the winner looks, as the report shows them."""

import base64
import json

import numpy as np
import pytest

from fathom.data import media
from fathom.report.evidence import Evidence
from fathom.report.sections import importance, learned, questions


def found(study, **result):
    folder = study.folder / "insight"
    folder.mkdir()
    (folder / "result.json").write_text(json.dumps({"learner": "feedforward", **result}))
    return Evidence(study)


def png(size):
    return base64.b64encode(media.encode(np.full((*size, 1), 7, dtype=np.uint8))).decode()


@pytest.mark.parametrize(("average", "said"), [(False, "The first filters of feedforward"), (True, "What excites")])
def test_filters_are_drawn_with_what_excites_them(make_study, average, said):
    one = {"weights": png((3, 3)), "average": average, "patches": [png((9, 9))] * 6}
    evidence = found(make_study("image-classification"), filters=[one] * 3)
    html = str(questions.body(evidence))
    assert said in html
    assert html.count("<img") == 6
    assert "its first filters are drawn below" in html


def test_a_damaged_picture_is_left_out(make_study):
    good = {"weights": png((3, 3)), "average": False, "patches": [png((9, 9))]}
    evidence = found(make_study("image-classification"), filters=[good, {**good, "patches": ["bm90IGEgcGljdHVyZQ=="]}])
    assert str(learned.body(evidence)).count("<img") == 2


def test_a_damaged_result_is_no_result(make_study):
    study = make_study()
    (study.folder / "insight").mkdir()
    (study.folder / "insight" / "result.json").write_text("{")
    assert Evidence(study).insight is None


def test_the_network_is_said_to_lean_on_its_columns(make_study):
    columns = [
        {"column": "age", "drop": 0.2, "low": 0.1, "high": 0.3},
        {"column": "colour", "drop": 0.0, "low": -0.1, "high": 0.1},
    ]
    evidence = found(make_study(), columns=columns)
    html = str(questions.body(evidence))
    assert 'leans most on <span><bdi class="name">age</bdi></span>' in html
    drawn = str(importance.body(evidence))
    assert "What gradient-boosting loses without the column" in drawn
    assert "What feedforward loses without the column" in drawn


def test_places_are_drawn_as_a_map(make_study):
    study = make_study("image-classification")
    study.importance = [
        {"column": "image", "place": [top, left, top + 0.5, left + 0.5], "drop": top / 2, "low": 0.0, "high": 0.4}
        for top in (0.0, 0.5)
        for left in (0.0, 0.5)
    ]
    html = str(importance.body(Evidence(study)))
    assert html.count('class="bar classical"') == 4
    assert "Most is lost at 75 % from the top and 25 % from the left: 25.0 %" in html
    assert "the average test picture" in html


def test_places_without_the_pictures_are_still_drawn(make_study):
    study = make_study("image-classification")
    study.importance = [{"column": "image", "place": [0, 0, 1, 1], "drop": 0.1, "low": 0.0, "high": 0.2}]
    (study.folder / "data" / "test.arrow").unlink()
    html = str(importance.body(Evidence(study)))
    assert 'class="bar classical"' in html
    assert "<img" not in html
