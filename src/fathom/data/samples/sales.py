"""Daily sales of several stores, made by a generator: trend, week, year, promotions, holidays and gaps."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl

DAYS = 3 * 365
FIRST = date(2022, 1, 1)
SEED = 20
CITIES = ("Seoul", "Busan", "Incheon", "Daegu")
STORES = 8
WEEK = np.array([0.0, -0.06, -0.03, 0.02, 0.18, 0.42, 0.25])  # Monday to Sunday, as logarithms
YEAR = 0.18  # swing of the year, as a logarithm: December above June
GROWTH = (-0.08, 0.15)  # a year, as logarithms: from the slowest store to the fastest
PROMOTED = 0.08  # share of days on promotion, known ahead
PROMOTION = 0.45  # what it adds, as a logarithm
HOLIDAYS = ((1, 1), (3, 1), (5, 5), (6, 6), (8, 15), (10, 3), (10, 9), (12, 25))  # of fixed date in Korea
CLOSED = 0.7  # what a holiday takes away, as a logarithm
RAIN = 0.1  # what a rainy day takes away: seen on the day, not known ahead
NOISE = 0.12
GAPS = 0.01  # share of rows that are missing


def sales() -> pl.DataFrame:
    """The sample: store, city, date, promotion (known ahead), rain (known afterwards) and demand.

    8 stores and 1,095 days, less one row in a hundred, which are missing; the last store opened a year late. Demand is
    a Poisson number around the product of level, growth, week, year, promotion, holiday, rain and noise that lasts
    some days.
    """
    random = np.random.default_rng(SEED)
    days = np.datetime64(FIRST) + np.arange(DAYS)
    week = (days.astype("datetime64[D]").astype(np.int64) + 3) % 7  # the epoch was a Thursday
    year = (days - days.astype("datetime64[Y]")).astype(np.int64) / 365.25
    free = np.isin(days, _holidays())
    rows = []
    for store in range(STORES):
        promoted = _stretches(random, PROMOTED)
        rain = random.gamma(0.4, 8.0, DAYS).round(1)
        growth = GROWTH[0] + (GROWTH[1] - GROWTH[0]) * store / (STORES - 1)
        logarithm = (
            np.log(25.0 + 15.0 * store)
            + growth * np.arange(DAYS) / 365.25
            + WEEK[week] * random.uniform(0.7, 1.3)
            + YEAR * np.cos(2 * np.pi * year)
            + PROMOTION * promoted
            - CLOSED * free
            - RAIN * (rain > 5)
            + _lasting(random)
        )
        kept = random.random(DAYS) >= GAPS
        if store == STORES - 1:
            kept &= np.arange(DAYS) >= 365
        rows.append(
            pl.DataFrame(
                {
                    "store": [f"S{store + 1}"] * DAYS,
                    "city": [CITIES[store % len(CITIES)]] * DAYS,
                    "date": pl.Series(days),
                    "promotion": promoted.astype(np.int64),
                    "rain": rain,
                    "demand": random.poisson(np.exp(logarithm)),
                }
            ).filter(pl.Series(kept))
        )
    return pl.concat(rows)


def _holidays() -> np.ndarray[tuple[int], np.dtype[np.datetime64]]:
    years = range(FIRST.year, FIRST.year + 4)
    return np.array([date(year, month, day) for year in years for month, day in HOLIDAYS], dtype="datetime64[D]")


def _stretches(random: np.random.Generator, share: float) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Stretches of five days that cover about this share of all."""
    found = np.zeros(DAYS, dtype=bool)
    for start in np.flatnonzero(random.random(DAYS) < share / 5):
        found[start : start + 5] = True
    return found


def _lasting(random: np.random.Generator) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Noise of which half is left a day later."""
    noise = random.normal(0.0, NOISE, DAYS)
    for day in range(1, DAYS):
        noise[day] += 0.5 * noise[day - 1]
    return noise
