"""From a table to a model that predicts: check, compare, predict.

    python examples/from_a_table.py [FOLDER] [MINUTES]

The table is written here, from a sample that comes with fathom; put your own file in its place.
"""

import sys
from pathlib import Path

import fathom


def main(folder=".", minutes=0.4):
    table = Path(folder) / "customers.csv"
    fathom.read("sample:customers").frame.write_csv(table)

    checkup = fathom.check(table, predict="plan")
    for finding in checkup.findings:
        if finding.level in ("warning", "error"):
            print(finding.level, finding.what, finding.remedy)

    study = fathom.compare(
        table,
        predict="plan",
        minutes=float(minutes),
        learners=["logistic-regression", "gradient-boosting"],  # leave out to try all that fit, deep ones too
        store=Path(folder) / "store",
    )
    print(study.verdict)

    customer = {"age": 44, "region": "Seoul", "people": 2, "company": False, "income": 34800, "usage": 28.5}
    customer |= {"support_calls": 2, "joined": "2021-05-01"}
    answer = study.best.predict([customer])
    for plan, probability in zip(answer.classes, answer.probabilities[0], strict=True):
        print(f"{plan}: {probability:.0%}")


if __name__ == "__main__":
    main(*sys.argv[1:])
