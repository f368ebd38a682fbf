import polars as pl
import pytest

from fathom.data.kinds import Kind
from fathom.data.read import read
from fathom.errors import DataError
from fathom.tasks.propose import propose
from fathom.tasks.text_classification import TASK

LABELS = ["good", "bad"] * 20


def kinds(problem):
    return {column.name: column.kind for column in problem.inputs}


def test_columns_beside_the_text_go_in():
    problem = TASK.pose(read("sample:reviews"), "sentiment")
    assert kinds(problem) == {
        "review": Kind.TEXT,
        "product": Kind.CATEGORY,
        "language": Kind.CATEGORY,
        "written": Kind.TIME,
    }
    assert problem.classes == ("negative", "positive")


@pytest.mark.parametrize(
    ("name", "texts"),
    [
        ("text", [f"fine {at}" for at in range(40)]),
        ("review_text", [f"so {at} good" for at in range(40)]),
        ("리뷰", [f"좋아요 정말 {at}" for at in range(40)]),
        ("x", [f"これは{at}番目のとても良い映画です" for at in range(40)]),
        ("question", [f"Who was king {at} ?" for at in range(40)]),
    ],
)
def test_short_texts_are_texts(name, texts):
    dataset = read(pl.DataFrame({name: texts, "label": LABELS}))
    assert dataset.column(name).kind == Kind.TEXT
    assert propose(dataset, "label") == "text-classification"


def test_names_and_cities_are_no_texts():
    people = pl.DataFrame({"who": [f"Ann Lee{at}" for at in range(40)], "city": ["New York", "Rome"] * 20, "y": LABELS})
    assert propose(read(people), "y") == "tabular-classification"


def test_where_the_task_is_named_the_only_column_that_can_be_a_text_is_one():
    dataset = read(pl.DataFrame({"said": [f"좋아요{at}" for at in range(40)], "label": LABELS}))
    assert dataset.column("said").ignored == "identifier"
    problem = TASK.pose(dataset, "label")
    assert kinds(problem) == {"said": Kind.TEXT}
    assert problem.inputs[0].reason == "the only column that can be a text"


def test_of_several_the_longest_is_named():
    frame = pl.DataFrame({"id": [f"n{at}" for at in range(40)], "kind": ["a", "b"] * 20, "label": LABELS})
    with pytest.raises(DataError, match="No column was taken for a text") as raised:
        TASK.pose(read(frame), "label")
    assert "=text" in str(raised.value.remedy)


def test_without_any_words_there_is_nothing_to_read():
    with pytest.raises(DataError, match="No column was taken for a text"):
        TASK.pose(read(pl.DataFrame({"x": [float(at) for at in range(40)], "label": LABELS})), "label")


def test_pictures_come_before_texts():
    digits = read("sample:digits").frame.head(60)
    beside = digits.with_columns(pl.Series("note", [f"this is a note on number {at}" for at in range(60)]))
    assert propose(read(beside), "digit") == "image-classification"
