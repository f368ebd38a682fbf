"""Advice before training: what a person with such data should be told."""

import json

import numpy as np
import polars as pl
import pytest
from PIL import Image

import fathom
from fathom import catalog
from fathom.errors import FathomError
from fathom.protocol.advice import advise as module


def table(rows=400, seed=0):
    random = np.random.default_rng(seed)
    x, size = random.normal(size=rows), random.choice(["s", "m", "l"], rows)
    y = np.where(x + (size == "l") + random.normal(0, 0.3, rows) > 0.4, "yes", "no")
    return pl.DataFrame({"x": x, "size": size, "buys": y})


def test_a_table_with_a_signal():
    found = fathom.advise(table(), "buys")
    assert found.expected in ("classical", "deep")
    assert 0.5 <= found.probability <= 0.95
    assert (found.size.rows, found.size.columns, found.size.classes) == (400, 2, 2)
    assert found.size.kinds == {"number": 1, "category": 1}
    tried = [row.name for row in catalog.learners_for("tabular-classification") if row.contender]
    assert ["baseline", *(each.learner for each in found.learners)] == tried
    assert all(each.why for each in found.learners)
    assert f"only {found.odds.sets} data sets" in str(found)
    assert found.command.startswith("fathom compare DATA --predict buys --minutes ")


def test_nothing_is_expected_of_chance():
    random = np.random.default_rng(1)
    noise = {"a": random.normal(size=600), "b": random.normal(size=600), "y": random.choice(["up", "down"], 600)}
    found = fathom.advise(noise, "y")
    assert (found.expected, found.probability) == ("nothing", None)
    assert str(found).startswith("Expect that nothing beats the baseline")
    assert found.to_json()["odds"] is None
    why = {each.learner: each.why for each in found.learners}
    assert why["logistic-regression"] == "the plainest answer, and the hardest to fool by chance"
    assert why["nearest-neighbours"] == "costs no training; few, clean columns suit it"


def test_a_leak_is_told_first():
    leaky = table().with_columns(pl.col("buys").replace({"yes": "1", "no": "0"}).alias("paid"))
    found = fathom.advise(leaky, "buys")
    assert any(finding.columns == ("paid",) and "--drop" in finding.remedy for finding in found.findings)
    assert found.text[0].startswith("First look at")
    assert "gives it away" in str(found)
    assert not any("paid" in finding.columns for finding in fathom.advise(leaky, "buys", drop=["paid"]).findings)


def test_a_large_table_is_looked_at_through_a_sample_and_counted_whole(monkeypatch):
    monkeypatch.setattr(module, "MOST_ROWS", 300)
    rows = table(1_000).with_columns(pl.when(pl.int_range(pl.len()) < 3).then(pl.lit("rare")).otherwise("buys"))
    rows = rows.drop("buys").rename({"literal": "buys"})
    found = fathom.advise(rows, "buys")
    assert (found.size.rows, found.size.looked) == (1_000, 300)
    assert (found.size.rarest, found.size.rarest_share) == ("rare", 0.003)
    assert found.signs["rows"] == 3.0
    small = [finding for finding in found.findings if "'rare'" in finding.what]
    assert len(small) == 1  # told of all rows, and not once more of the sample
    assert "fewer than" in small[0].what


def test_rows_of_a_finding_are_those_of_the_whole_data(monkeypatch, tmp_path):
    monkeypatch.setattr(module, "MOST_PICTURES", 30)
    random = np.random.default_rng(0)
    for label, shade in (("dark", 60), ("light", 180)):
        (tmp_path / label).mkdir()
        for i in range(40):
            pixels = random.normal(shade, 20, (8, 8)).clip(0, 255).astype(np.uint8)
            Image.fromarray(pixels).save(tmp_path / label / f"{i:02}.png")
    broken = [tmp_path / "light" / f"{i:02}.png" for i in range(40)]
    for path in broken:
        path.write_bytes(b"no picture")
    (tmp_path / "light" / "40.png").write_bytes((tmp_path / "dark" / "00.png").read_bytes())
    found = fathom.advise(tmp_path, "label")
    (unread,) = [finding for finding in found.findings if "cannot be read" in finding.what]
    assert all(40 <= row < 80 for row in unread.rows)
    assert len(unread.rows) == 30 - found.size.looked


def test_pictures():
    found = fathom.advise("sample:digits", "digit")
    assert found.task == "image-classification"
    assert found.signs["image"] == 1.0
    assert found.expected == "deep"
    assert "sets of pictures" in str(found)
    assert found.probes.nearest.score > 0.95


def test_numbers_by_group_with_plain_json():
    random = np.random.default_rng(0)
    who = np.repeat(np.arange(50), 8)
    data = {"x": random.normal(size=400), "who": [f"p{i}" for i in who], "y": random.normal(size=400) * 3.0}
    data["y"] += data["x"] * 5
    found = fathom.advise(data, "y", group="who", minutes=7)
    assert found.size.columns == 1
    assert found.command.endswith("--group who --minutes 7")
    told = json.loads(json.dumps(found.to_json()))
    assert told["task"] == "tabular-regression"
    assert told["probes"]["linear"]["explained"] > 0.5
    assert told["text"] == str(found)


def test_few_rows_are_not_looked_at_but_answered():
    found = fathom.advise(table(12), "buys")
    assert found.size.rows == 12
    assert found.expected in ("unknown", "nothing", "classical", "deep")


@pytest.mark.parametrize(
    ("asked", "what"),
    [
        ({"predict": "bys"}, "no column 'bys'"),
        ({"predict": "buys", "drop": ["buys"]}, "both predicted and dropped"),
        ({"predict": "buys", "group": "buys"}, "cannot group rows"),
        ({"predict": "buys", "time": "when"}, "no column 'when'"),
        ({"predict": "buys", "task": "guessing"}, "no task 'guessing'"),
        ({"predict": "buys", "minutes": 0}, "no time to work in"),
        ({"predict": "buys", "group": "size", "drop": ["x"]}, "No column is left"),
    ],
)
def test_mistakes_are_told(asked, what):
    with pytest.raises(FathomError, match=what):
        fathom.advise(table(60), **asked)


def test_too_few_rows_are_an_error():
    with pytest.raises(FathomError, match="too few rows with a target: 9"):
        fathom.advise(table(9), "buys")


def test_texts_are_looked_at_and_no_odds_are_made_up():
    found = fathom.advise("sample:reviews", "sentiment")
    assert found.expected == "unknown"
    assert found.odds is None
    assert found.probability is None
    assert found.probes.linear.explained > 0.1
    assert "no sets of texts were measured" in str(found)
    assert all("pixel" not in each.why for each in found.learners)
    assert found.to_json()["odds"] is None


def test_several_labels_a_text_are_looked_at_too():
    found = fathom.advise("sample:tickets", "topics")
    assert found.probes.measure == "micro-f1"
    assert found.probes.telling


def test_what_names_stretches_of_a_text_is_left_to_a_study():
    found = fathom.advise("sample:addresses", "entities")
    assert found.probes is None
    assert found.expected == "unknown"
    assert "No quick look tells where" in str(found)


def test_faces_are_told_from_strangers_by_no_quick_look():
    found = fathom.advise("sample:faces", "person", task="face-recognition")
    assert found.probes is None
    assert any("strangers are kept out" in each for each in found.text)
