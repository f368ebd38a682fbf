import time

from fathom.classical.crf import CRF
from fathom.data.read import read
from fathom.data.tokens import REACH
from fathom.learner import Run
from fathom.tasks.named_entity_recognition import TASK

SENTENCE = "Emma went to Seoul by train.\n"
SPANS = '[[13, 18, "city"]]'
HUGE = SENTENCE * 180_000  # 5 MB


def test_of_a_huge_text_the_beginning_is_learned_and_answered_soon():
    data = read({"text": [HUGE, *[SENTENCE] * 20], "entities": [SPANS] * 21})
    learner = CRF()
    begun = time.monotonic()
    learner.fit(TASK.pose(data, "entities"), data, data.take(range(1, 21)), Run())
    row = learner.predict(read({"text": [HUGE, SENTENCE]})).rows[0]
    assert time.monotonic() - begun < 60
    assert all(HUGE[each.start : each.end] == each.text for each in row)
    assert max((each.end for each in row), default=0) <= REACH


def test_a_huge_text_is_answered_soon():
    data = read({"text": [f"{SENTENCE}{number}" for number in range(20)], "entities": [SPANS] * 20})
    learner = CRF()
    learner.fit(TASK.pose(data, "entities"), data, data, Run())
    begun = time.monotonic()
    row = learner.predict(read({"text": [HUGE, SENTENCE]})).rows[0]
    assert time.monotonic() - begun < 20
    assert {each.text for each in row} == {"Seoul"}
    assert REACH - len(SENTENCE) < row[-1].end <= REACH
