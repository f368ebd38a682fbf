from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st

from fathom.report.html import UNPRINTABLE, Markup, join, tag

anything = st.text(st.characters(codec=None))


class Reader(HTMLParser):
    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.starts, self.text = [], ""

    def handle_starttag(self, name, attributes):
        self.starts.append((name, dict(attributes)))

    def handle_data(self, data):
        self.text += data


@given(anything, anything)
def test_a_browser_reads_back_what_was_said(text, title):
    reader = Reader()
    reader.feed(tag("p", text, title=title))
    reader.close()
    assert reader.starts == [("p", {"title": UNPRINTABLE.sub("\ufffd", title)})]
    assert reader.text == UNPRINTABLE.sub("\ufffd", text)


@given(anything)
def test_it_can_always_be_written_as_utf_8(text):
    assert tag("p", text).encode("utf-8")


def test_children_nest_and_nothing_is_left_out():
    assert join([tag("b", 1), None, ["x", [Markup("<br>")]]]) == "<b>1</b>x<br>"
    assert tag("button", "go", disabled=True, hidden=False) == "<button disabled>go</button>"
