"""The data check: planted trouble is found, clean data is left alone."""

import dataclasses
import datetime
import re

import numpy as np
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sklearn.datasets import make_classification, make_regression

from fathom import catalog
from fathom.data.check import check
from fathom.data.checks.labels import check_labels
from fathom.data.finding import LEVELS, Finding
from fathom.data.read import read
from fathom.data.split import Split, split
from fathom.errors import DataError

CLASSIFY, REGRESS, PICTURES, *_ = (row.path for row in catalog.TASKS)


@pytest.fixture(autouse=True)
def few_trees(request, monkeypatch):
    """Doubtful labels are the subject of few of these tests; the others need not wait for them."""
    if "wrong_labels" not in request.node.name:
        monkeypatch.setattr("fathom.data.checks.labels.TREES", 4)


def posed(frame, target="y", path=CLASSIFY, **more):
    """The dataset, and its problem with a group or a time."""
    data = read(frame)
    problem = catalog.load(path).pose(data, target)
    if more:
        problem = dataclasses.replace(problem, **more)
    return data, problem


def table(seed, *, labels=True, rows=400):
    """A clean generated set: numbers that matter, numbers that don't, a category."""
    chance = np.random.default_rng(seed)
    if labels:
        x, y = make_classification(rows, 8, n_informative=4, n_classes=2 + seed % 3, flip_y=0.02, random_state=seed)
        target = [f"class {code}" for code in y]
    else:
        x, target = make_regression(rows, 8, n_informative=4, noise=20.0, random_state=seed)
    columns = {f"x{place}": x[:, place] for place in range(8)}
    return pl.DataFrame({**columns, "kind": chance.choice(["p", "q", "r"], rows), "y": target})


def named(findings, level):
    return [(finding.what, finding.columns) for finding in findings if finding.level == level]


def test_clean_sets_raise_no_alarm():
    alarms = []
    for seed in range(20):
        path = CLASSIFY if seed % 2 else REGRESS
        data, problem = posed(table(seed, labels=bool(seed % 2)), path=path)
        alarms += named(check(data, problem, split(data, problem, seed=seed)), "warning")
    assert len(alarms) <= 1, alarms


LEAKS = {
    "a copy": lambda y, chance: y,
    "a code": lambda y, chance: pl.Series([hash_of(value) for value in y]),
    "a copy with slips": lambda y, chance: pl.Series(np.where(chance.random(len(y)) < 0.005, "class 0", y)),
    "filled only for one label": lambda y, chance: pl.Series(
        [1.0 + i if v == "class 1" else None for i, v in enumerate(y)]
    ),
    "a date for one label": lambda y, chance: pl.Series(
        [
            datetime.date(2024, 1, 1) + datetime.timedelta(days=i % 90) if v == "class 1" else None
            for i, v in enumerate(y)
        ]
    ),
}


def hash_of(value):
    return f"code {sum(map(ord, value)) * 7}"


@pytest.mark.parametrize("name", LEAKS)
@pytest.mark.parametrize("seed", [3, 9])
def test_leaking_columns_are_found_in_labels(name, seed):
    frame = table(seed)
    frame = frame.with_columns(
        pl.when(pl.col("y") == "class 1").then(pl.lit("class 1")).otherwise(pl.lit("class 0")).alias("y")
    )
    leak = LEAKS[name](frame["y"], np.random.default_rng(seed))
    data, problem = posed(frame.with_columns(leak.alias("paid")))
    assert [columns for what, columns in named(check(data, problem), "warning") if "determines" in what] == [("paid",)]


@pytest.mark.parametrize("leak", ["scaled", "with noise", "logarithm", "in classes"])
def test_leaking_columns_are_found_in_numbers(leak):
    frame = table(2, labels=False, rows=2_000)
    y = frame["y"].to_numpy()
    noise = np.random.default_rng(0).normal(size=len(y)) * y.std() * 0.01
    planted = {
        "scaled": 1_350 * y,
        "with noise": y + noise,
        "logarithm": np.log(y - y.min() + 1),
        "in classes": np.round(y / 8),
    }
    data, problem = posed(frame.with_columns(pl.Series("usd", planted[leak])), path=REGRESS)
    assert [columns for what, columns in named(check(data, problem), "warning") if "determines" in what] == [("usd",)]


def test_time_groups_and_later_dates():
    rows = 600
    chance = np.random.default_rng(0)
    day = [datetime.datetime(2024, 1, 1) + datetime.timedelta(hours=5 * i) for i in range(rows)]
    frame = pl.DataFrame(
        {
            "x": chance.normal(size=rows),
            "patient_id": [f"P{i // 6}" for i in range(rows)],
            "seen": day,
            "left": [each + datetime.timedelta(days=3) for each in day],
            "y": np.where((np.arange(rows) // 100) % 2, "ill", "well"),
        }
    )
    data, problem = posed(frame)
    warnings = [columns for _, columns in named(check(data, problem), "warning")]
    assert ("patient_id",) in warnings
    assert any("seen" in columns for columns in warnings)
    data, problem = posed(frame, time="seen", group="patient_id")
    warnings = [columns for _, columns in named(check(data, problem), "warning")]
    assert ("left",) in warnings
    assert ("patient_id",) not in warnings


def test_groups_that_last_as_long_as_the_data_are_said_to_reach_back_in_time():
    rows = 600
    chance = np.random.default_rng(0)
    frame = pl.DataFrame(
        {
            "x": chance.normal(size=rows),
            "patient_id": chance.permutation([f"P{i % 60}" for i in range(rows)]),
            "visit": np.arange(rows),
            "y": chance.choice(["ill", "well"], rows),
        }
    )

    def about_time(**more):
        data, problem = posed(frame, **more)
        found = check(data, problem, split(data, problem, seed=0))
        return {each.level: each.what for each in found if each.columns == ("visit",)}

    assert about_time(time="visit") == {"ok": "The test rows are the latest by 'visit'."}
    assert (
        "of the test rows are not later than every training row"
        in about_time(time="visit", group="patient_id")["warning"]
    )


def test_duplicates_and_the_split():
    frame = table(1, rows=200)
    data, problem = posed(pl.concat([frame, frame[:30], frame[:5].with_columns(pl.lit("class 9").alias("y"))]))
    findings = check(data, problem, split(data, problem, seed=0))
    assert any("35 rows" in what for what, _ in named(findings, "note"))
    assert any(
        "10 rows have the same inputs" in what or "15 rows have the same" in what for what, _ in named(findings, "note")
    )
    assert not named(findings, "error")
    rows = np.arange(235)
    torn = Split(rows[:200], rows[:0], rows[200:])
    assert any("both sides" in what for what, _ in named(check(data, problem, torn), "error"))


def test_columns_and_target():
    frame = table(1, rows=200).with_columns(
        pl.Series("id", range(200)),
        pl.lit("same").alias("always"),
        pl.lit(None, dtype=pl.String).alias("never"),
        pl.Series("sparse", [1.5] + [None] * 198 + [2.0]),
        pl.Series("sentinel", [-999.0, -999.0, *np.linspace(0, 40, 198)]),
        pl.Series("y", ["once", *["few"] * 4, None, *["many"] * 194]),
    )
    data, problem = posed(frame)
    findings = check(data, problem)
    notes = {columns[0]: what for what, columns in named(findings, "note") if columns}
    assert {"id", "always", "never", "sparse", "sentinel"} <= notes.keys()
    texts = " ".join(finding.what for finding in findings)
    for said in ("identifier", "constant", "empty", "-999", "'once'", "'few'", "1 rows have no 'y'", "97.5%"):
        assert said in texts, said
    assert {column for finding in findings if finding.level == "ok" for column in finding.columns} >= {"x0", "kind"}


def test_wrong_labels_are_ranked_first():
    chance = np.random.default_rng(0)
    x = np.vstack([chance.normal(size=(300, 4)), chance.normal(size=(300, 4)) + 4])
    y = np.array(["a"] * 300 + ["b"] * 300)
    wrong = chance.choice(600, 12, replace=False)
    y[wrong] = np.where(y[wrong] == "a", "b", "a")
    data, problem = posed({**{f"x{i}": x[:, i] for i in range(4)}, "y": y})
    [finding] = check_labels(data, problem)
    assert finding.level == "note"
    assert len(set(finding.rows[:12]) & set(wrong.tolist())) >= 11
    assert len(finding.rows) <= 15
    y = x.sum(axis=1)
    y[wrong] += 60
    data, problem = posed({**{f"x{i}": x[:, i] for i in range(4)}, "y": y}, path=REGRESS)
    [finding] = check_labels(data, problem)
    assert set(finding.rows[:12]) == set(wrong.tolist())


def test_wrong_labels_of_pictures():
    data = read("sample:digits").take(range(600))
    problem = catalog.load(PICTURES).pose(data, "digit")
    labels = data["digit"].to_list()
    chance = np.random.default_rng(1)
    planted = chance.choice(600, 12, replace=False)
    for row in planted:
        labels[row] = str((int(labels[row]) + 1 + chance.integers(8)) % 10)
    wrong = read({"image": data["image"], "digit": pl.Series(labels, dtype=pl.Categorical)})
    [finding] = check_labels(wrong, problem)
    assert len(set(finding.rows) & set(planted.tolist())) >= 10
    assert len(finding.rows) <= 14


def test_broken_pictures_are_listed(labelled):
    (labelled / "dog" / "1.png").write_bytes(b"")
    (labelled / "dog" / "2.png").write_bytes(b"GIF89a")
    data = read(labelled)
    problem = catalog.load(PICTURES).pose(data, "label")
    [finding] = [finding for finding in check(data, problem) if finding.level == "error"]
    assert finding.rows == (1, 2)
    assert "dog/1.png" in finding.what


def test_samples_and_small_tables():
    for row in (each for each in catalog.TASKS if each.reads != "series"):  # they have checks of their own
        data = read(row.sample)
        problem = catalog.load(row.path).pose(data, row.target)
        if problem.horizon:  # series have checks of their own
            continue
        findings = check(data, problem, split(data, problem, seed=0))
        assert not [finding for finding in findings if finding.level in ("error", "warning")]
        assert {"ok", "unchecked"} <= {finding.level for finding in findings}
        assert [LEVELS.index(finding.level) for finding in findings] == sorted(LEVELS.index(f.level) for f in findings)
        assert all(Finding.from_json(finding.to_json()) == finding for finding in findings)
    data, problem = posed({"x": [1.0, 2.0, 3.0], "y": ["a", "b", "a"]})
    assert check(data, problem, split(data, problem, seed=0))
    assert check(read({"x": [1]}))


def test_remedies_name_what_the_command_line_takes():
    frame = table(1).with_columns(pl.col("y").alias("copy"), pl.Series("id", range(400)))
    data, problem = posed(frame)
    remedies = " ".join(finding.remedy for finding in check(data, problem))
    assert set(re.findall(r"--\w+", remedies)) <= {"--drop", "--kind", "--time", "--group"}


cells = st.one_of(
    st.none(), st.floats(width=32), st.integers(-3, 3), st.booleans(), st.sampled_from(["a", "b", "?", "2024-01-05"])
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(st.tuples(cells, cells, st.sampled_from(["u", "v", None]), cells), min_size=1, max_size=60))
def test_any_table_is_checked(rows):
    frame = {name: list(values) for name, values in zip("abyz", zip(*rows, strict=True), strict=True)}
    data = read(frame)
    assert check(data)
    try:
        problem = catalog.load(CLASSIFY).pose(data, "y")
    except DataError:
        return
    assert check(data, problem, split(data, problem, seed=0))


def test_a_column_that_the_task_cannot_read_is_named():
    frame = pl.DataFrame({"x": np.arange(40.0), "scan": [b"\x89PNG"] * 40, "y": ["p", "q"] * 20})
    data = read(frame, kinds={"scan": "image"})
    found = check(data, catalog.load(CLASSIFY).pose(data, "y"), pictures=[])
    assert [finding.columns for finding in found if "not used" in finding.what] == [("scan",)]


def test_the_column_of_parts_that_came_with_the_data_is_used():
    frame = pl.DataFrame({"scan": [b"\x89PNG"] * 40, "part": ["train", "test"] * 20, "y": ["p", "q"] * 20})
    data = read(frame, kinds={"scan": "image"})
    task = catalog.load(catalog.task("image-classification").path)
    for part, unused in (("part", []), ("", [("part",)])):
        parted = dataclasses.replace(data, source=dataclasses.replace(data.source, part=part))
        found = check(parted, task.pose(parted, "y"), pictures=[])
        assert [finding.columns for finding in found if "not used" in finding.what] == unused


@pytest.mark.parametrize(("labels", "hinted"), [(("no", "yes"), True), (("a", "b", "c"), False)])
def test_a_rare_label_of_two_hints_at_the_task_for_it(labels, hinted):
    chance = np.random.default_rng(0)
    rare = [labels[1 + row % (len(labels) - 1)] if row < 40 else labels[0] for row in range(800)]
    data, problem = posed(pl.DataFrame({"x": chance.normal(size=800), "y": chance.permutation(rare)}))
    (found,) = (each for each in check(data, problem, split(data, problem, seed=0)) if "of the rows say" in each.what)
    assert ("--task fraud-detection" in found.remedy) == hinted
