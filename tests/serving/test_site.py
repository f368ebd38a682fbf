"""The pages: everything from here, nothing from elsewhere, nothing that the policy would refuse."""

import re
from importlib import resources

import pytest

FILES = sorted(file.name for file in (resources.files("fathom.serving") / "page").iterdir())


@pytest.mark.parametrize("path", ["/", "/docs", *(f"/page/{name}" for name in FILES)])
def test_every_file_is_served_under_a_strict_policy(client, path):
    answer = client.get(path)
    assert answer.status_code == 200
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert not answer.headers["content-type"].startswith("application/octet-stream")


@pytest.mark.parametrize("name", [name for name in FILES if not name.endswith(".svg")])
def test_no_file_names_another_host_or_holds_inline_code(client, name):
    text = client.get(f"/page/{name}").text.replace("http://www.w3.org/2000/svg", "")  # a name, where nothing is asked
    assert not re.search(r"(https?:)?//[a-z0-9-]+\.[a-z]", text)
    assert not re.search(r"<script>|<style|\sstyle=|\son[a-z]+=\"|innerHTML|eval\(", text)


def test_every_address_in_the_pages_is_relative(client):
    for path in ("/", "/docs"):
        for address in re.findall(r'(?:src|href)="([^"#]+)"', client.get(path).text):
            assert not address.startswith(("/", "http"))
            assert client.get(f"/{address}".replace("/./", "/")).status_code == 200


@pytest.mark.parametrize("name", ["../app.py", "%2e%2e/app.py", "..%2fapp.py", "app.py", "", "base.css/", "\\app.py"])
def test_nothing_else_is_served(client, name):
    assert client.get(f"/page/{name}").status_code in (307, 404)


def test_both_languages_have_every_word(client):
    text = client.get("/page/words.js").text
    english, korean = (set(re.findall(r"(\w+): (?:\"|`|\()", part)) for part in text.split("ko: {"))
    assert len(korean) > 30
    assert korean <= english
    assert not {word for word in english - korean if word not in ("en",)}


def test_the_pages_use_no_word_that_is_not_in_both_languages(client):
    english = client.get("/page/words.js").text.split("ko: {")[0]
    known = set(re.findall(r"(\w+): (?:\"|`|\()", english))
    used = set()
    for name in FILES:
        text = client.get(f"/page/{name}").text
        used |= {*re.findall(r"\bt\(\"(\w+)\"", text), *re.findall(r"data-t=\"(\w+)\"", text)}
    assert len(used) >= 30
    assert used <= known


def test_the_card_says_what_the_page_shows(client):
    card = client.get("/model").json()
    assert card["card"]["verdict"] == "Use classical."
    assert card["card"]["percent"] is True
    assert card["example"] == {"age": 40.0, "city": "Seoul", "since": None}
    assert [column["kind"] for column in card["inputs"]] == ["number", "category", "time"]
