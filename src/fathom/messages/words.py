"""Words for what the code calls by a fixed name: how a trial ended, a family, a step of learning, a finding's level."""

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


def setting(code: str) -> str:
    """A setting of a study, or a fact of the machine.

    >>> setting("price_per_hour")
    'price per hour'
    """
    words = {
        "data": phrase("data"),
        "minutes": phrase("minutes"),
        "margin": phrase("margin"),
        "price_per_hour": phrase("price per hour"),
        "pretrain": phrase("texts learned from first"),
        "from": phrase("trained network started from"),
        "gazetteers": phrase("lists of known names"),
        "learners": phrase("learners"),
        "test": phrase("test"),
        "group": phrase("group"),
        "time": phrase("time"),
        "drop": phrase("drop"),
        "kinds": phrase("kinds"),
        "measure": phrase("measure"),
        "device": phrase("device"),
        "notices": phrase("notices"),
        "curves": phrase("curves"),
        "processor": phrase("processor"),
        "cores": phrase("cores"),
        "memory": phrase("memory"),
        "system": phrase("system"),
        "python": "python",
        "classical_device": phrase("classical device"),
        "deep_device": phrase("deep device"),
    }
    return words.get(code, code.replace("_", " "))


def step(code: str) -> str:
    """A step of learning.

    >>> step("training")
    'training'
    """
    words = {
        "training": phrase("training"),
        "features": phrase("features"),
        "inputs to tensors": phrase("inputs to tensors"),
        "calibration": phrase("calibration"),
    }
    return words.get(code, code)


def level(code: str) -> str:
    """How grave a finding is.

    >>> level("unchecked")
    'not checked'
    """
    words = {
        "error": phrase("error"),
        "warning": phrase("warning"),
        "note": phrase("note"),
        "unchecked": phrase("not checked"),
        "ok": phrase("fine"),
    }
    return words.get(code, code)


def trait(code: str) -> str:
    """What the catalog says of a learner: its usual accuracy, its training time, its number of parameters.

    >>> trait("seconds")
    'a few seconds'
    """
    words = {
        "modest": phrase("modest"),
        "good": phrase("good"),
        "high": phrase("high"),
        "moments": phrase("moments"),
        "seconds": phrase("a few seconds"),
        "minutes": phrase("a few minutes"),
        "few": phrase("few"),
        "many": phrase("many"),
        "any": phrase("any number"),
    }
    return words.get(code, code)
