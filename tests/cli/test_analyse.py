"""fathom analyse, as a person types it."""

import polars as pl


def letters(folder, count=14):
    folder.mkdir()
    for at in range(count):
        topic = "The water pipe burst in the kitchen" if at % 2 else "The car hit the wall at the junction"
        (folder / f"{at:02}.txt").write_text(f"{topic}. Number {at}, and thanks. The receipt is lost.")
    return folder


def test_a_folder(run, tmp_path):
    letters(tmp_path / "post")
    told = run("analyse", "post", "--topics", "2")
    assert told.code == 0
    assert "post: 14 documents" in told.out
    assert "pipe" in told.out
    assert "finding topics" in told.err
    assert "finding topics" not in told.out


def test_the_sample_with_terms_a_report_and_a_table(run, tmp_path):
    told = run("analyse", "sample:documents", "--topics", 10, "--terms", "sample:documents", "--report", "r.html",
               "--out", "rows.csv")  # fmt: skip
    assert told.code == 0
    assert "[backdatd invoice]" in told.out
    assert "read more:   r.html" in told.out
    assert (tmp_path / "r.html").read_text("utf-8").startswith("<!doctype html>")
    assert pl.read_csv(tmp_path / "rows.csv").height == 200


def test_as_json(run):
    told = run("analyse", "sample:documents", "--topics", 5, "--json")
    assert {"topics", "phrases", "duplicates", "unusual", "reviews", "periods"} <= told.json.keys()
    assert told.json["settings"]["topics"] == 5


def test_a_table_and_its_columns(run, tmp_path):
    frame = pl.DataFrame({"letter": [f"The water pipe burst on day {at} again" for at in range(30)],
                          "sent": [f"2024-{1 + at % 6:02}-01" for at in range(30)]})  # fmt: skip
    frame.write_csv(tmp_path / "post.csv")
    told = run("analyse", "post.csv", "--text", "letter", "--time", "sent", "--json")
    assert told.code == 0
    assert told.json["first"] == "2024-01-01"


def test_mistakes(run, tmp_path):
    assert run("analyse", "nowhere").code == 2
    (tmp_path / "none").mkdir()
    told = run("analyse", "none")
    assert told.code == 2
    assert "no document with text" in told.err
    assert run("analyse", "sample:documents", "--text", "documnt").err.count("Did you mean 'document'?") == 1
    assert run("analyse", "sample:documents", "--terms", "nowhere.csv").code == 2
    assert run("analyse", "sample:documents", "--topics", "0").code == 2
    assert run("analyse", "sample:documents", "--report", "r.pdf").code == 2


def test_in_korean(run):
    told = run("analyse", "sample:documents", "--topics", 3, "--language", "ko")
    assert "문서 200개" in told.out
    assert "주제를 찾는 중" in told.err
