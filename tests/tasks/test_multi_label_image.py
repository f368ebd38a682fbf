import polars as pl
import pytest

from fathom.data.kinds import Kind
from fathom.data.read import read
from fathom.data.samples.scenes import SIDE, THINGS, scenes
from fathom.errors import DataError
from fathom.tasks.multi_label_image_classification import TASK, pose
from fathom.tasks.propose import propose


@pytest.fixture(scope="module")
def landscapes():
    return read("sample:scenes")


def test_a_column_of_lists_beside_pictures_proposes_the_task(landscapes):
    assert propose(landscapes, "things") == TASK.name
    problem = pose(landscapes, "things")
    assert problem.sets == THINGS
    assert [column.kind for column in problem.inputs] == [Kind.IMAGE]
    assert problem.truth(landscapes).shape == (len(landscapes), len(THINGS))


def test_scenes_are_the_same_each_time_and_of_all_kinds():
    one, other = scenes(), scenes()
    assert one.equals(other)
    counts = one["things"].list.len()
    assert counts.min() == 0
    assert counts.max() >= 3
    assert one["image"].n_unique() == one.height
    assert SIDE == 32
    together = one["things"].list
    assert not (together.contains("boat") & together.contains("house")).any()


def test_one_label_a_picture_and_two_pictures_a_row_are_refused(landscapes):
    frame = landscapes.frame.with_columns(kind=pl.lit("a"), other=landscapes["image"])
    with pytest.raises(DataError, match="not several labels"):
        pose(read(frame.drop("other")), "kind")
    with pytest.raises(DataError, match="One image a row"):
        pose(read(frame.drop("kind")), "things")
