from fathom.report.sections.entities import marked
from fathom.tasks.predictions import Entity


def entity(start, end, label):
    return Entity(start, end, "", label, 0.5)


def test_found_missed_and_wrong_are_told_apart():
    text = "Emma in Seoul on Monday"
    page = marked(text, [(0, 4, "name"), (8, 13, "city")], [entity(0, 4, "name"), entity(17, 23, "name")])
    assert '<mark class="entity right">Emma' in page
    assert '<mark class="entity missed">Seoul' in page
    assert '<mark class="entity wrong">Monday' in page


def test_overlaps_are_shown_one_behind_the_other():
    page = marked("New York", [(0, 8, "city")], [entity(4, 8, "name")])
    assert page.index("missed") < page.index("wrong")
    assert page.count("New York") == 1


def test_text_is_escaped():
    assert "<b>" not in marked("<b>Emma</b>", [(3, 7, "<i>")], [])
    assert "<i>" not in marked("<b>Emma</b>", [(3, 7, "<i>")], [])


def test_long_texts_are_cut():
    page = marked("x" * 5_000, [(4_000, 4_010, "name")], [])
    assert len(page) < 1_000
    assert page.endswith("…")
