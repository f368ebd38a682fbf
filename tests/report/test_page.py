"""The page: whole, offline, escaped, and there whatever became of the study."""

import re
from dataclasses import replace
from html.parser import HTMLParser

import polars as pl
import pytest

from fathom.data.finding import Finding
from fathom.errors import StoreError
from fathom.folders import write_json
from fathom.model import RECORD_KEYS
from fathom.protocol.study import Trial, Verdict
from fathom.report import page, render, write

VOID = {"meta", "img", "br", "wbr"}
HOSTILE = "</script><script>alert(1)</script><img src=x onerror=alert(2)>\"'&\x00\u202e"


class Elements(HTMLParser):
    """The page as a browser reads it: every element with its attributes; an end tag that fits no start is an error."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.found, self.open, self.text = [], [], []

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if "script" not in self.open and "style" not in self.open:
            self.text.append(data)


def read(html):
    elements = Elements()
    elements.feed(html)
    elements.close()
    assert not elements.open
    return elements


TASKS = ["tabular-classification", "tabular-regression", "image-classification"]


@pytest.mark.parametrize("task", TASKS)
def test_it_is_whole_and_asks_nothing_of_the_network(make_study, task):
    elements = read(render(make_study(task)))
    names = [name for name, _ in elements.found]
    assert names.count("h1") == names.count("main") == names.count("script") == names.count("style") == 1
    assert [attrs["id"] for name, attrs in elements.found if name == "section"] == [key for key, _, _ in page.SECTIONS]
    for name, attrs in elements.found:
        assert name not in ("link", "iframe", "object", "form", "base")
        for key, value in attrs.items():
            assert not key.startswith("on")
            assert key != "style"
            if key in ("src", "href"):
                assert value.startswith(("data:image/png;base64,", "#"))


@pytest.mark.parametrize("task", TASKS)
def test_no_address_stands_in_it_at_all(make_study, task):
    assert not re.search(r"(?:https?:)?//[a-z]", render(make_study(task)))


def test_the_policy_allows_its_own_script_and_style_and_nothing_else(make_study):
    elements = read(render(make_study()))
    policy = next(a["content"] for _, a in elements.found if a.get("http-equiv") == "Content-Security-Policy")
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert len(re.findall(r"'sha256-[A-Za-z0-9+/]{43}='", policy)) == 2


@pytest.mark.parametrize("task", TASKS)
def test_hostile_names_and_labels_stay_text(make_study, task):
    study = make_study(task, classes=(HOSTILE, "fine"), names=(HOSTILE, "b"), target=HOSTILE + "t")
    study.name = study.verdict.text = study.trials[1].message = HOSTILE
    study.trials[1].learner = study.trials[1].status = study.trials[0].features[0] = HOSTILE
    study.hardware[HOSTILE] = study.settings["note"] = HOSTILE
    study.command = ["fathom", HOSTILE]
    study.findings[0] = type(study.findings[0])("error", HOSTILE, (HOSTILE,), (1,), HOSTILE)
    html = render(study)
    elements = read(html)
    assert [name for name, _ in elements.found].count("script") == 1
    assert not any(key.startswith("on") for _, attrs in elements.found for key in attrs)
    assert "alert(1)" in "".join(elements.text)
    assert "\x00" not in html


def test_hangul_and_half_characters_are_written(make_study, tmp_path):
    study = make_study(classes=("고양이", "강아지"), names=("나이", "색깔"), target="동물")
    study.verdict.text = "고양이 \ud800"
    path = write(study, tmp_path / "보고서.html")
    text = path.read_text("utf-8")
    assert "고양이 \ufffd" in text
    assert "나이" in text


@pytest.mark.parametrize("task", TASKS)
def test_every_table_and_picture_can_be_named(make_study, task):
    elements = read(render(make_study(task)))
    for name, attrs in elements.found:
        if name == "th":
            assert attrs["scope"] in ("col", "row")
        if name == "img":
            assert attrs["alt"]
        if name == "svg":
            assert attrs.get("aria-hidden") == "true" or (attrs["role"] == "img" and attrs["aria-label"])
    names = [name for name, _ in elements.found]
    assert names.count("caption") == names.count("table") > 3


def test_one_file_is_written_whole_or_not_at_all(make_study, tmp_path):
    study = make_study()
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StoreError, match="could not be written"):
        write(study, tmp_path / "file" / "report.html")
    path = write(study, tmp_path / "new" / "report.html")
    assert path.read_text("utf-8").endswith("</html>")
    assert [each.name for each in path.parent.iterdir()] == ["report.html"]
    assert path.stat().st_size < 500_000


def unfinished(study, status="failed"):
    study.trials = [Trial(each.learner, each.family, status, "It broke.", folder=each.folder) for each in study.trials]
    study.verdict = Verdict(None, None, False, "No contender finished.")
    study.model, study.importance = None, []
    return study


@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize("status", ["failed", "out of memory", "timed out", "skipped", "interrupted"])
def test_nothing_finished(make_study, task, status):
    html = render(unfinished(make_study(task), status))
    assert "No contender finished." in html
    assert "It broke." in html
    assert status in html


def test_nothing_tried(make_study):
    study = unfinished(make_study())
    study.trials, study.findings, study.command, study.hardware, study.settings = [], [], [], {}, {}
    assert "No contender was tried." in render(study)


def test_some_interrupted(make_study):
    study = make_study()
    study.trials[1] = Trial("feedforward", "deep", "interrupted", "Stopped by you.")
    html = render(study)
    assert "not measured: feedforward interrupted" in html


def test_who_the_verdict_names_is_marked_and_nobody_in_its_stead(make_study):
    study = make_study()
    study.verdict = replace(study.verdict, learner="feedforward", preliminary=True)
    study.trials[1] = Trial("feedforward", "deep", "interrupted", "Stopped by you.")
    html = render(study)
    assert html.count(">verdict</span>") == 1
    assert html.index("feedforward") < html.index(">verdict</span>")
    assert "accuracy of gradient-boosting, 95 % interval" not in html


def test_who_beats_a_contender_is_named_where_it_is_not_the_leader(make_study):
    study = make_study()
    study.verdict.comparisons[-1] |= {"against": "logistic-regression", "beaten": True}
    html = render(study)
    assert "beaten by logistic-regression" in html
    assert html.count("beaten by") == 1


def test_only_the_baseline_is_no_contest(make_study):
    study = make_study(learners=[("baseline", "classical", 0.0, 0.002)])
    study.verdict = replace(study.verdict, beats_baseline=False)
    html = render(study)
    assert "Only the baseline was tested" in html
    assert "Nothing beats the baseline" not in html


def test_why_it_is_not_told_what_matters(make_study):
    study = make_study(importance=False)
    assert "The time was up before it was measured what matters" in render(study)
    study.verdict.beats_baseline = False
    html = render(study)
    assert "The winner is the baseline, which looks at nothing" in html
    assert "The time was up before" not in html


def test_without_the_deep_family(make_study):
    study = make_study()
    study.trials = [each for each in study.trials if each.family == "classical"]
    study.trials.append(Trial("feedforward", "deep", "skipped", "Needs torch: pip install 'fathom-ml[deep]'"))
    html = render(study)
    assert "fathom-ml[deep]" in html
    assert "not measured: feedforward skipped" in html
    study.trials.pop()
    assert "not tried in this study" in render(study)


@pytest.mark.parametrize("task", TASKS)
def test_one_contender_and_one_row(make_study, task):
    study = make_study(task, rows=1)
    study.trials, study.verdict.comparisons = study.trials[:1], []
    assert "1 test row" in render(study)


def test_three_hundred_classes(make_study):
    html = render(make_study(classes=tuple(f"class {at}" for at in range(300)), rows=400))
    assert "The most confused of 300 classes" in html
    assert len(html) < 400_000


@pytest.mark.parametrize("task", TASKS)
def test_files_that_are_gone(make_study, task):
    study = make_study(task)
    (study.trials[0].folder / "test.parquet").write_bytes(b"not parquet")
    assert "no stored answers" in render(study)
    study = make_study(task)
    (study.folder / "data" / "truth.json").unlink()
    assert "no stored answers" in render(study)


def test_numbers_that_are_not_there(make_study):
    study = make_study()
    for trial in study.trials:
        trial.low = trial.high = trial.fit_seconds = trial.peak_mb = None
        trial.measures = {name: float("nan") for name in trial.measures}
        trial.features = trial.steps = []
    study.trials[2].score = None
    html = render(study)
    assert "nan" not in "".join(read(html).text).split()


def test_unknown_labels_and_missing_truth_are_left_out(make_study):
    study = make_study()
    truth = study.folder / "data" / "truth.arrow"
    frame = pl.read_ipc(truth)
    frame.with_columns(plan=pl.Series(["platinum", None, *frame["plan"].to_list()[2:]])).write_ipc(truth)
    assert "of 58 test rows right" in render(study)


def test_it_says_what_made_the_winner(make_study):
    study = make_study()
    card = {"fingerprint": "ab" * 32, "libraries": {"numpy": "2.0"}}

    model = study.trials[0].folder / "model"
    model.mkdir()
    write_json(model / "model.json", {key: {} for key in RECORD_KEYS} | {"format": 1, "fathom": "0.1.0", "card": card})
    html = render(study)
    assert "ab" * 32 in html
    assert "numpy 2.0" in html
    write_json(model / "model.json", {"format": 99, "fathom": "9.0"})
    assert "ab" * 32 not in render(study)


def test_the_verdict_stands_with_its_notes_and_with_what_the_data_check_warns_of(make_study):
    study = make_study(TASKS[0])
    study.verdict.notes = ["It ties with ridge and is the cheapest of them."]
    top = render(study).split("<section")[1]
    assert "It ties with ridge and is the cheapest of them." in top
    assert "look at these first" in top
    assert "nearly determines" in top
    study.findings = [each for each in study.findings if each.level != "warning"]
    assert "look at these first" not in render(study)


def test_everything_that_a_finding_names_is_on_the_page(make_study):
    study = make_study(TASKS[0])
    named = tuple(f"row {row} bad{row:03}.png: damaged" for row in range(1, 101))
    study.findings = [Finding("warning", f"100 pictures cannot be read ({named[0]}).", ("image",), (), "", named)]
    html = render(study)
    assert all(each in html for each in named)
