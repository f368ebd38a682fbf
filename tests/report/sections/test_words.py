from fathom.report.sections.words import LONGEST, body, marked

FOUND = {
    "column": "review",
    "texts": 120,
    "words": [
        {"word": "great", "label": "good", "drop": 0.31, "rows": 14},
        {"word": "<b>", "label": "bad", "drop": 0.04, "rows": 2},
    ],
    "shown": [],
}


def test_each_label_has_its_words():
    shown = body(FOUND, "logistic-regression")
    assert shown is not None
    assert "great" in shown
    assert "31.0 %" in shown
    assert "<b>" not in shown.replace("<b></b>", "")
    assert "&lt;b&gt;" in shown


def test_nothing_found_is_nothing_shown():
    assert body({**FOUND, "words": []}, "logistic-regression") is None


def test_marks_colour_for_and_against():
    assert marked("so <good> not", [[4, 8, 0.1], [10, 13, -0.5], [0, 2, 0.0001]]) == (
        'so &lt;<mark class="for-1">good</mark>&gt; <mark class="against-4">not</mark>'
    )


def test_overlapping_marks_and_marks_past_the_end_are_left_out():
    text = "a" * (LONGEST + 50)
    shown = marked(text, [[0, 5, 0.9], [3, 8, 0.9], [LONGEST, LONGEST + 10, 0.9]])
    assert shown.count("<mark") == 1
    assert shown.endswith("a…")
