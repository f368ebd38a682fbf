"""Which pictures a model has learned from: kept beside it as digests, and held to the test rows of who starts there.

A network that saw a test row, under whatever label, answers it better than a new one: such a score promises too much.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from fathom.data import media
from fathom.data.dataset import Dataset
from fathom.data.finding import Finding
from fathom.data.kinds import Kind
from fathom.data.same_files import contents
from fathom.errors import StoreError
from fathom.folders import write_json
from fathom.messages import again, phrase
from fathom.model import FILE as MODEL_FILE
from fathom.model import read_record
from fathom.protocol.opening import Opening
from fathom.protocol.prepare import Prepared
from fathom.protocol.start import SEEING, output_of
from fathom.tasks.problem import Problem

FILE, FORMAT = "seen.json", 1
LEARNER = "learner"  # the folder of a model that a contender starts from
DIGITS = 16  # of a digest that are kept: 8 bytes tell 100,000 pictures apart
MOST = 100_000  # rows of a study
PIXELS, FILES = "pixels", "files"  # what was digested
Digests = npt.NDArray[np.uint64]
REMEDY = phrase(
    "Train the first model on other rows (the same data and seed give the same test rows), or leave these rows out; "
    "scores on them promise too much."
)


def remembered(prepared: Prepared, learner: str | None, start: str | None) -> Callable[[Path], None] | None:
    """What writes the digests of this study's training and validation pictures beside the model of `learner`.

    None where no study can start from that model. What the folder `start` remembers is remembered too.
    """
    if learner not in SEEING or not output_of(prepared.task.name):
        return None

    def write(folder: Path) -> None:
        known = _read(Path(start).parent) if start else None
        kept: dict[str, list[Digests]] = {name: [] if known is None else [known[name]] for name in (PIXELS, FILES)}
        rows = 0 if known is None else known["rows"]
        for part in (prepared.train, prepared.valid):
            rows += len(part)
            for kind, found, _ in _digested(part, prepared.problem):
                kept[kind].append(found)
        told = {name: np.unique(np.concatenate(each or [_none()])) for name, each in kept.items()}
        whole = (known is None or known["whole"]) and rows <= MOST
        texts = {name: _some(each, MOST).astype(">u8").tobytes().hex() for name, each in told.items()}
        write_json(folder / FILE, {"format": FORMAT, "rows": rows, "whole": whole, **texts})

    return write


def findings(backbone: Path, opening: Opening) -> list[Finding]:
    """What is to be said of a model that contenders start from: a warning where it has learned from test rows.

    `backbone` is the folder of its learner. Nothing is said of a network that no study made.
    """
    folder, prepared = backbone.parent, opening.prepared
    if backbone.name != LEARNER or not (folder / MODEL_FILE).is_file():
        return []
    known = _read(folder)
    if known is None:
        return [_unknown(folder, opening)]
    hit, comparable = np.zeros(len(prepared.test), dtype=bool), True
    for column in prepared.problem.inputs_of(Kind.IMAGE):
        test = prepared.test.select([column])
        for kind in (PIXELS, FILES):
            if not len(known[kind]):
                continue
            if kind == FILES and media.is_unfolded(test[column]):
                comparable = False  # of the one only files are known, of the other only pixels
                continue
            for _, found, rows in _digested(test, prepared.problem, pixels=kind == PIXELS):
                hit[rows] |= np.isin(found, known[kind])
    rows = np.flatnonzero(hit)
    if len(rows):
        what = phrase(
            "The model that is started from has learned from {count:,} of the {rows:,} test rows",
            count=len(rows),
            rows=len(hit),
        )
        return [Finding("warning", what, (), tuple(map(int, rows[:100])), again(REMEDY))]
    if comparable and known["whole"] and len(hit) <= MOST:
        return [Finding("ok", phrase("The model that is started from has learned from no test row."))]
    return [_unknown(folder, opening)]


def _unknown(folder: Path, opening: Opening) -> Finding:
    """What is said where nobody can tell: a warning where the same data was divided in another way."""
    try:
        card = read_record(folder)["card"]
    except StoreError:
        card = {}
    ours = opening.card()
    divided = card.get("fingerprint") == ours["fingerprint"] and card.get("seed") != ours["seed"]
    what = phrase(
        "Whether the model that is started from has learned from test rows is not known: not all of its training "
        "pictures can be compared with them"
    )
    if divided:
        what = phrase(
            "The model that is started from was trained on the same data with another seed, and has learned from "
            "some of the test rows"
        )
    return Finding("warning" if divided else "unchecked", what, (), (), again(REMEDY))


def _digested(
    part: Dataset, problem: Problem, *, pixels: bool = False
) -> list[tuple[str, Digests, npt.NDArray[np.intp]]]:
    """Of each column of pictures: what was digested, the digests, and their rows."""
    found = []
    rows = _some(np.arange(len(part), dtype=np.intp), MOST)
    for name in problem.inputs_of(Kind.IMAGE):
        if name not in part.names:
            continue
        cells = part[name].gather(rows)
        kind = PIXELS if pixels or media.is_unfolded(cells) else FILES
        digests = contents(cells, part.folder, pixels=pixels)
        read = np.array([bool(each) for each in digests], dtype=bool)
        numbers = np.array([int(each[:DIGITS], 16) for each in digests if each], dtype=np.uint64)
        found.append((kind, numbers, rows[read]))
    return found


def _some(values: npt.NDArray[Any], most: int) -> npt.NDArray[Any]:
    """The values, or as many of them as are kept, evenly taken."""
    if len(values) <= most:
        return values
    return values[np.linspace(0, len(values) - 1, most).astype(np.intp)]


def _none() -> Digests:
    return np.zeros(0, dtype=np.uint64)


def _read(folder: Path) -> dict[str, Any] | None:
    """What a model remembers; None where it does not, or not in a way that is understood."""
    try:
        data = json.loads((folder / FILE).read_text("utf-8"))
        if data["format"] != FORMAT:
            return None
        found = {name: np.frombuffer(bytes.fromhex(data[name]), ">u8").astype(np.uint64) for name in (PIXELS, FILES)}
        return {**found, "rows": int(data["rows"]), "whole": bool(data["whole"])}
    except (OSError, ValueError, KeyError, TypeError):
        return None
