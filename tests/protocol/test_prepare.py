"""Texts to learn from first: of the data's own column, those that do not test."""

from __future__ import annotations

import polars as pl

from fathom.protocol.prepare import prepare
from fathom.protocol.progress import silent
from fathom.protocol.request import Request


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
