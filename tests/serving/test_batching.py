"""The queue and its thread: micro-batches, deadlines, a full house, and an event loop that stays awake."""

import asyncio
import statistics
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from fathom.serving.batching import Batcher
from fathom.serving.limits import Limits
from fathom.serving.refusal import Refusal


class Work:
    """Answers each task with itself; can be held back."""

    def __init__(self):
        self.batches = []
        self.threads = set()
        self.go = threading.Event()
        self.go.set()

    def __call__(self, jobs):
        self.go.wait(10)
        self.batches.append([job.task for job in jobs])
        self.threads.add(threading.current_thread().name)
        for job in jobs:
            if job.task == "bad":
                job.error = ValueError("bad")
            job.answer = job.task


def soon(seconds=5.0):
    return time.monotonic() + seconds


def running(limits=None):
    work = Work()
    batcher = Batcher(work, limits or Limits())
    batcher.start()
    return work, batcher


async def until(condition):
    async with asyncio.timeout(5):
        while not condition():
            await asyncio.sleep(0.005)


def test_requests_that_gather_are_answered_together_in_one_thread_of_its_own():
    async def ask():
        work, batcher = running(Limits(batch=8))
        work.go.clear()
        first = asyncio.create_task(batcher.submit("first", soon()))
        await until(lambda: batcher.running)
        others = [asyncio.create_task(batcher.submit(number, soon())) for number in range(20)]
        await until(lambda: batcher.depth == 20)
        work.go.set()
        assert await asyncio.gather(first, *others) == ["first", *range(20)]
        batcher.close()
        return work

    work = asyncio.run(ask())
    assert [len(batch) for batch in work.batches] == [1, 8, 8, 4]
    assert [task for batch in work.batches for task in batch] == ["first", *range(20)]
    assert work.threads == {"fathom-model"}


def test_one_error_is_one_error():
    async def ask():
        _, batcher = running()
        answers = await asyncio.gather(
            *(batcher.submit(task, soon()) for task in ("a", "bad", "b")), return_exceptions=True
        )
        batcher.close()
        return answers

    one, bad, other = asyncio.run(ask())
    assert (one, other) == ("a", "b")
    assert isinstance(bad, ValueError)


def test_expired_work_is_answered_504_in_time_and_never_done():
    async def ask():
        work, batcher = running()
        work.go.clear()
        first = asyncio.create_task(batcher.submit("first", soon()))
        await until(lambda: batcher.running)
        start = time.monotonic()
        with pytest.raises(Refusal) as late:
            await batcher.submit("late", soon(0.1))
        waited = time.monotonic() - start
        work.go.set()
        await first
        assert await batcher.submit("next", soon()) == "next"
        batcher.close()
        return work, batcher, late.value, waited

    work, batcher, late, waited = asyncio.run(ask())
    assert late.status == 504
    assert 0.05 < waited < 1
    assert batcher.expired == 1
    assert [task for batch in work.batches for task in batch] == ["first", "next"]


def test_a_full_house_is_503_with_retry_after_and_places_come_back():
    batcher = Batcher(Work(), Limits(queue=2, held=100))
    batcher.admit(10)
    batcher.admit(10)
    with pytest.raises(Refusal) as full:
        batcher.admit(10)
    assert full.value.status == 503
    assert int(full.value.headers["retry-after"]) >= 1
    batcher.release(10)
    with pytest.raises(Refusal):
        batcher.admit(95)  # a place is free, the bytes are not
    batcher.admit(80)
    assert batcher.rejected == 2


def test_closing_finishes_what_waits():
    async def ask():
        work, batcher = running()
        work.go.clear()
        asked = [asyncio.create_task(batcher.submit(0, soon()))]
        await until(lambda: batcher.running)
        asked += [asyncio.create_task(batcher.submit(number, soon())) for number in range(1, 5)]
        await until(lambda: batcher.depth == 4)
        work.go.set()
        await asyncio.to_thread(batcher.close)
        assert not batcher.alive
        return await asyncio.gather(*asked)

    assert asyncio.run(ask()) == [0, 1, 2, 3, 4]


def test_overload_is_turned_away_at_once_and_what_is_taken_is_answered(serving, make):
    learner = make.older(seconds=0.05)
    with serving(make.people(learner), limits=Limits(queue=8, batch=2)) as client, ThreadPoolExecutor(40) as pool:

        def ask(_):
            start = time.perf_counter()
            answer = client.post("/predict", json={"row": make.row})
            return answer, time.perf_counter() - start

        answers = list(pool.map(ask, range(200)))
        metrics = client.get("/metrics").text
    taken = [seconds for answer, seconds in answers if answer.status_code == 200]
    away = [(answer, seconds) for answer, seconds in answers if answer.status_code == 503]
    assert len(taken) + len(away) == 200
    assert taken
    assert away
    assert all(int(answer.headers["retry-after"]) >= 1 for answer, _ in away)
    assert max(taken) < 3
    assert f"fathom_rejected_total {len(away)}.0" in metrics


def test_a_request_past_its_deadline_is_504(serving, make):
    learner = make.older()
    with serving(make.people(learner), limits=Limits(seconds=0.2)) as client:
        learner.seconds = 0.5
        answer = client.post("/predict", json={"row": make.row})
        assert answer.status_code == 504
        learner.seconds = 0.0
        time.sleep(0.5)
        assert client.post("/predict", json={"row": make.row}).status_code == 200


def test_the_event_loop_stays_awake_while_the_model_is_saturated(serving, make):
    stop = threading.Event()
    with serving(make.people(make.older(seconds=0.2))) as client, ThreadPoolExecutor(16) as pool:

        def saturate():
            while not stop.is_set():
                client.post("/predict", json={"row": make.row})

        busy = [pool.submit(saturate) for _ in range(15)]
        times = []
        for _ in range(100):
            start = time.perf_counter()
            assert client.get("/v2/health/live").status_code == 200
            times.append(time.perf_counter() - start)
        stop.set()
        for each in busy:
            each.result()
    assert statistics.quantiles(times, n=100)[98] < 0.05


def test_a_quick_model_is_asked_on_the_event_loop_those_of_one_turn_together():
    async def ask():
        work, batcher = running()
        first = await batcher.submit("first", soon())
        batcher._latest = 1e-5  # whatever else the machine is doing
        answers = await asyncio.gather(*(batcher.submit(number, soon()) for number in range(4)))
        batcher.close()
        return work, first, answers

    work, first, answers = asyncio.run(ask())
    assert (first, answers) == ("first", [0, 1, 2, 3])
    assert work.batches == [["first"], [0], [1, 2, 3]]
    assert work.threads == {"fathom-model", "MainThread"}


def test_a_slow_model_and_a_large_request_go_to_the_thread():
    async def ask():
        work, batcher = running()
        assert await batcher.submit("unmeasured", soon()) == "unmeasured"
        batcher._latest = 1.0
        assert await batcher.submit("slow", soon()) == "slow"
        batcher._latest = 1e-5
        assert await batcher.submit("large", soon(), 10**6) == "large"
        batcher.close()
        return work

    assert asyncio.run(ask()).threads == {"fathom-model"}


def test_the_model_is_never_asked_by_two_at_a_time():
    async def ask():
        work, batcher = running()
        await batcher.submit("first", soon())
        batcher._latest = 1e-5
        near = [asyncio.create_task(batcher.submit(number, soon())) for number in range(3)]
        large = asyncio.create_task(batcher.submit("large", soon(), 10**6))  # the thread has it in the same turn
        assert await asyncio.gather(*near, large) == [0, 1, 2, "large"]
        batcher.close()
        return work

    work = asyncio.run(ask())
    assert work.batches[1] == [0]
    assert sorted(str(task) for batch in work.batches[2:] for task in batch) == ["1", "2", "large"]
    assert work.threads == {"fathom-model", "MainThread"}


def test_on_the_event_loop_too_an_answer_past_the_deadline_is_504():
    async def ask():
        work, batcher = running()
        await batcher.submit("first", soon())
        batcher._latest = 1e-5
        answers = await asyncio.gather(
            batcher.submit("over", soon(-1)), batcher.submit("fine", soon()), return_exceptions=True
        )
        batcher._latest = 1e-5
        batcher._work = lambda jobs: time.sleep(0.05)
        with pytest.raises(Refusal) as late:
            await batcher.submit("late", soon(0.02))
        batcher.close()
        return work, batcher, answers, late.value

    work, batcher, (over, fine), late = asyncio.run(ask())
    assert (over.status, fine, late.status) == (504, "fine", 504)
    assert "over" not in [task for batch in work.batches for task in batch]
    assert batcher.expired == 2
