import time

import pytest

from fathom.protocol.contenders import choose
from fathom.protocol.progress import silent
from fathom.protocol.races import Race
from fathom.protocol.schedule import Schedule
from fathom.protocol.study import Study
from fathom.tasks.problem import Problem

TASK = "tabular-classification"


@pytest.fixture
def opened(tmp_path):
    """The seconds of a hundred that each family has, where these contend."""

    def share(*learners):
        study = Study("s", tmp_path, TASK, Problem(TASK, "kind", ()), "accuracy", 900, 600, 100, 200)
        race = Race(study, Schedule(100.0, time.monotonic()), {}, silent, lambda trial: None, {})
        race._open(choose(TASK, list(learners)))
        return race.schedule.budgets

    return share


def test_a_baseline_alone_takes_no_half_of_the_time(opened):
    assert opened("feedforward") == {"deep": pytest.approx(94, abs=0.5)}
    assert opened("random-forest") == {"classical": pytest.approx(94, abs=0.5)}
    half = pytest.approx(47, abs=0.5)
    assert opened("random-forest", "feedforward") == {"classical": half, "deep": half}
