"""A trained model in the terminal."""

from __future__ import annotations

from fathom import catalog
from fathom.cli import output
from fathom.cli.verdict import score
from fathom.messages import again, phrase
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
        rows.append((name, score(measure, value, low, high), again(measure.summary)))
    header = (phrase("measure"), phrase("score (95 % interval)"), phrase("what it is"))
    table = output.table(header, rows, right=[1])
    stored = f"{card['stored']['name']}@{card['stored']['version']}"
    lines = [
        phrase("{name} on {rows:,} test rows", name=model.name, rows=card["test_rows"]),
        f"\n{table}\n",
        phrase("stored:      {stored}, in {path}", stored=stored, path=card["stored"]["path"]),
        phrase("serve it:    fathom serve {name}", name=stored),
        phrase("predict:     fathom predict {name} DATA --out predictions.csv", name=stored),
    ]
    return "\n".join(lines)
