"""What a study starts from: texts to learn from first, and how long finding faces may take."""

from __future__ import annotations

import polars as pl

from fathom.data.kinds import Column, Kind
from fathom.protocol import prepare as preparing
from fathom.protocol.prepare import prepare
from fathom.protocol.progress import silent
from fathom.protocol.request import Request
from fathom.tasks.problem import Problem


def test_a_column_gives_rows_without_a_label_and_no_test_row():
    moods, things = ["a good", "a bad", "an odd"], ["film", "song", "book"]
    texts = [f"{mood} {thing} number {row}" for row in range(20) for mood in moods for thing in things]
    labels = [None if row % 3 == 0 else "yes" if "good" in text else "no" for row, text in enumerate(texts)]
    request = Request(
        pl.DataFrame({"text": texts, "label": labels}),
        "label",
        task="text-classification",
        kinds={"text": "text"},
        pretrain="text",
    )
    prepared = prepare(request, silent)
    tested = set(prepared.test["text"].to_list())
    assert tested
    assert set(prepared.stock) == set(texts) - tested
    assert len(prepared.stock) > len(prepared.train) + len(prepared.valid)


def test_how_long_finding_faces_took_is_said_where_it_was_much(monkeypatch):
    problem = Problem("face-recognition", "who", (Column("image", Kind.IMAGE),), persons=("a", "b"), cut="upright")
    allowed = []

    class Task:
        @staticmethod
        def ready(dataset, problem, seconds):
            allowed.append(seconds)
            return dataset, problem, []

    request = Request("nowhere", "who", minutes=2)
    assert preparing.readied(None, problem, request, Task, print)[2] == []
    monkeypatch.setattr(preparing, "MUCH_FINDING", -1.0)
    (finding,) = preparing.readied(None, problem, request, Task, lambda progress: None)[2]
    assert "of the study's 120 s" in finding.what
    assert "more minutes" in finding.remedy
    assert allowed == [72.0, 72.0]
