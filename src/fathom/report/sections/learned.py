"""What the network learned from pictures: its first filters, beside what excites each of them most."""

from __future__ import annotations

import base64
from typing import Any

import numpy as np
import numpy.typing as npt

from fathom.data import media
from fathom.errors import DataError
from fathom.messages import phrase
from fathom.report import pictures, wording
from fathom.report.evidence import Evidence
from fathom.report.html import Markup, tag

HEIGHT = 48  # pixels of a filter on the page


def filters(evidence: Evidence) -> list[dict[str, Any]]:
    """The filters that were found; empty where there are none."""
    found = (evidence.insight or {}).get("filters") or []
    return [each for each in found if each["patches"]]


def body(evidence: Evidence) -> Markup | None:
    """Each filter as a picture with its patches; None where no network was looked into."""
    found = filters(evidence)
    if not found:
        return None
    learner = str((evidence.insight or {})["learner"])
    if found[0].get("average"):
        title = phrase("What excites the first layer of {learner}", learner=learner)
        caption = phrase(
            "Each unit reads a whole picture. Left, how the pictures that excite it most differ from the others on "
            "average: white is brighter, black darker, gray alike. Right, the test pictures that excite it most."
        )
    else:
        title = phrase("The first filters of {learner}, which nobody made", learner=learner)
        caption = phrase(
            "Left, the weights of a filter: bright counts for it, dark against it, gray is nothing, each of red, green "
            "and blue by itself where pictures are in colour. Right, the patches of test pictures that excite it most."
        )
    shown = [_filter(each, position) for position, each in enumerate(found, start=1)]
    return tag(
        "figure",
        tag("p", title, class_="figure-title"),
        tag("div", shown, class_="filters"),
        tag("figcaption", caption),
        class_="plot",
    )


def _filter(found: dict[str, Any], position: int) -> Markup:
    try:
        weights = _decoded(found["weights"])
        patches = [_decoded(each) for each in found["patches"]]
    except (DataError, OSError, ValueError):
        return tag("div", wording.NOTHING)
    name = phrase("filter {position}", position=position)
    excite = phrase("what excites filter {position} most", position=position)
    return tag(
        "div",
        pictures.enlarged(weights, HEIGHT, name),
        pictures.enlarged(_strip(patches), HEIGHT, excite),
        class_="pixel-pair",
    )


def _decoded(text: str) -> npt.NDArray[np.uint8]:
    return media.decode(base64.b64decode(text), None, 3)


def _strip(patches: list[npt.NDArray[np.uint8]]) -> npt.NDArray[np.uint8]:
    """Patches of one size side by side, uint8 [height, width, 4], nothing but a pixel of the page between them."""
    opaque = [np.dstack([patch, np.full(patch.shape[:2], 255, dtype=np.uint8)]) for patch in patches]
    gap = np.zeros((patches[0].shape[0], 1, 4), dtype=np.uint8)
    return np.concatenate([piece for patch in opaque for piece in (gap, patch)][1:], axis=1)
