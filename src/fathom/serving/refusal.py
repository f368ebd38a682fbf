"""Why a request is not answered with a prediction."""

from __future__ import annotations

import math
from typing import Any

from fathom.errors import FathomError
from fathom.messages import again


class Refusal(Exception):
    """A request that is turned down: an HTTP status, and what its sender can do about it.

    >>> Refusal(422, "12 or more expected.", column="age", row=3).body("r1")
    {'error': '12 or more expected.', 'column': 'age', 'row': 3, 'id': 'r1'}
    """

    def __init__(self, status: int, what: str, *, headers: dict[str, str] | None = None, **facts: Any) -> None:
        super().__init__(what)
        self.status = status
        self.what = what
        self.headers = headers or {}
        self.facts = {name: fact for name, fact in facts.items() if fact not in (None, "")}

    def body(self, request_id: str | None = None) -> dict[str, Any]:
        """The answer as plain JSON data: `error` is a sentence, the rest says where and what next.

        In the language of whoever asked, though it was said in the model's thread, which knows no one.
        """
        facts = {name: again(fact) for name, fact in self.facts.items()}
        return {"error": again(self.what), **facts, **({"id": request_id} if request_id else {})}


def busy(what: str, seconds: float) -> Refusal:
    """503: come back in about this many seconds."""
    return Refusal(503, what, headers={"retry-after": str(max(1, math.ceil(seconds)))})


def unfit(error: FathomError) -> Refusal:
    """422: the rows do not fit the model; names column and row where the error knows them."""
    column, row = getattr(error, "column", None), getattr(error, "row", None)
    return Refusal(422, error.what, column=column, row=row, where=error.where, remedy=error.remedy)
