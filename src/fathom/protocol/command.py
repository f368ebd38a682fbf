"""How to repeat a study from the command line."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

PLAIN = ("task", "minutes", "test", "group", "time", "seed", "device", "measure", "margin", "price_per_hour", "name")
OF_FRAUDS, OF_SERIES = ("amount", "review_cost", "label_delay", "alerts"), ("horizon", "holidays", "season", "step")
TEXT = ("pretrain", "from", "far", "by", *OF_FRAUDS, *OF_SERIES)
DEFAULTS = {"seed": 0, "device": "auto", "far": 0.01}


def command(settings: Mapping[str, Any]) -> list[str]:
    """The words of the command line that repeats a study with these settings.

    >>> command({"data": "homes.csv", "predict": "price", "minutes": 1.0, "drop": ["id"], "seed": 0})
    ['fathom', 'compare', 'homes.csv', '--predict', 'price', '--minutes', '1', '--drop', 'id']
    >>> command({"data": "homes.csv", "predict": "price", "price_per_hour": 1234567.5})[-1]
    '1234567.5'
    """
    words = ["fathom", "compare", settings["data"] or "DATA"]
    words += ["--predict", settings["predict"]] if settings["predict"] else []
    for name in (*PLAIN, *TEXT):
        value = settings.get(name)
        if value is not None and value != DEFAULTS.get(name):
            words += [f"--{name.replace('_', '-')}", str(value).removesuffix(".0")]
    words += [] if settings.get("curves", True) else ["--no-curves"]
    for name in ("learners", "drop", "entity", "series", "known"):
        if settings.get(name):
            words += [f"--{name}", ",".join(settings[name])]
    for column, kind in (settings.get("kinds") or {}).items():
        words += ["--kind", f"{column}={kind}"]
    for label, path in (settings.get("gazetteers") or {}).items():
        words += ["--gazetteer", f"{label}={path}"]
    return words
