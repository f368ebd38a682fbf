import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fathom.data.cast import MARKERS
from fathom.data.kinds import Kind
from fathom.data.read import read
from fathom.data.spans import listed
from fathom.errors import DataError

WORDS = st.text(st.characters(codec="utf-8", exclude_categories=("Z", "C")), min_size=1, max_size=6)


def entities(dataset):
    """What each row's spans say, with their labels."""
    texts = dataset["text"].to_list()
    return [
        [(text[start:end], label) for start, end, label in row]
        for text, row in zip(texts, listed(dataset["entities"]), strict=True)
    ]


def written(tmp_path, text, name="data.conll", encoding="utf-8"):
    path = tmp_path / name
    path.write_bytes(text.encode(encoding))
    return path


def test_two_columns_with_tabs(tmp_path):
    data = read(written(tmp_path, "Emma\tB-PER\nis\tO\nin\tO\nNew\tB-LOC\nYork\tI-LOC\n\nHi\tO\n"))
    assert data["text"].to_list() == ["Emma is in New York", "Hi"]
    assert entities(data) == [[("Emma", "PER"), ("New York", "LOC")], []]
    assert data.column("text").kind == Kind.TEXT
    assert data.column("entities").kind == Kind.SPANS
    assert "2 sentences, 2 entities" in data.source.notices[0]


def test_four_columns_with_blanks_and_documents(tmp_path):
    text = (
        "-DOCSTART- -X- -X- O\n\nEU NNP I-NP I-ORG\nrejects VBZ I-VP O\n\nBonn NNP I-NP I-LOC\nRhein NNP I-NP B-LOC\n"
    )
    data = read(written(tmp_path, text))
    assert entities(data) == [[("EU", "ORG")], [("Bonn", "LOC"), ("Rhein", "LOC")]]
    assert "IOB1" in data.source.notices[0]


def test_bioes_and_windows_line_ends(tmp_path):
    data = read(written(tmp_path, "New B-LOC\r\nYork E-LOC\r\nis O\r\nEmma S-PER\r\n"))
    assert entities(data) == [[("New York", "LOC"), ("Emma", "PER")]]
    assert "BIOES" in data.source.notices[0]


def test_characters_with_comments(tmp_path):
    lines = [
        "## 컬럼명 : CHAR\tNE_TAG",
        "## 1-wiki\t<경찰:OG>은 또",
        "경\tB-OG",
        "찰\tI-OG",
        "은\tO",
        " \tO",
        "또\tO",
        "",
        "## 2-wiki\t김",
        "김\tB-PS",
        "씨\tO",
    ]
    data = read(written(tmp_path, "\n".join(lines), "klue.tsv"))
    assert data["text"].to_list() == ["경찰은 또", "김씨"]
    assert entities(data) == [[("경찰", "OG")], [("김", "PS")]]
    assert "characters" in data.source.notices[0]


def test_a_hash_can_be_a_word(tmp_path):
    data = read(written(tmp_path, "#Seoul\tB-LOC\n#\tO\nis\tO\nbig\tO\n"))
    assert entities(data) == [[("#Seoul", "LOC")]]


def test_a_broken_rule_is_mended_and_counted(tmp_path):
    data = read(written(tmp_path, "in\tO\nSeoul\tI-LOC\n\nEmma\tB-PER\nis\tO\n"))
    assert entities(data)[0] == [("Seoul", "LOC")]
    assert any("1 tags break the rules" in notice and "line 2" in notice for notice in data.source.notices)


def test_korean_windows_files(tmp_path):
    text = "".join(f"{word}\tO\n" for word in ["서울에서", "부산까지", "가는", "기차를", "탔습니다"]) + "김민수\tB-PS\n"
    data = read(written(tmp_path, text, encoding="cp949"))
    assert entities(data) == [[("김민수", "PS")]]
    assert any("CP949" in notice for notice in data.source.notices)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Emma\tB-PER\nis\n", "line 2"),
        ("Emma\tB-PER\nis\tPER\n", "line 2"),
        ("", "empty"),
    ],
)
def test_what_cannot_be_read_names_its_line(tmp_path, text, said):
    with pytest.raises(DataError) as raised:
        read(written(tmp_path, text))
    assert said in str(raised.value)
    assert raised.value.remedy


def test_a_table_stays_a_table(tmp_path):
    rows = "".join(f"{row}\t{'O' if row % 2 else 'B'}\n" for row in range(30))
    data = read(written(tmp_path, f"age\tblood\n{rows}", "people.tsv"))
    assert data.names == ("age", "blood")


@settings(deadline=None)
@given(
    st.lists(
        st.lists(st.tuples(WORDS, st.sampled_from(["O", "B-x", "I-x", "B-y"])), min_size=1, max_size=8),
        min_size=1,
        max_size=4,
    )
)
def test_words_and_spans_survive(tmp_path_factory, sentences):
    folder = tmp_path_factory.mktemp("conll")
    lines = "\n\n".join("\n".join(f"{word}\t{tag}" for word, tag in sentence) for sentence in sentences)
    data = read(written(folder, f"begin\tB-x\n\n{lines}\n"))
    texts = data["text"].to_list()[1:]
    single = all(len(word) == 1 for sentence in sentences for word, _ in sentence)
    for text, sentence in zip(texts, sentences, strict=True):
        words = " ".join(word for word, _ in sentence)
        assert single or text == (None if words in MARKERS else words)
    for row, sentence in zip(entities(data)[1:], sentences, strict=True):
        assert len(row) <= sum(tag != "O" for _, tag in sentence)
        assert all(said for said, _ in row)
