"""What `verdict.py` found, in tables: what was foretold against what happened, and probabilities against outcomes."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import numpy as np

from common import heading, print_table
from experience import TASKS, fit
from fathom.protocol.contenders import BASELINE
from fathom.protocol.curves.forecast import forecast
from fathom.protocol.curves.outlook import LEAST_SIZES, kept
from fathom.protocol.curves.weighing import Leaning
from fathom.protocol.grown import choice


def foretold(known: dict, folder: Path, leaning: Leaning | None) -> dict:
    """The forecast drawn anew from what the study measured, at the size that was then learned."""
    measured = folder / f"{known['name']}.npz"
    found = kept(measured) if measured.exists() else []
    late = {
        learner for learner, _, rows, _, _, _, hurried in known.get("points", []) if hurried and rows == known["rows"]
    }
    found = [replace(each, hurried=each.learner in late) for each in found]
    curves, outlook = forecast(
        found,
        rows=float(known["rows"]),
        bounds=(0.0, 1.0) if known["sign"] > 0 else (0.0, math.inf),
        higher_is_better=known["sign"] > 0,
        margin=known["margin"],
        leaning=leaning,
    )
    size = known["whole_rows"]
    several = {each.learner for each in found if len(np.unique(each.rows)) >= LEAST_SIZES}
    told = {
        curve.learner: curve.at(size)
        for curve in curves
        if curve.learner in known["found"] and curve.learner in several
    }
    naive = known["leader_now"]
    return {
        "told": told,
        "ahead": None if outlook is None else outlook.probability(size),
        "naive": None if None in naive.values() else known["sign"] * (naive["deep"] - naive["classical"]) > 0,
        "recommended": None if outlook is None else choice(outlook, outlook.nearest(size), known["recommended"]),
        "crossing": outlook.crossing[0] if outlook and outlook.crossing else None,
    }


def leanings(records: list[dict], wholes: list[dict], lean: bool) -> list[Leaning | None]:
    """What each forecast leans on: experience from the tuned half, without the set itself; None for pictures."""
    tuned = {each["name"]: each for each in wholes if each["half"] == "tune"}
    found: list[Leaning | None] = []
    for known in records:
        others = [each for name, each in tuned.items() if name != known["name"]]
        able = lean and known["task"] in TASKS
        found.append(Leaning(fit(others), squared=known["measure"] in ("rmse", "mae")) if able else None)
    return found


def crossed(known: dict) -> float | None:
    """Training rows at which the lead changed hands on the way from an eighth to all rows; None: it did not.

    Both ends were learned with ample time and tested on the same rows; between them it is placed by the logarithm of
    rows. What leads by less than half the margin at an end leads by chance.
    """
    if "start" not in known:
        return None
    begun = known["start"]
    gaps = [(begun["whole_rows"], begun["deep_minus_classical"]), (known["whole_rows"], known["deep_minus_classical"])]
    (size, gap), (larger, then) = gaps
    if gap is None or then is None or min(abs(gap), abs(then)) < known["margin"] / 2 or gap * then > 0:
        return None
    share = gap / (gap - then)
    return float(math.exp(math.log(size) + share * math.log(larger / size)))


def summary(records: list[dict], folder: Path, leaning: list[Leaning | None]) -> list[tuple[float, bool]]:
    """The tables of one half; gives the probabilities of deep, and whether it was ahead."""
    told = [(each, foretold(each, folder, lean)) for each, lean in zip(records, leaning, strict=True)]
    told = [(k, t) for k, t in told if k["deep_minus_classical"] is not None]
    families = [(k, t) for k, t in told if abs(k["deep_minus_classical"]) >= k["margin"]]
    right = [(t["ahead"] > 0.5) == (k["deep_minus_classical"] > 0) for k, t in families if t["ahead"] is not None]
    naive = [t["naive"] == (k["deep_minus_classical"] > 0) for k, t in families if t["naive"] is not None]
    regrets = {how: [regret(k, learner(k, t)) for k, t in told] for how, learner in ADVISERS.items()}
    beaten = [t["recommended"] not in k["beaten"] for k, t in told if "beaten" in k and t["recommended"]]
    inside = [covered(k, name, at) for k, t in told for name, at in t["told"].items()]
    crossings = [(crossed(k), t["crossing"]) for k, t in told]
    near = [said is not None and 0.5 <= said / true <= 2 for true, said in crossings if true]
    within = [s for (k, _), (t, s) in zip(told, crossings, strict=True) if s and not t and s < k["whole_rows"]]
    cost = [k["seconds"] / k["whole_seconds"] for k, _ in told]
    spent = [k["spent"] / k["whole_spent"] for k, _ in told if "spent" in k]
    unfinished = [name in k["unfinished"] for k, _ in told for name in {*k["found"], *k["unfinished"]} - {BASELINE}]
    print_table(
        ["asked", "figure", "goal"],
        [
            ["sets; outside ties", f"{len(told)}; {len(families)}", ""],
            ["family called right", share(right), "90 %"],
            ["whoever leads at an eighth", share(naive), ""],
            *[
                [f"regret at most the margin: {how}", share([r <= 1 for r in each]), "90 %"]
                for how, each in regrets.items()
            ],
            ["with the grown one, not beaten by the margin beyond chance", share(beaten), ""],
            ["90 % intervals that hold the score", share([wide for _, wide in inside]), "87 to 93 %"],
            ["the same, the test rows' own noise not added", share([narrow for narrow, _ in inside]), ""],
            ["crossings within a factor of 2", share(near), "70 %"],
            ["crossings foretold on the way that did not happen", f"{len(within)}", ""],
            ["training seconds of the study, median share of the whole", median(cost), "10 %"],
            ["all seconds of the study, median share of the whole", median(spent), ""],
            ["of all trainings on all rows, cut short or dropped", share(unfinished), ""],
        ],
    )
    return [(t["ahead"], k["deep_minus_classical"] > 0) for k, t in told if t["ahead"] is not None]


def median(shares: list[float]) -> str:
    """The median of shares, in percent."""
    return f"{100 * np.median(shares):.0f} %" if shares else "not measured"


def calibration(pairs: list[tuple[float, bool]]) -> None:
    """How often deep was ahead where some probability of it was told."""
    heading("The verdict: probabilities that deep is ahead, and how often it was")
    rows = [[f"{told:.2f}", share(won), len(won)] for told, won in binned(pairs)]
    print_table(["told on average", "deep was ahead", "sets"], rows)


def binned(pairs: list[tuple[float, bool]]) -> list[tuple[float, list[bool]]]:
    """Fifths of probability that something was told in: the mean of it, and what happened."""
    found = []
    for low in (0.0, 0.2, 0.4, 0.6, 0.8):
        inside = [(told, won) for told, won in pairs if low <= told < low + 0.2 or told == low + 0.2 == 1.0]
        if inside:
            found.append((float(np.mean([told for told, _ in inside])), [won for _, won in inside]))
    return found


def plot(pairs: list[tuple[float, bool]], path: Path) -> None:
    """The calibration as a picture: dots with 95 % intervals (Wilson 1927) beside the diagonal, in a text file."""
    lines = [
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 420 400" font-family="sans-serif" font-size="12">',
        '<rect width="420" height="400" fill="white"/>',
        '<path d="M60 340H400M60 340V20" stroke="#555" fill="none"/>',
        '<path d="M60 340L400 20" stroke="#999" stroke-dasharray="5 4"/>',
        '<text x="230" y="385" text-anchor="middle">told: the probability that deep is ahead</text>',
        '<text transform="translate(16 180) rotate(-90)" text-anchor="middle">how often it was</text>',
    ]
    for tick in (0, 0.25, 0.5, 0.75, 1):
        lines.append(f'<text x="{_x(tick):.0f}" y="358" text-anchor="middle">{tick:.0%}</text>')
        lines.append(f'<text x="52" y="{_y(tick) + 4:.0f}" text-anchor="end">{tick:.0%}</text>')
    for told, won in binned(pairs):
        count, rate = len(won), float(np.mean(won))
        middle, half = (rate + 1.92 / count) / (1 + 3.84 / count), 1.96 / (1 + 3.84 / count)
        half *= math.sqrt(rate * (1 - rate) / count + 0.96 / count**2)
        at, low, high = _x(told), _y(middle - half), _y(middle + half)
        lines.append(f'<path d="M{at:.1f} {low:.1f}V{high:.1f}" stroke="#0072b2" stroke-width="2"/>')
        lines.append(f'<circle cx="{at:.1f}" cy="{_y(rate):.1f}" r="5" fill="#0072b2"/>')
        lines.append(f'<text x="{at + 9:.1f}" y="{_y(rate) + 4:.1f}">{sum(won)} of {count}</text>')
    path.write_text("\n".join([*lines, "</svg>"]) + "\n", "utf-8")


def _x(share: float) -> float:
    return 60 + 340 * share


def _y(share: float) -> float:
    return 340 - 320 * share


ADVISERS = {
    "the grown one": lambda known, told: told["recommended"],
    "the verdict's learner": lambda known, told: known["recommended"],
    "always gradient boosting": lambda known, told: "gradient-boosting",
}


def regret(known: dict, learner: str | None) -> float:
    """How many margins the learner falls short of the best."""
    scores = {name: known["sign"] * score for name, score in known["found"].items()}
    return math.inf if learner not in scores else (max(scores.values()) - scores[learner]) / known["margin"]


def covered(known: dict, name: str, told: tuple[float, float, float]) -> tuple[bool, bool]:
    """Whether the interval holds what was found; and with the noise of the rows that tested."""
    middle, low, high = told
    found, noise = known["found"][name], 1.645 * known["errors"][name]
    wide = (middle - math.hypot(middle - low, noise), middle + math.hypot(high - middle, noise))
    return low <= found <= high, wide[0] <= found <= wide[1]


def share(hits: list[bool]) -> str:
    """Hits of so many."""
    return f"{100 * np.mean(hits):.0f} % ({sum(hits)} of {len(hits)})" if hits else "none"
