"""Words for what the code calls by a fixed name: how a trial ended, a family, a step of learning."""

from __future__ import annotations

from fathom.messages.phrase import phrase


def status(code: str) -> str:
    """How a trial or a study ended.

    >>> status("timed out")
    'timed out'
    """
    words = {
        "done": phrase("done"),
        "failed": phrase("failed"),
        "out of memory": phrase("out of memory"),
        "timed out": phrase("timed out"),
        "skipped": phrase("skipped"),
        "dropped": phrase("dropped"),
        "interrupted": phrase("interrupted"),
        "running": phrase("running"),
    }
    return words.get(code, code)


def family(code: str) -> str:
    """A family of learners.

    >>> family("deep")
    'deep'
    """
    return {"classical": phrase("classical"), "deep": phrase("deep")}.get(code, code)
