import polars as pl
import pytest

from fathom.data.kinds import Kind
from fathom.data.read import read
from fathom.data.samples.reviews import marked, reviews
from fathom.tasks.propose import propose


def test_it_is_the_same_every_time():
    assert reviews().equals(reviews())


def test_half_is_korean_and_most_texts_differ():
    frame = reviews()
    assert frame.height == 600
    assert (frame["language"] == "Korean").sum() == 300
    korean = frame.filter(pl.col("language") == "Korean")["review"].str.contains("[가-힣]")
    assert korean.mean() > 0.95
    assert frame["review"].n_unique() > 500
    assert frame["sentiment"].value_counts()["count"].min() > 250
    assert not frame["review"].str.contains("[{}]").any()


def test_it_is_read_as_texts_beside_other_columns():
    dataset = read("sample:reviews")
    assert dataset.column("review").kind == Kind.TEXT
    assert dataset.column("written").kind == Kind.TIME
    assert propose(dataset, "sentiment") == "text-classification"
    assert propose(dataset, "product") == "text-classification"


@pytest.mark.parametrize(("noun", "said"), [("음질", "음질이"), ("배터리", "배터리가"), ("zip", "zip가")])
def test_particles_fit_the_last_sound(noun, said):
    assert marked(noun) == said
