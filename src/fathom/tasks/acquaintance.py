"""What whoever makes somebody known should look at: pictures unlike the person's others, and like somebody else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from fathom.messages import phrase, plural
from fathom.tasks.gallery import Floats, Gallery, unit

CLEARLY = 0.3  # in similarity: of 40 drawn persons with three true pictures 10 are doubted so, of 40 wrong ones 32


def noticed(
    before: Gallery, person: str, vectors: Floats, calibration: Mapping[str, float], names: Sequence[str] = ()
) -> tuple[str, ...]:
    """What is odd about a person's new pictures, whose vectors [pictures, d] the gallery does not have yet.

    `calibration`: the model's thresholds; without them nothing is said. `names`: what to call the pictures.

    >>> known = Gallery.of(("Ada",), np.array([[1.0, 0.0, 0.0]]), np.array([0]))
    >>> new = np.array([[0.0, 1.0, 0.0], [0.0, 1.0, 0.1], [0.5, 0.0, 1.0]])
    >>> noticed(known, "Bo", new, {"threshold": 0.6, "pair_threshold": 0.5}, ["a.png", "b.png", "dog.png"])
    ('1 picture of 3 is unlike the others of the person (similarity 0.045, threshold 0.600): dog.png',)
    """
    if not {"threshold", "pair_threshold"} <= calibration.keys():
        return ()
    given = unit(vectors)
    named = list(names) or [phrase("picture {place}", place=place) for place in range(1, len(given) + 1)]
    return (
        *_unlike(before, person, given, calibration, named),
        *_like_another(before, person, given, calibration["threshold"]),
    )


def _unlike(
    before: Gallery, person: str, given: Floats, calibration: Mapping[str, float], names: list[str]
) -> list[str]:
    """Pictures that do not pass for the person of the others: clearly more like somebody else, or unlike anyhow.

    The threshold alone, strict with persons that training did not have, would doubt many sets of three true pictures.
    """
    at = before.persons.index(person) if person in before.persons else None
    held, count = (before.sums[at], int(before.counts[at])) if at is not None else (np.zeros(given.shape[1]), 0)
    others = count + len(given) - 1
    if not others:
        return []
    threshold = calibration["threshold" if others > 1 else "pair_threshold"]
    alike = np.einsum("ij,ij->i", given, unit(held + given.sum(axis=0) - given))
    elsewhere = np.array([name != person for name in before.persons])
    nearest = np.where(elsewhere, before.similarities(given), -1.0).max(axis=1)
    odd = np.flatnonzero((alike < threshold) & ((alike < nearest - CLEARLY) | (alike < 0)))
    if not len(odd):
        return []
    return [
        plural(
            len(odd),
            "{count:,} picture of {given:,} is unlike the others of the person (similarity {alike:.3f}, threshold "
            "{threshold:.3f}): {names}",
            "{count:,} pictures of {given:,} are unlike the others of the person (least similarity {alike:.3f}, "
            "threshold {threshold:.3f}): {names}",
            given=len(given),
            alike=float(alike.min()),
            threshold=threshold,
            names=", ".join(names[row] for row in odd[:20]),
        )
    ]


def _like_another(before: Gallery, person: str, given: Floats, threshold: float) -> list[str]:
    """That the pictures, one by one or all together, pass for somebody who is known under another name."""
    elsewhere = np.array([name != person for name in before.persons])
    together = given.sum(axis=0, keepdims=True)
    alike = np.where(elsewhere, before.similarities(np.vstack([given, together])), -1.0)
    best = int(alike.max(axis=0).argmax())
    if alike[:, best].max() < threshold:
        return []
    return [
        phrase(
            "These pictures look like {other} to the model (similarity {alike:.3f}, threshold {threshold:.3f}): the "
            "same person under another name, or two who will be taken for each other.",
            other=before.persons[best],
            alike=float(alike[:, best].max()),
            threshold=threshold,
        )
    ]
