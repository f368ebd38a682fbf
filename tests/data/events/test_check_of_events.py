"""`fathom check` of events: parts by time as in a study, and what is odd about the times."""

from datetime import datetime, timedelta

import numpy as np
import pytest

import fathom
from fathom.errors import DataError

ROWS = 400


@pytest.fixture
def events():
    random = np.random.default_rng(0)
    frauds = np.zeros(ROWS, dtype=int)
    frauds[[50, 200, 300, 330]] = 1  # of the latest fifth there is none
    times = [datetime(2025, 1, 1) + timedelta(hours=hour) for hour in range(ROWS)]
    return {"when": times, "amount": random.lognormal(3, 1, ROWS).tolist(), "fraud": frauds.tolist()}


def test_what_is_tested_is_what_a_study_would_test(events):
    found = fathom.check(events, "fraud", task="fraud-detection", time="when").findings
    told = " ".join(f"{each.what} {each.remedy}" for each in found)
    assert "2 of the rows that train, 1 that validate and 1 that test" in told
    assert "--time" not in told  # it was said


def test_a_date_to_come_is_told(events):
    events["when"][-3:] = [datetime(2200, 1, 1)] * 3
    found = fathom.check(events, "fraud", task="fraud-detection", time="when").findings
    assert any("future" in each.what for each in found)


def test_a_column_of_times_that_is_not_there_is_refused(events):
    with pytest.raises(DataError, match="wen"):
        fathom.check(events, "fraud", time="wen")
    with pytest.raises(DataError, match="wen"):
        fathom.check(events, time="wen")
