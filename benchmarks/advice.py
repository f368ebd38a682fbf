"""Fit the odds of `fathom advise` on records of which family was in front, and check them on sets they have not seen.

RECORDS has a JSON line for each problem: `name` of the set, `half` ("tune" or "report"), `signs`, `family` ("deep",
"classical" or "tie"), as `advice_records.py` writes them. A penalised logistic regression is fitted on the tune half;
how strongly its coefficients are drawn to zero is chosen by leaving out one set of that half after the other. A tie
counts half for each family, and every set counts the same however many lines it has. What is written into the package
is this fit on the tune half, so that what is reported on the other half is true of what ships.

    python benchmarks/advice.py RECORDS [--dry]
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import numpy as np
from scipy.optimize import minimize

from common import heading, print_table
from fathom.protocol.advice import odds

SIGNS = ("rows", "columns", "classes", "categories", "image", "number", "bent", "stepped", "signal")  # fixed beforehand
PENALTIES = (0.3, 1.0, 3.0, 10.0, 30.0)
AHEAD = {"deep": 1.0, "tie": 0.5, "classical": 0.0}
BINS = (0.0, 0.35, 0.5, 0.65, 1.0)


def weighed(records: list[dict]) -> np.ndarray:
    """Weights by which every set counts the same, float64 [records]."""
    lines = Counter(record["name"] for record in records)
    return np.array([1 / lines[record["name"]] for record in records])


def fit(records: list[dict], penalty: float) -> dict:
    """Intercept and coefficients by penalised maximum likelihood, in the form that `odds.chance` reads."""
    raw = np.array([[record["signs"][name] for name in SIGNS] for record in records])
    weights, truth = weighed(records), np.array([AHEAD[record["family"]] for record in records])
    centre = np.average(raw, axis=0, weights=weights)
    scale = np.sqrt(np.average((raw - centre) ** 2, axis=0, weights=weights))
    scale[scale == 0] = 1.0
    x = (raw - centre) / scale

    def trouble(beta: np.ndarray) -> float:
        z = beta[0] + x @ beta[1:]
        return weights @ (np.logaddexp(0, z) - truth * z) + penalty / 2 * (beta[1:] @ beta[1:]) + beta[0] ** 2 / 8

    beta = minimize(trouble, np.zeros(1 + len(SIGNS))).x
    signs = {
        name: {
            label: round(float(value), 4)
            for label, value in zip(
                ("weight", "centre", "scale", "low", "high"),
                (beta[1 + i], centre[i], scale[i], raw[:, i].min(), raw[:, i].max()),
                strict=True,
            )
        }
        for i, name in enumerate(SIGNS)
    }
    return {"intercept": round(float(beta[0]), 4), "signs": signs}


def chances(fitted: dict, records: list[dict]) -> np.ndarray:
    """The probabilities that would be told, float64 [records]."""
    return np.array([odds.told(fitted, record["signs"]) for record in records])


def log_loss(probabilities: np.ndarray, records: list[dict]) -> float:
    """Mean surprise at which family was in front, a tie counting half for each, every set the same."""
    truth = np.array([AHEAD[record["family"]] for record in records])
    surprise = -(truth * np.log(probabilities) + (1 - truth) * np.log(1 - probabilities))
    return float(np.average(surprise, weights=weighed(records)))


def accuracy(probabilities: np.ndarray, records: list[dict]) -> float | None:
    """Share of the problems without a tie whose family is named; None where there are none."""
    clear = [i for i, record in enumerate(records) if record["family"] != "tie"]
    if not clear:
        return None
    right = [(probabilities[i] > 0.5) == (records[i]["family"] == "deep") for i in clear]
    return float(np.average(right, weights=weighed(records)[clear]))


def left_out(records: list[dict], penalty: float) -> float:
    """Log-loss on each set from a fit on all others."""
    made = np.empty(len(records))
    for name in {record["name"] for record in records}:
        out = [i for i, record in enumerate(records) if record["name"] == name]
        fitted = fit([record for record in records if record["name"] != name], penalty)
        made[out] = chances(fitted, [records[i] for i in out])
    return log_loss(made, records)


def counted(records: list[dict]) -> dict[str, dict[str, int]]:
    """For tables and pictures: how many sets, and who was in front of them at the largest size."""
    largest = {record["name"]: record for record in sorted(records, key=lambda record: record["signs"]["rows"])}
    found = {}
    for reads in ("table", "image"):
        families = Counter(
            record["family"] for record in largest.values() if bool(record["signs"]["image"]) == (reads == "image")
        )
        found[reads] = {"sets": families.total(), **{family: families[family] for family in AHEAD}}
    return found


def show(told: dict[str, np.ndarray], records: list[dict]) -> None:
    """Print how good each way of telling is, and how often what was given some probability came true."""
    print_table(
        ["on the other half", "right, ties left out", "log-loss"],
        [[name, accuracy(values, records) or 0.0, log_loss(values, records)] for name, values in told.items()],
    )
    truth = np.array([AHEAD[record["family"]] for record in records])
    values, rows = told["fitted odds"], []
    for low, high in pairwise(BINS):
        inside = (values >= low) & (values < high)
        if inside.any():
            rows.append([f"{low} to {high}", int(inside.sum()), values[inside].mean(), truth[inside].mean()])
    print()
    print_table(["told that deep is in front", "problems", "told on average", "was so (a tie: half)"], rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("records", type=Path)
    parser.add_argument("--dry", action="store_true", help="write nothing into the package")
    chosen = parser.parse_args()
    records = [json.loads(line) for line in chosen.records.read_text("utf-8").splitlines()]
    halves = {half: [record for record in records if record["half"] == half] for half in ("tune", "report")}
    sets = {half: len({record["name"] for record in lines}) for half, lines in halves.items()}
    heading(f"Advice: odds from {sets['tune']} sets, checked on {sets['report']} others")
    penalty = min(PENALTIES, key=lambda each: left_out(halves["tune"], each))
    fitted = fit(halves["tune"], penalty)
    pictures = np.array([record["signs"]["image"] for record in halves["report"]]) > 0
    base = np.average([AHEAD[record["family"]] for record in halves["tune"]], weights=weighed(halves["tune"]))
    told = {
        "fitted odds": chances(fitted, halves["report"]),
        "classical on tables, deep on pictures": np.where(pictures, odds.MOST, odds.LEAST),
        "the share of the tune half": np.full(len(pictures), float(np.clip(base, odds.LEAST, odds.MOST))),
    }
    print("families:", {half: dict(Counter(record["family"] for record in lines)) for half, lines in halves.items()})
    print(f"penalty {penalty}, log-loss with one set left out {left_out(halves['tune'], penalty):.3f}\n")
    print_table(["sign", "weight"], [[name, one["weight"]] for name, one in fitted["signs"].items()])
    print()
    show(told, halves["report"])
    right = accuracy(told["fitted odds"], halves["report"])
    written = {
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
        "sets": sets["tune"],
        "checked": {"sets": sets["report"], "accuracy": None if right is None else round(right, 3)},
        "reads": counted(records),
        "penalty": penalty,
        **fitted,
    }
    if not chosen.dry:
        odds.FILE.write_text(json.dumps(written, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
