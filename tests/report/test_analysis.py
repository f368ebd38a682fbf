"""The page of an analysis: whole, offline, escaped, in both languages, and there whatever was found."""

import re
from html.parser import HTMLParser

import pytest

from fathom.analytics.analyse import analyse
from fathom.messages import choose
from fathom.report.analytics import page
from fathom.report.analytics.page import render, write

VOID = {"meta", "img", "br", "wbr"}
HOSTILE = "</script><script>alert(1)</script><img src=x onerror=alert(2)>\"'&\x00\u202e"


class Elements(HTMLParser):
    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.found, self.open = [], []

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def read(html):
    elements = Elements()
    elements.feed(html)
    elements.close()
    assert not elements.open
    return elements


@pytest.fixture(scope="module")
def analysis():
    return analyse("sample:documents", terms="sample:documents", topics=10)


def test_it_is_whole_and_asks_nothing_of_the_network(analysis):
    html = render(analysis)
    elements = read(html)
    names = [name for name, _ in elements.found]
    assert names.count("h1") == names.count("main") == names.count("script") == names.count("style") == 1
    assert [attrs["id"] for name, attrs in elements.found if name == "section"] == [key for key, _, _ in page.SECTIONS]
    assert not re.search(r"(?:https?:)?//[a-z]", html)
    for name, attrs in elements.found:
        assert name not in ("link", "iframe", "object", "form", "base", "img")
        assert not any(key.startswith("on") or key == "style" for key in attrs)
        assert attrs.get("href", "#").startswith("#")
    assert len(html) < 400_000


def test_hits_are_marked_in_their_sentences(analysis):
    html = render(analysis)
    assert html.count("<mark") == len(analysis.reviews)
    assert '<mark class="hit similar">backdatd invoice</mark>' in html
    assert "허위 진단서도</mark>" in html


def test_without_terms_there_is_nothing_to_review():
    html = render(analyse("sample:documents", topics=4))
    assert 'id="review"' not in html
    assert 'id="topics"' in html


def test_topics_over_time_are_drawn_and_tabled(analysis):
    html = render(analysis)
    assert html.count('class="chart wide"') == html.count('class="chart narrow"') == 1
    assert "Documents by month" in html
    assert len(re.findall(r'class="touch"', html)) == 2 * 11 * 24


@pytest.mark.parametrize("texts", [["One claim."], [HOSTILE], ["🙂 שלום"] * 30, ["a b"] * 15], ids=str)
def test_it_is_there_whatever_was_found(texts):
    read(render(analyse(texts, terms=["claim"])))


def test_hostile_texts_stay_text():
    rows = {HOSTILE + "letter": [f"{HOSTILE} water pipe burst kitchen claim {at}" for at in range(30)]}
    html = render(analyse(rows, terms=[("claim", HOSTILE)], topics=2))
    read(html)
    assert "<script>alert" not in html
    assert "<img" not in html
    assert "\x00" not in html


def test_in_korean(analysis):
    choose("ko")
    try:
        html = render(analysis)
    finally:
        choose("en")
    assert '<html lang="ko">' in html
    assert "때에 따른 주제" in html


def test_it_is_written_whole(analysis, tmp_path):
    path = write(analysis, tmp_path / "deep" / "r.html")
    assert path.read_text("utf-8").startswith("<!doctype html>")
    assert [each.name for each in (tmp_path / "deep").iterdir()] == ["r.html"]
