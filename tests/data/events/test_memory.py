"""One event at a time says what all at once say, to the bit: in any order, after a break, never looking ahead."""

from datetime import datetime, timedelta

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fathom.data.events import features
from fathom.data.events.events import Events
from fathom.data.events.memory import Memory
from fathom.data.events.velocity import velocity
from fathom.errors import StoreError

EVENTS = Events(entities=("card", "device", "shop"), time="at", amount="paid")
START = datetime(2024, 5, 1)


def stream(rows=400, seed=0, days=60, step=3_600):
    """Payments of few cards at few shops, many of them at one moment, some without a card."""
    random = np.random.default_rng(seed)
    seconds = random.integers(0, days * 86_400 // step, rows) * step
    return pl.DataFrame(
        {
            "card": [None if code == 7 else f"c{code}" for code in random.integers(0, 8, rows)],
            "device": [f"d{code}" for code in random.integers(0, 5, rows)],
            "shop": [f"s{code}" for code in random.integers(0, 4, rows)],
            "paid": np.round(random.lognormal(3, 1, rows), 2) * random.choice([1, 1, 1, -1], rows),
            "at": [START + timedelta(seconds=int(each)) for each in seconds],
        }
    )


def streamed(frame, memory=None):
    """The features of rows that come one after the other."""
    memory = memory or Memory.of(frame.clear(), EVENTS)
    made = []
    for record in frame.to_dicts():
        made.append(memory.row(record))
        memory.add(record)
    return pl.DataFrame(made, schema=dict.fromkeys(features.names(EVENTS), pl.Float64), orient="row"), memory


def test_a_stream_says_what_the_batch_says_to_the_bit():
    frame = stream().sort("at", maintain_order=True)
    assert streamed(frame)[0].equals(velocity(frame, EVENTS))


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 10**6), rows=st.integers(1, 60), step=st.sampled_from([60, 3_600, 86_400]))
def test_any_stream_does(seed, rows, step):
    frame = stream(rows, seed, 40, step).sort("at", maintain_order=True)
    assert streamed(frame)[0].equals(velocity(frame, EVENTS))


def test_it_goes_on_where_the_training_rows_end_and_after_a_restart(tmp_path):
    frame = stream(900, days=120).sort("at", maintain_order=True)
    whole = velocity(frame, EVENTS)
    memory = Memory.of(frame.head(500), EVENTS)
    assert len(memory) < 500  # some became sums
    first, memory = streamed(frame.slice(500, 200), memory)
    assert first.equals(whole.slice(500, 200))
    memory.save(tmp_path)
    second, _ = streamed(frame.slice(700), Memory.load(tmp_path, EVENTS))
    assert second.equals(whole.slice(700))
    memory.settle()
    assert streamed(frame.slice(700), memory)[0].equals(whole.slice(700))


def test_a_table_of_new_rows_is_told_of_what_is_remembered_and_changes_nothing():
    frame = stream(900, days=120).sort("at", maintain_order=True)
    memory = Memory.of(frame.head(500), EVENTS)
    shuffled = frame.slice(500).sample(fraction=1, shuffle=True, seed=1)
    again = [memory.frame(shuffled) for _ in range(2)]
    both = velocity(pl.concat([frame.head(500), shuffled]), EVENTS).slice(500)
    assert again[0].equals(both)
    assert again[1].equals(both)
    assert not memory.fresh


def test_an_event_that_comes_twice_counts_once():
    frame = stream(100).sort("at", maintain_order=True)
    twice = pl.concat([frame, frame]).sort("at", maintain_order=True)
    once, memory = streamed(frame)
    for record, row in zip(frame.to_dicts(), once.iter_rows(), strict=True):
        if record["at"] == frame["at"].max():
            assert memory.row(record) == list(row)  # asked again, it does not see itself
    assert velocity(twice, EVENTS).unique(maintain_order=True).equals(once.unique(maintain_order=True))
    assert (
        len(memory.fresh) == frame.drop_nulls().unique().height + frame.filter(pl.col("card").is_null()).unique().height
    )


def test_who_comes_late_counts_for_those_after():
    frame = stream(200).sort("at", maintain_order=True)
    late = frame[50:51]
    rest = pl.concat([frame[:50], frame[51:]])
    _, memory = streamed(rest)
    assert list(memory.row(late.to_dicts()[0])) == list(velocity(frame, EVENTS).row(50))
    memory.add(late.to_dicts()[0])
    last = frame.to_dicts()[-1]
    assert memory.row(last) == list(velocity(frame, EVENTS).row(-1))


@pytest.mark.parametrize("change", ["appended", "altered", "taken away"])
def test_what_comes_later_changes_nothing(change):
    frame = stream(300)
    cut = frame["at"].sort()[200]
    early, late = frame.filter(pl.col("at") <= cut), frame.filter(pl.col("at") > cut)
    other = {
        "appended": pl.concat([early, late, late.with_columns(paid=pl.col("paid") * 100, card=pl.lit("c1"))]),
        "altered": pl.concat([early, late.with_columns(paid=pl.lit(1e6), shop=pl.lit("s0"))]),
        "taken away": early,
    }[change]
    same = velocity(frame, EVENTS).filter(frame["at"] <= cut)
    assert velocity(other, EVENTS).head(early.height).equals(same)


def test_a_leak_would_be_noticed():
    """Features that saw events of the same moment, or themselves, would change with what is put beside them."""
    frame = stream(300)
    beside = frame.with_columns(paid=pl.col("paid") + 1_000)  # at the same moments
    alone = velocity(frame, EVENTS)
    moments = frame["at"]
    both = velocity(pl.concat([frame, beside]), EVENTS).head(frame.height)
    first = moments == moments.min()
    assert both.filter(first).equals(alone.filter(first))
    assert not both.equals(alone)


def test_the_order_of_rows_does_not_matter():
    frame = stream(300)
    order = np.random.default_rng(3).permutation(300)
    assert velocity(frame[order], EVENTS).equals(velocity(frame, EVENTS)[order])


def test_figures_of_a_short_story():
    at = [datetime(2024, 5, 1, 9), datetime(2024, 5, 1, 9, 30), datetime(2024, 5, 1, 10), datetime(2024, 5, 3, 9)]
    frame = pl.DataFrame(
        {
            "card": ["a"] * 4,
            "device": ["x", "x", "y", "x"],
            "shop": list("stsu"),
            "paid": [10.0, 20.0, 30.0, 60.0],
            "at": at,
        }
    )
    told = velocity(frame, EVENTS)
    assert told["card: events in 1 h"].to_list() == [0, 1, 2, 0]
    assert told["card: paid in 7 d"].to_list() == [0, 10, 30, 60]
    assert told["card: hours since last"].to_list() == [None, 0.5, 0.5, 47]
    assert told["card: days known"].to_list() == [None, 0.5 / 24, 1 / 24, 2]
    assert told["card: paid to mean"].to_list() == [None, 2, 2, 3]
    assert told["card: different shop in 7 d"].to_list() == [0, 1, 2, 2]
    assert told["card: times with this device"].to_list() == [0, 1, 0, 2]
    assert told["at: weekday"].to_list() == [2, 2, 2, 4]


def test_what_has_no_time_or_nobody_is_not_remembered():
    memory = Memory.of(stream(5), EVENTS)
    nobody = {"card": None, "device": None, "shop": None, "paid": 1.0, "at": START}
    assert not memory.add(nobody)
    assert not memory.add({**nobody, "card": "c1", "at": None})
    assert set(memory.row({**nobody, "card": "c1", "at": None})) == {None}
    assert velocity(
        pl.DataFrame({"card": ["a"], "device": ["b"], "shop": ["c"], "paid": [1.0], "at": [None]}), EVENTS
    ).null_count().sum_horizontal()[0] == len(features.names(EVENTS))


def test_a_damaged_memory_is_refused(tmp_path):
    Memory.of(stream(50), EVENTS).save(tmp_path)
    for path in sorted(tmp_path.iterdir()):
        whole = path.read_bytes()
        path.write_bytes(whole[: len(whole) // 2])
        with pytest.raises(StoreError):
            Memory.load(tmp_path, EVENTS)
        path.write_bytes(whole)
    with pytest.raises(StoreError):
        Memory.load(tmp_path, Events(entities=("card",), time="at"))


def test_what_is_settled_beside_the_answering_changes_no_answer():
    frame = stream(900, days=120).sort("at", maintain_order=True)
    whole = velocity(frame, EVENTS)
    _, memory = streamed(frame.head(600))
    before = memory.kept
    memory.prepare()
    since, memory = streamed(frame.slice(600, 100), memory)  # taken before the second of these
    assert memory.kept is not before
    assert "_places" in memory.__dict__  # no event waits for it
    assert since.equals(whole.slice(600, 100))
    memory.prepare()
    memory.settle()  # what was prepared is of an earlier state
    assert streamed(frame.slice(700), memory)[0].equals(whole.slice(700))


def test_what_came_while_it_was_settled_is_not_lost():
    frame = stream(900, days=120).sort("at", maintain_order=True)
    _, memory = streamed(frame.head(600))
    memory.prepare()
    prepared, memory.prepared = memory.prepared, None
    _, memory = streamed(frame.slice(600, 100), memory)
    memory.prepared = prepared
    assert streamed(frame.slice(700), memory)[0].equals(velocity(frame, EVENTS).slice(700))
