from fathom.data import media
from fathom.data.kinds import Column, Kind
from fathom.exports import made

COLUMNS = (
    Column("age", Kind.NUMBER, low=18.0, high=90.0),
    Column("city", Kind.CATEGORY, categories=("Seoul", "Busan")),
    Column("when", Kind.TIME),
    Column("note", Kind.TEXT),
    Column("photo", Kind.IMAGE),
)


def test_rows_are_the_same_for_a_seed_and_hold_what_is_missing_and_strange():
    some, again, other = (made.rows(COLUMNS, 80, seed) for seed in (1, 1, 2))
    assert some.frame.equals(again.frame)
    assert not some.frame.equals(other.frame)
    assert all(some[column.name].null_count() for column in COLUMNS)
    assert {"Seoul", "Busan", "never seen"} <= set(some["city"].drop_nulls())
    pixels = media.images(some["photo"], None, size=(8, 8), channels=3)
    assert pixels.shape == (80, 8, 8, 3)
    assert pixels.std() > 10
