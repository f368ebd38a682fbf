"""A made-up company's customers: columns of every kind, missing values, three plans."""

from __future__ import annotations

import datetime

import numpy as np
import polars as pl

ROWS = 600
REGIONS = ("Seoul", "Busan", "Daegu", "Gwangju", "Jeju")
PLANS = ("basic", "family", "business")


def customers() -> pl.DataFrame:
    """600 customers; `plan` follows from the other columns, up to chance. Always the same ones.

    >>> customers()["plan"].unique().sort().to_list()
    ['basic', 'business', 'family']
    """
    chance = np.random.default_rng(20_240_301)
    age = np.round(np.clip(chance.normal(44, 14, ROWS), 18, 90))
    people = chance.choice(5, ROWS, p=(0.34, 0.28, 0.18, 0.14, 0.06)) + 1
    region = chance.choice(REGIONS, ROWS, p=(0.42, 0.22, 0.16, 0.12, 0.08))
    company = chance.random(ROWS) < 0.25
    income = np.round(np.exp(chance.normal(10.4, 0.45, ROWS) + 0.25 * company), -2)
    usage = np.round(chance.gamma(2.0, 9.0, ROWS) * (1 + 1.2 * company) + 4 * people, 1)
    calls = chance.poisson(1.5 + 1.5 * company)
    joined = np.sort(chance.integers(0, 2_000, ROWS))
    family = 1.5 * (people - 2.4) - 0.04 * np.abs(age - 42) + 0.5
    business = 3.4 * company + 0.04 * (usage - 30) + 0.8 * np.log(income / 33_000) - 1.2 * (region == "Jeju") - 0.9
    scores = 1.6 * np.column_stack([np.zeros(ROWS), family, business]) + chance.gumbel(size=(ROWS, 3))
    day = datetime.date(2019, 1, 1)
    frame = pl.DataFrame(
        {
            "customer_id": [f"C{100_000 + 7 * place}" for place in range(ROWS)],
            "age": age,
            "region": region,
            "people": people,
            "company": company,
            "income": income,
            "usage": usage,
            "support_calls": calls,
            "joined": [day + datetime.timedelta(days=int(days)) for days in joined],
            "plan": [PLANS[code] for code in scores.argmax(axis=1)],
        }
    )
    unknown = {"age": 0.03, "region": 0.05, "income": 0.12}
    return frame.with_columns(
        pl.Series(name, _with_gaps(frame[name], share, chance)) for name, share in unknown.items()
    )


def _with_gaps(values: pl.Series, share: float, chance: np.random.Generator) -> pl.Series:
    return values.set(pl.Series(chance.random(len(values)) < share), None)
