"""The options that several verbs share, each written once."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any

import typer

from fathom import catalog
from fathom.data.kinds import Kind
from fathom.errors import FathomError
from fathom.messages import phrase

Data = Annotated[
    str,
    typer.Argument(
        metavar="DATA",
        help=phrase(
            "A CSV, JSON Lines, Parquet, Arrow or Excel file, a folder of pictures, sample:NAME, openml:ID, hf:NAME."
        ),
        show_default=False,
    ),
]
ModelName = Annotated[
    str, typer.Argument(metavar="MODEL", help=phrase("A name in the store (digits, digits@2) or a model's folder."))
]
Json = Annotated[bool, typer.Option("--json", help=phrase("Print the result as JSON."))]
PredictIfAny = Annotated[
    str | None,
    typer.Option(
        "--predict",
        metavar="COLUMN",
        help=phrase("The column to predict; where anomalies are sought, the one to test by, or none."),
        show_default=False,
    ),
]
Alerts = Annotated[
    str | None,
    typer.Option(
        "--alerts",
        metavar="BUDGET",
        help=phrase(
            "At most so many alerts: '20 per day'; where anomalies are sought also a share of the rows, such as 0.01."
        ),
    ),
]
TaskName = Annotated[
    str | None, typer.Option("--task", help=phrase("The kind of question, where the data leaves it open."))
]
Minutes = Annotated[
    float, typer.Option("--minutes", min=0.01, max=100_000, help=phrase("How long it may take in all."))
]
TestFile = Annotated[
    str | None,
    typer.Option("--test", metavar="FILE", help=phrase("Rows to test on, where they are a file of their own.")),
]
Group = Annotated[
    str | None,
    typer.Option("--group", metavar="COLUMN", help=phrase("Rows with the same value stay on one side of the split.")),
]
Time = Annotated[
    str | None,
    typer.Option("--time", metavar="COLUMN", help=phrase("Train on the past, test on the future of this column.")),
]
Drop = Annotated[
    list[str] | None,
    typer.Option("--drop", metavar="COLUMNS", help=phrase("Columns to leave out, with commas between.")),
]
Kinds = Annotated[
    list[str] | None,
    typer.Option(
        "--kind",
        metavar="COLUMN=KIND",
        help=phrase("What a column holds, where the guess is wrong: number, category ..."),
    ),
]
MeasureName = Annotated[str | None, typer.Option("--measure", help=phrase("The measure that decides."))]
Pretrain = Annotated[
    str | None,
    typer.Option(
        "--pretrain",
        metavar="COLUMN_OR_FILE",
        help=phrase("Texts without labels for networks to learn from first: a column, a text file or a folder."),
    ),
]
From = Annotated[
    str | None,
    typer.Option(
        "--from",
        metavar="NAME_OR_FOLDER",
        help=phrase(
            "A trained network to start from, by its folder or its name on the hub, or a model of the store on "
            "pictures; needs [pretrained]."
        ),
    ),
]
Gazetteer = Annotated[
    list[str] | None,
    typer.Option(
        "--gazetteer",
        metavar="NAME=FILE",
        help=phrase("Names that you know, one on each line of a text file, for learners that look for them."),
    ),
]
FalseAccepts = Annotated[
    float,
    typer.Option("--far", help=phrase("Share of strangers that may be taken for somebody, where faces are known.")),
]
By = Annotated[
    str | None,
    typer.Option("--by", metavar="COLUMN", help=phrase("A column for whose values the report tells errors apart.")),
]
Entity = Annotated[
    list[str] | None,
    typer.Option(
        "--entity", metavar="COLUMNS", help=phrase("Of frauds: whose earlier rows count, such as card,device,merchant.")
    ),
]
Amount = Annotated[
    str | None, typer.Option("--amount", metavar="COLUMN", help=phrase("Of frauds: the amount that a row moves."))
]
ReviewCost = Annotated[
    float | None,
    typer.Option("--review-cost", help=phrase("Of frauds: what looking at an alert costs, in the amount's unit.")),
]
LabelDelay = Annotated[
    str | None,
    typer.Option("--label-delay", metavar="TIME", help=phrase("Of frauds: how long a label takes to arrive, as 30d.")),
]
Horizon = Annotated[
    int | None,
    typer.Option("--horizon", min=1, metavar="STEPS", help=phrase("Forecast series: how many steps ahead.")),
]
Series = Annotated[
    list[str] | None,
    typer.Option("--series", metavar="COLUMNS", help=phrase("Of forecasts: the columns that tell series apart.")),
]
Known = Annotated[
    list[str] | None,
    typer.Option("--known", metavar="COLUMNS", help=phrase("Of forecasts: columns that are known ahead.")),
]
Holidays = Annotated[
    str | None,
    typer.Option("--holidays", metavar="COUNTRY", help=phrase("Of forecasts: the country whose holidays count, KR.")),
]
Season = Annotated[
    int | None,
    typer.Option("--season", min=1, help=phrase("Of forecasts: steps after which series repeat themselves.")),
]
Step = Annotated[
    str | None,
    typer.Option("--step", help=phrase("Of forecasts: from one value to the next, where the data does not say: 1w.")),
]
Name = Annotated[str | None, typer.Option("--name", help=phrase("The name in the store; else the data's."))]
Seed = Annotated[int, typer.Option("--seed", min=0, help=phrase("The seed of every random choice."))]
Device = Annotated[str, typer.Option("--device", help=phrase("auto, cpu or cuda."))]
StoreFolder = Annotated[
    str | None, typer.Option("--store", metavar="FOLDER", help=phrase("The store, else $FATHOM_STORE or ~/.fathom."))
]

FAR = 0.01  # as in tasks/identities.py, which brings NumPy
DEVICES = ("auto", "cpu", "cuda")
NEAR = 0.7  # so that "gpu" is not taken for a slip of "cpu"


def names(values: Sequence[str] | None) -> list[str]:
    """The names in options like `--drop a,b --drop c`.

    >>> names(["a, b", "c"])
    ['a', 'b', 'c']
    """
    return [name.strip() for value in values or () for name in value.split(",") if name.strip()]


def kinds(values: Sequence[str] | None) -> dict[str, str]:
    """The kind for each column in options like `--kind zip=category`.

    >>> kinds(["zip=category"])
    {'zip': 'category'}
    """
    found = {}
    for value in values or ():
        column, equals, kind = value.rpartition("=")
        if not (column and equals and kind):
            raise FathomError(
                phrase("'{value}' is not COLUMN=KIND.", value=value),
                where="--kind",
                remedy=phrase("Write it like --kind zip=category."),
            )
        found[column.strip()] = known(kind.strip(), tuple(Kind), "kind", "--kind")
    return found


def gazetteers(values: Sequence[str] | None) -> dict[str, str]:
    """The file for each list in options like `--gazetteer city=cities.txt`.

    >>> gazetteers(["city=cities.txt"])
    {'city': 'cities.txt'}
    """
    found: dict[str, str] = {}
    for value in values or ():
        label, equals, path = (part.strip() for part in value.partition("="))
        if not (label and equals and path) or label in found:
            raise FathomError(
                phrase("'{label}' is the name of two lists.", label=label)
                if label in found
                else phrase("'{value}' is not NAME=FILE.", value=value),
                where="--gazetteer",
                remedy=phrase("Write it like --gazetteer city=cities.txt."),
            )
        found[label] = path
    return found


def known(name: str, choices: Sequence[str], what: str, where: str) -> str:
    """The name, where it is one of the choices; else an error that suggests the nearest."""
    if name in choices:
        return name
    listed = ", ".join(choices)
    refused = {
        "task": (phrase("There is no task '{name}'.", name=name), phrase("The tasks are: {names}.", names=listed)),
        "learner": (
            phrase("There is no learner '{name}'.", name=name),
            phrase("The learners are: {names}.", names=listed),
        ),
        "kind": (phrase("There is no kind '{kind}'.", kind=name), phrase("The kinds are: {names}.", names=listed)),
        "format": (
            phrase("There is no format '{to}'.", to=name),
            phrase("The formats are: {names}.", names=listed),
        ),
        "device": (
            phrase("There is no device '{device}'.", device=name),
            phrase("The devices are: {names}.", names=listed),
        ),
    }
    error, remedy = refused[what]
    if near := difflib.get_close_matches(name, choices, n=1, cutoff=NEAR):
        remedy = phrase("Did you mean '{near}'? {others}", near=near[0], others=remedy)
    raise FathomError(error, where=where, remedy=remedy)


READ: dict[str, Callable[[Sequence[str] | None], Any]] = {
    "learners": names,
    "drop": names,
    "kinds": kinds,
    "gazetteers": gazetteers,
    "entity": names,
    "series": names,
    "known": names,
}
OWN = ("data", "report", "store", "as_json")  # what a verb keeps to itself


def arguments(given: Mapping[str, Any]) -> dict[str, Any]:
    """What the verb of the same name in Python is given, each name held against what there is before data is read.

    `given` are all arguments of the command.

    >>> arguments({"data": "a.csv", "task": None, "drop": ["a,b"], "seed": 1})
    {'task': None, 'drop': ['a', 'b'], 'seed': 1}
    """
    found = {name: READ[name](value) if name in READ else value for name, value in given.items() if name not in OWN}
    if found.get("task") is not None:
        known(found["task"], [row.name for row in catalog.TASKS], "task", "--task")
    wanted = [("--learners", name) for name in found.get("learners", ())]
    for flag, name in [("--learner", found["learner"])] if "learner" in found else wanted:
        known(name, [row.name for row in catalog.learners([name])], "learner", flag)
    if "learners" in found:
        found["learners"] = found["learners"] if given["learners"] else None
    if "device" in found:
        known(found["device"], DEVICES, "device", "--device")
    return found
