"""Numbers as a person writes them, the same in a verdict, a table and a report."""

from __future__ import annotations

import math
from typing import TypeGuard

NOTHING = "–"


def known(value: float | None) -> TypeGuard[float]:
    """Whether there is a number."""
    return value is not None and math.isfinite(value)


def number(value: float | None) -> str:
    """Three digits that count.

    >>> number(0.012345), number(1234.5), number(-53.44), number(float("nan")), number(12345678.0)
    ('0.0123', '1,234', '−53.4', '–', '12,345,678')
    """
    if value is None or not math.isfinite(value):
        return NOTHING
    if value == 0:
        return "0"
    if abs(value) >= 1e15 or abs(value) < 1e-4:
        return f"{value:.2e}"
    decimals = max(0, 2 - math.floor(math.log10(abs(value))))
    text = f"{value:,.{decimals}f}".replace("-", "−")
    return text.rstrip("0").rstrip(".") if "." in text else text
