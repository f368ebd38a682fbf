"""What the model's thread does with a batch of requests: read them, predict once, write each answer."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import orjson

from fathom.errors import FathomError
from fathom.messages import phrase
from fathom.serving.answers import part
from fathom.serving.batching import Job
from fathom.serving.limits import Limits
from fathom.serving.models import Models, Served
from fathom.serving.refusal import Refusal, unfit
from fathom.serving.rows import Rows
from fathom.tasks.predictions import Predictions

log = logging.getLogger("fathom.serving")


@dataclass(frozen=True, slots=True)
class Question:
    """One request's work: how its rows are read and how its answer is written, both off the event loop."""

    read: Callable[[Served, Limits], Rows]
    write: Callable[[Predictions, Served, Rows], bytes]


def parsed(body: bytes) -> object:
    """JSON; 400 where it is none."""
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise Refusal(400, phrase("The body is no JSON: {error}.", error=error)) from None


@dataclass(frozen=True, slots=True)
class Answering:
    """Answers batches with the model that is served when the batch starts."""

    models: Models
    limits: Limits

    def __call__(self, jobs: Sequence[Job]) -> None:
        """Set the answer or the error of every job."""
        served = self.models.current
        together: list[tuple[Job, Rows]] = []
        alone: list[tuple[Job, Rows]] = []
        for job in jobs:
            try:
                rows = job.task.read(served, self.limits)
            except Exception as error:
                job.error = explained(error)
                continue
            problem = served.problem
            apart = problem.horizon is not None or problem.given  # series of two requests may share a name
            (alone if rows.written or rows.passing or apart else together).append((job, rows))
        if together and not self._predict(together, served):
            alone = together + alone
        for each in alone:
            self._predict([each], served, last=True)

    def _predict(self, asked: list[tuple[Job, Rows]], served: Served, *, last: bool = False) -> bool:
        """Predict the rows of these jobs at once. False where that fails and each should be tried alone."""
        try:
            predictions = served.predict(joined([rows for _, rows in asked]))
        except Exception as error:
            if len(asked) > 1 and not last:
                return False
            asked[0][0].error = explained(error)
            return True
        start = 0
        for job, rows in asked:
            stop = start + len(rows)
            try:
                said = predictions if len(asked) == 1 else part(predictions, start, stop)
                job.answer = job.task.write(said, served, rows)
            except Exception as error:
                job.error = explained(error)
            start = stop
        return True


def joined(asked: list[Rows]) -> Rows:
    """The rows of all requests, in order."""
    return asked[0] if len(asked) == 1 else Rows([record for rows in asked for record in rows.records])


def explained(error: Exception) -> Exception:
    """What the sender is told: their mistake in full, ours without its inside (that goes to the log)."""
    if isinstance(error, Refusal):
        return error
    if isinstance(error, FathomError):
        return unfit(error)
    log.error("the model failed on a request", exc_info=error)
    return Refusal(500, phrase("The model failed on these rows."), remedy=phrase("The server's log says more."))
