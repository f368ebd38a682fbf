"""fathom advise, as a person types it."""

import csv

import numpy as np


def test_it_tells_what_to_expect_and_the_command(run, visits):
    told = run("advise", visits, "--predict", "bought")
    assert told.code == 0
    assert "120 rows, 3 columns" in told.out
    assert "quick look" in told.out
    assert "gradient-boosting" in told.out
    assert f"fathom compare {visits} --predict bought --minutes " in told.out
    assert told.err == ""


def test_what_was_not_measured_is_not_promised(run, visits):
    told = run("advise", "sample:reviews", "--predict", "sentiment")
    assert "how long networks need on such data was not measured" in " ".join(told.out.split())
    assert "with time for every contender" not in told.out
    assert told.out.rstrip().endswith("--minutes 5")
    assert "with time for every contender" in run("advise", visits, "--predict", "bought").out


def test_as_json(run, visits):
    told = run("advise", visits, "--predict", "bought", "--minutes", "2", "--json").json
    assert told["size"]["rows"] == 120
    assert told["command"].endswith("--minutes 2")
    assert {"learner", "why", "accuracy", "training", "linear", "parameters", "features"} <= set(told["learners"][0])
    assert {"baseline", "linear", "nearest", "tree"} <= set(told["probes"])


def test_a_leak_comes_before_the_expectation(run, tmp_path):
    random = np.random.default_rng(0)
    with (tmp_path / "leak.csv").open("w", newline="") as file:
        lines = csv.writer(file)
        lines.writerow(["x", "copy", "y"])
        for value in random.normal(size=200):
            lines.writerow([random.normal(), value * 2, value])
    told = run("advise", "leak.csv", "--predict", "y")
    assert told.code == 0
    assert told.out.index("WARNING    'copy' alone") < told.out.index("First look at")
    assert "--drop 'copy'" in told.out


def test_a_column_with_a_comma_in_its_name_is_left_out_as_the_check_says(run, tmp_path):
    random = np.random.default_rng(0)
    with (tmp_path / "leak.csv").open("w", newline="") as file:
        lines = csv.writer(file)
        lines.writerow(["x", "copy, doubled", "y"])
        for value in random.normal(size=200):
            lines.writerow([random.normal(), value * 2, value])
    assert "--drop 'copy, doubled'" in run("advise", "leak.csv", "--predict", "y").out
    told = run("advise", "leak.csv", "--predict", "y", "--drop", "copy, doubled")
    assert told.code == 0
    assert "copy, doubled" not in told.out.replace("--drop copy,doubled", "")


def test_mistakes(run, visits):
    told = run("advise", visits, "--predict", "bougt")
    assert told.code == 2
    assert "Did you mean 'bought'?" in told.err
    assert run("advise", visits, "--predict", "bought", "--task", "tabular-regresion").code == 2
    assert run("advise", "nowhere.csv", "--predict", "x").code == 2
