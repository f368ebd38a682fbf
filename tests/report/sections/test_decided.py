import json

import pytest

from fathom.report.evidence import Evidence
from fathom.report.sections import decided, examples

UNSURE = [("x", "deep", 0.1, 1.0)]


@pytest.fixture
def evidence(make_study):
    def made(method, places):
        study = make_study("image-classification", classes=("0", "<1>"), learners=UNSURE)
        wrong = Evidence(study)
        labels, answers = wrong.labels
        row = int(answers.rows[(labels.codes != answers.truth).argmax()])
        folder = study.folder / "importance"
        folder.mkdir()
        found = [{"row": row, "label": "<1>", "method": method, "places": places}]
        (folder / "decided.json").write_text(json.dumps(found))
        return Evidence(study), row

    return made


@pytest.mark.parametrize(("method", "said"), [("occlusion", "covering it costs"), ("grad-cam", "Grad-CAM")])
def test_a_mistake_is_drawn_once_more_with_what_decided(evidence, method, said):
    found, row = evidence(method, [[0.0, 0.1], [-0.2, 0.5]])
    page = examples.body(found)
    assert said in page
    assert page.count('class="warmed') == 1
    assert f"Test row {row + 1}: what decided for &lt;1&gt;, most at 75 % from the top and 75 % from the left" in page


def test_nothing_found_is_nothing_said(evidence, make_study):
    plain = Evidence(make_study("image-classification", classes=("0", "1"), learners=UNSURE))
    assert decided.legend(plain) is None
    assert "warmed" not in examples.body(plain)
    found, _ = evidence("occlusion", [[float("nan")]])
    assert "<img" in examples.body(found)
