import pytest

from fathom.data.name_lists import name_lists, names_in, write
from fathom.errors import DataError, FathomError

NAMES = ["서울 특별시", "New York", "#tag"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp949"])
def test_a_name_on_each_line_in_the_encoding_that_is_found(tmp_path, encoding):
    file = tmp_path / "names.txt"
    file.write_bytes("# 도시\r\n서울  특별시\r\n\r\n New York \r\n #tag\r\n#x\r\n".encode(encoding))
    assert names_in(file) == NAMES


def test_what_is_kept_is_read_again(tmp_path):
    lists = name_lists({"도시": NAMES, "customer": ["Ada\nLovelace"]})
    paths = write(lists, tmp_path / "lists")
    assert [names_in(path) for path in paths] == [NAMES, ["Ada Lovelace"]]
    assert name_lists({"a": paths[0]}) == {"a": NAMES}


@pytest.mark.parametrize("text", ["", "\n \n", "# nothing\n"])
def test_a_list_without_a_name_is_refused(tmp_path, text):
    (tmp_path / "names.txt").write_text(text)
    with pytest.raises(DataError, match="no name") as raised:
        name_lists({"city": tmp_path / "names.txt"})
    assert raised.value.where == str(tmp_path / "names.txt")
    with pytest.raises(DataError, match="no name"):
        name_lists({"city": text.splitlines() if "#" not in text else []})


def test_what_cannot_be_read_is_told(tmp_path):
    (tmp_path / "zeros.txt").write_bytes(b"a\0b")
    for name in ("none.txt", ".", "zeros.txt"):
        with pytest.raises(DataError):
            names_in(tmp_path / name)
    with pytest.raises(FathomError, match="cannot be a name"):
        name_lists({"../x": ["a"]})
