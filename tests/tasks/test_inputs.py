import pytest

from fathom.data.check import check
from fathom.data.read import read
from fathom.errors import DataError
from fathom.tasks.tabular_classification import pose
from fathom.tasks.text_classification import pose as pose_text

BESIDE = "Put the files beside the table"


@pytest.fixture
def lost(tmp_path):
    """A table of pictures that are not beside it."""
    table = tmp_path / "photos.csv"
    table.write_text("photo,tags\n" + "".join(f"images/{row}.jpg,{'dog' if row % 2 else 'cat'}\n" for row in range(20)))
    return read(table)


@pytest.mark.parametrize("pose", [pose, pose_text])
def test_pictures_that_are_not_there_are_what_is_wrong(lost, pose):
    with pytest.raises(DataError, match=r"'photo' names are not found; the first is 'images/0\.jpg'") as raised:
        pose(lost, "tags")
    assert BESIDE in raised.value.remedy


def test_the_check_says_where_to_put_them(lost):
    (finding,) = [each for each in check(lost) if "photo" in each.columns and "left out" in each.what]
    assert BESIDE in finding.remedy
