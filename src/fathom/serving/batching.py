"""A bounded queue, and the one thread that answers it in micro-batches.

A batch forms by itself: while the model answers one, requests gather for the next. So a lone request never waits
for company, and a crowd is answered together (the idle-time batching of Clipper, Crankshaw et al. 2017, without
its timer). The thread belongs to the queue: the event loop stays free and no shared pool can be starved.

Small requests to a model that answers them sooner than a thread can be woken are answered on the event loop itself:
the first in a turn of the loop at once, those that came in the same turn together in the next. The queue's last
measurement decides, batch by batch.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Sequence
from queue import Empty, SimpleQueue
from typing import Any

from fathom.messages import phrase
from fathom.serving.limits import Limits
from fathom.serving.refusal import Refusal, busy

SMOOTHING = 0.2  # weight of the newest batch in the running estimate of seconds per request
QUICK = 0.0005  # seconds a request up to which the event loop answers by itself: about two changes of thread
TURN = 0.002  # seconds that it may spend on answers before it looks after everything else
SMALL = 8_192  # bytes up to which a request may be answered there


class Job:
    """One request on its way through the queue: what to do, until when, and where the answer goes."""

    __slots__ = ("answer", "deadline", "error", "future", "size", "task", "timer")

    def __init__(self, task: Any, future: asyncio.Future[Any], deadline: float, size: int) -> None:
        self.task = task
        self.future = future
        self.deadline = deadline
        self.size = size
        self.timer: asyncio.TimerHandle | None = None
        self.answer: Any = None
        self.error: Exception | None = None


class Batcher:
    """Answers jobs in micro-batches, on a thread of its own or, where that is quick, on the event loop.

    `work(jobs)` sets `answer` or `error` of each job; it never runs twice at a time. `watch(jobs)` is told of every
    batch. Start it within a running event loop; `close` lets jobs in the queue finish.
    """

    def __init__(
        self, work: Callable[[Sequence[Job]], None], limits: Limits, watch: Callable[[int], None] | None = None
    ) -> None:
        self.limits = limits
        self.rejected = 0
        self.expired = 0
        self.running = 0
        self._work = work
        self._watch = watch
        self._waiting: SimpleQueue[Job | None] = SimpleQueue()  # None: close after what stands before it
        self._near: list[Job] = []  # to be answered on the event loop, in its next turn
        self._turn = False  # whether a job was answered there already in this turn
        self._away = 0  # jobs that the thread was given and has not brought back
        self._held = 0
        self._admitted = 0
        self._seconds = 0.0
        self._latest = float("inf")  # seconds a request of the last batch; unknown: the thread measures it
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    def start(self) -> None:
        """Start the thread; answers are delivered to the running event loop."""
        self._loop = asyncio.get_running_loop()
        self._thread = threading.Thread(target=self._run, name="fathom-model", daemon=True)
        self._thread.start()

    def close(self, seconds: float = 5.0) -> None:
        """Let the thread finish what is queued, and wait for it at most `seconds`."""
        self._waiting.put(None)
        if self._thread:
            self._thread.join(seconds)

    @property
    def alive(self) -> bool:
        """Whether there is a thread that answers."""
        return self._thread is not None and self._thread.is_alive()

    @property
    def depth(self) -> int:
        """Jobs that wait."""
        return self._waiting.qsize() + len(self._near)

    def admit(self, size: int = 0) -> None:
        """Take a place before reading a body of `size` bytes; 503 where none is free. Give it back by `release`."""
        if self._admitted >= self.limits.queue or self._held + size > self.limits.held:
            self.rejected += 1
            raise busy(phrase("The server is busy."), self._seconds * self._admitted)
        self._admitted += 1
        self._held += size

    def release(self, size: int = 0) -> None:
        """Give back a place and its bytes."""
        self._admitted -= 1
        self._held -= size

    async def submit(self, task: Any, deadline: float, size: int = 0) -> Any:
        """The answer to `task`; 504 once `deadline` (a reading of `time.monotonic()`) has passed."""
        assert self._loop is not None
        job = Job(task, self._loop.create_future(), deadline, size)
        if self._away == 0 and size <= SMALL and self._latest <= QUICK:
            if self._turn:
                self._near.append(job)
            else:
                self._next_turn()
                self._answer_in_time([job])
        else:
            self._send_away(job)
        try:
            return await job.future
        finally:
            if job.timer is not None:
                job.timer.cancel()

    def _next_turn(self) -> None:
        assert self._loop is not None
        self._turn = True
        self._loop.call_soon(self._answer_near)

    def _answer_near(self) -> None:
        """Answer on the event loop what gathered there, for one turn; the rest has the next turn."""
        jobs, self._near, self._turn = self._near, [], False
        if not jobs:
            return
        if self._away:  # the thread was given work meanwhile, and only one may ask the model
            for job in jobs:
                self._send_away(job)
            return
        fit = max(1, min(self.limits.batch, int(TURN / max(self._latest, 1e-6))))
        self._near = jobs[fit:]
        self._next_turn()
        self._answer_in_time(jobs[:fit])

    def _answer_in_time(self, jobs: list[Job]) -> None:
        """Answer at once; who is past the deadline, before or after, has no answer."""
        wanted = [job for job in jobs if _wanted(job)]
        if wanted:
            self._answer(wanted)
        now = time.monotonic()
        for job in jobs:
            if job.deadline <= now:
                self._expire(job)
        _deliver(wanted)

    def _send_away(self, job: Job) -> None:
        """Queue a job for the thread."""
        assert self._loop is not None
        self._away += 1
        job.timer = self._loop.call_later(max(0.0, job.deadline - time.monotonic()), self._expire, job)
        self._waiting.put(job)

    def _expire(self, job: Job) -> None:
        if not job.future.done():
            self.expired += 1
            remedy = phrase("Send fewer rows, or try again later.")
            job.future.set_exception(Refusal(504, phrase("No answer in time."), remedy=remedy))

    def _run(self) -> None:
        more = True
        while more:
            first = self._waiting.get()
            taken = [first] if first is not None else []
            more = first is not None and self._gather(taken)
            jobs = [job for job in taken if _wanted(job)]
            if jobs:
                self._answer(jobs)
            assert self._loop is not None
            if not self._loop.is_closed():
                self._loop.call_soon_threadsafe(self._bring_back, jobs, len(taken))

    def _gather(self, jobs: list[Job]) -> bool:
        """Add jobs that wait already, in order of arrival; False once the queue is closed."""
        size = sum(job.size for job in jobs)
        while len(jobs) < self.limits.batch and size < self.limits.body:
            try:
                job = self._waiting.get_nowait()
            except Empty:
                break
            if job is None:
                return False
            jobs.append(job)
            size += job.size
        return True

    def _answer(self, jobs: list[Job]) -> None:
        self.running = len(jobs)
        start = time.perf_counter()
        try:
            self._work(jobs)
        except Exception as error:
            for job in jobs:
                job.error = job.error or error
        self._latest = (time.perf_counter() - start) / len(jobs)
        self._seconds += SMOOTHING * (self._latest - self._seconds)
        self.running = 0
        if self._watch:
            self._watch(len(jobs))

    def _bring_back(self, jobs: list[Job], taken: int) -> None:
        """The thread's answers; of the jobs that it took, some were no longer wanted."""
        self._away -= taken
        _deliver(jobs)


def _deliver(jobs: list[Job]) -> None:
    for job in jobs:
        if job.future.done():
            continue
        if job.error is not None:
            job.future.set_exception(job.error)
        else:
            job.future.set_result(job.answer)


def _wanted(job: Job) -> bool:
    """Whether somebody still waits for the answer."""
    return not job.future.done() and job.deadline > time.monotonic()
