"""How faces are cut out of photographs, as problems and models write it down."""

from __future__ import annotations

UPRIGHT = "upright"  # set upright and looked at closely, then cut out
SQUARE = "square"  # as the detector's first look has them: so models were made before faces were set upright


def way_of(written: object) -> str:
    """The way that is written down: one of the two, or none where pictures are faces already; a ValueError otherwise.

    Models from before there were two have a truth value.

    >>> way_of("upright"), way_of(True), way_of(False)
    ('upright', 'square', '')
    """
    if isinstance(written, bool) or written is None:
        return SQUARE if written else ""
    if written not in ("", UPRIGHT, SQUARE):
        raise ValueError(f"cut {written!r}")
    return str(written)
