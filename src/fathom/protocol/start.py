"""Where a study's contenders start from: a trained network by its place, or a model that this store keeps."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from fathom import catalog
from fathom.errors import FathomError, TrainingError
from fathom.folders import check_manifest
from fathom.messages import phrase
from fathom.model import FILE, read_record
from fathom.store import Store

SEEING = ("convolutional", "transformer", "pretrained")  # learners whose networks can be used again for pictures
FINDING = ("convolutional", "pretrained")  # and those whose networks have maps in which things are found
LABELS, BOXES = ("label", "labels", "identity"), "boxes"  # what is said of pictures
SEPARATOR = "@"
SHOWN = 20  # names


def starting_point(named: str, store: Store, task: str) -> str:
    """What `named` stands for: the folder of a model of the store, else as it is, a folder or a name on the hub.

    A StoreError where the model's version is unknown or its files are damaged, a FathomError that says why where the
    model cannot be used for this task.
    """
    folder = Path(named).expanduser()
    if not folder.is_dir():
        if not store.holds(named.partition(SEPARATOR)[0]):
            return named
        folder = store.model_path(named)
    if not (folder / FILE).is_file():
        return named
    record = read_record(folder)
    learner, learned = str(record["learner"]), str(record["problem"].get("task"))
    if not fits(learned, task):
        raise FathomError(
            phrase(
                "The model '{name}' was learned for {learned}; {task} cannot start from it.",
                name=named,
                learned=learned,
                task=task,
            ),
            where="--from",
            remedy=phrase(
                "A network that finds boxes has learned nothing of whole pictures; start from a model that labels "
                "them, or name a published network."
            )
            if output_of(learned) == BOXES and output_of(task)
            else phrase("Models on pictures can be used again for pictures; else name a published network."),
        )
    able = SEEING if output_of(task) != BOXES else FINDING
    if learner not in able or record["card"].get("maker", "catalog") != "catalog":
        raise FathomError(
            phrase(
                "The model '{name}' is of '{learner}', which has no layers that could be used again.",
                name=named,
                learner=learner,
            )
            if learner not in SEEING or learner in able
            else phrase(
                "The model '{name}' is of '{learner}', whose network has no maps in which things could be found.",
                name=named,
                learner=learner,
            ),
            where="--from",
            remedy=phrase(
                "These have: {names}. Train one of them first: fathom train ... --learner {first}",
                names=", ".join(able),
                first=able[0],
            ),
        )
    check_manifest(folder)
    return str(folder.resolve())


@contextmanager
def suggested(store: Store, task: str) -> Iterator[None]:
    """Where what was named is not there, the store's models that could be meant are told."""
    try:
        yield
    except TrainingError as error:
        names = usable(store, task)
        if not names:
            raise
        further = phrase("Models of the store that can be started from: {names}.", names=", ".join(names[:SHOWN]))
        raise TrainingError(error.what, where=error.where, remedy=f"{error.remedy} {further}") from error


def usable(store: Store, task: str) -> list[str]:
    """The names of the store's models that this task can start from."""
    able = SEEING if output_of(task) != BOXES else FINDING
    found = (each["name"] for each in store.models() if each["learner"] in able and fits(str(each["task"]), task))
    return list(dict.fromkeys(found))


def fits(learned: str, task: str) -> bool:
    """Whether what was learned for one task can be used again for another.

    >>> fits("image-classification", "face-recognition"), fits("image-classification", "object-detection")
    (True, True)
    >>> fits("object-detection", "object-detection"), fits("object-detection", "image-classification")
    (True, False)
    """
    before, now = output_of(learned), output_of(task)
    return bool(before and now) and (now == BOXES or before != BOXES)


def output_of(task: str) -> str:
    """What a task says of pictures; nothing where it reads none, or is one of another version."""
    try:
        row = catalog.task(task)
    except FathomError:
        return ""
    return row.output if row.reads == "image" and row.output in (*LABELS, BOXES) else ""
