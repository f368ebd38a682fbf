"""A trained model in the terminal."""

from __future__ import annotations

from fathom import catalog
from fathom.cli import output
from fathom.cli.verdict import score
from fathom.model import Model
from fathom.tasks.task import Task


def told(model: Model) -> str:
    """How the model scored on the test rows, by what name it is stored, what to do next."""
    card = model.card
    task: Task = catalog.load(catalog.task(model.problem.task).path)
    rows = []
    for name, value in card["scores"].items():
        measure = task.measure(name)
        low, high = (card["low"], card["high"]) if name == card["measure"] else (None, None)
        rows.append((name, score(measure, value, low, high), measure.summary))
    table = output.table(("measure", "score (95 % interval)", "what it is"), rows, right=[1])
    stored = f"{card['stored']['name']}@{card['stored']['version']}"
    return (
        f"{model.name} on {card['test_rows']:,} test rows\n\n{table}\n\n"
        f"stored:      {stored}, in {card['stored']['path']}\n"
        f"serve it:    fathom serve {stored}\n"
        f"predict:     fathom predict {stored} DATA --out predictions.csv"
    )
