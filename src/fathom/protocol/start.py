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
    if not labels_pictures(learned) or not labels_pictures(task):
        raise FathomError(
            phrase(
                "The model '{name}' was learned for {learned}; {task} cannot start from it.",
                name=named,
                learned=learned,
                task=task,
            ),
            where="--from",
            remedy=phrase("Models on pictures can be used again for pictures; else name a published network."),
        )
    if learner not in SEEING or record["card"].get("maker", "catalog") != "catalog":
        raise FathomError(
            phrase(
                "The model '{name}' is of '{learner}', which has no layers that could be used again.",
                name=named,
                learner=learner,
            ),
            where="--from",
            remedy=phrase(
                "These have: {names}. Train one of them first: fathom train ... --learner {first}",
                names=", ".join(SEEING),
                first=SEEING[0],
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
    if not labels_pictures(task):
        return []
    found = (
        each["name"] for each in store.models() if each["learner"] in SEEING and labels_pictures(str(each["task"]))
    )
    return list(dict.fromkeys(found))


def labels_pictures(task: str) -> bool:
    """Whether a task says of pictures as a whole what or who they are; nothing known of one of another version."""
    try:
        row = catalog.task(task)
    except FathomError:
        return False
    return row.reads == "image" and row.output in ("label", "labels", "identity")
