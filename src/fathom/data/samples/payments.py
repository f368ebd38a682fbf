"""Made-up card payments: habits of cards, and five ways of fraud hidden among them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

import numpy as np
import polars as pl

START = datetime(2024, 1, 1)
DAY = 86_400
CATEGORIES = ("food", "fuel", "clothes", "electronics", "travel", "games", "health", "home")
ONLINE = ("electronics", "travel", "games", "clothes")  # what is bought without a shop
PATTERNS = ("stolen card", "card testing", "new device", "collusion", "takeover")


def payments() -> pl.DataFrame:
    """About 12,000 payments of 400 cards in 90 days, in order of time; 2 in 100 are fraud. Always the same ones.

    >>> payments()["fraud"].unique().sort().to_list()
    ['no', 'yes']
    """
    return generate().drop("pattern")


def generate(
    *,
    cards: int = 400,
    merchants: int = 150,
    days: int = 90,
    a_day: float = 0.33,
    frauds: dict[str, int] | None = None,
    seed: int = 20_240_701,
) -> pl.DataFrame:
    """Payments with the column `pattern`: which way of fraud a row is of, "" for an honest one.

    Every card has an owner with a habit: how often (`a_day` on average, log-normal between owners), how much
    (log-normal), at which hours, at eight of the merchants mostly, with one device, which some replace. Honest rows are
    also odd at times: one in forty costs five times the usual, one in twenty is at a merchant never visited, some
    owners spend a day shopping, some are awake at night. `frauds` is how often each pattern happens:

    - "stolen card": 5 to 12 payments of one card within three hours, at merchants that are new to it, at one to four
      times its usual amount; half of them with a new device;
    - "card testing": one device tries 8 to 20 cards with 0.5 to 3 each, within an hour, at one online merchant;
    - "new device": one payment with a device never seen, of four to twelve times the usual amount;
    - "collusion": a merchant charges 10 to 20 cards it has not charged before, two to five times their usual amounts
      in round figures, within a week;
    - "takeover": 3 to 6 payments at hours at which the owner sleeps, with a new device, one to three times as much.

    The same arguments give the same payments.

    >>> generate(cards=20, days=10, frauds={"stolen card": 1})["pattern"].value_counts().height
    2
    """
    wanted = dict(zip(PATTERNS, (9, 4, 35, 3, 10), strict=True)) if frauds is None else frauds
    world = _World(np.random.default_rng(seed), cards, merchants, days)
    world.live(a_day)
    for pattern, times in wanted.items():
        for _ in range(times):
            {
                "stolen card": world.stolen_card,
                "card testing": world.card_testing,
                "new device": world.unknown_device,
                "collusion": world.collusion,
                "takeover": world.takeover,
            }[pattern]()
    return world.frame()


@dataclass
class _World:
    """Cards with their habits, and the payments that were made."""

    chance: np.random.Generator
    cards: int
    merchants: int
    days: int
    rows: list[tuple[float, int, int, int, float, str]] = field(default_factory=list)
    devices: int = 0  # names of devices that were given

    def __post_init__(self) -> None:
        chance = self.chance
        self.middle = chance.normal(3.2, 0.6, self.cards)  # of the logarithm of amounts
        self.spread = chance.uniform(0.35, 0.8, self.cards)
        self.hour = np.where(chance.random(self.cards) < 0.06, 2.0, chance.normal(15, 2.5, self.cards))
        self.kinds = chance.integers(0, len(CATEGORIES), self.merchants)
        weight = 1 / np.arange(1, self.merchants + 1) ** 0.7
        self.weight = weight / weight.sum()
        self.usual = np.array([chance.choice(self.merchants, 8, False, self.weight) for _ in range(self.cards)])
        self.online = np.flatnonzero([CATEGORIES[kind] in ONLINE for kind in self.kinds])
        self.device = np.array([self.new_device() for _ in range(self.cards)])
        self.replaced = np.where(chance.random(self.cards) < 0.25, chance.uniform(0, self.days, self.cards), np.inf)
        self.replacement = np.array([self.new_device() for _ in range(self.cards)])

    def new_device(self) -> int:
        """A device that nobody had."""
        self.devices += 1
        return self.devices

    def pay(self, at: float, card: int, merchant: int, device: int, amount: float, pattern: str = "") -> None:
        """One payment, `at` in days."""
        if 0 <= at < self.days:
            self.rows.append((at, card, merchant, device, max(round(float(amount), 2), 0.1), pattern))

    def owned(self, card: int, at: float) -> int:
        """The device of the card's owner."""
        return int(self.replacement[card] if at >= self.replaced[card] else self.device[card])

    def amount(self, card: int) -> float:
        """What the owner might pay."""
        return float(np.exp(self.chance.normal(self.middle[card], self.spread[card])))

    def live(self, a_day: float) -> None:
        """The honest payments."""
        chance = self.chance
        rates = a_day * np.exp(chance.normal(-0.18, 0.6, self.cards))
        for card in range(self.cards):
            count = chance.poisson(rates[card] * self.days)
            for day in np.sort(chance.integers(0, self.days, count)).tolist():
                self._honest(card, day)
            if chance.random() < 0.3:  # a day of shopping
                day = int(chance.integers(0, self.days))
                for _ in range(int(chance.integers(3, 8))):
                    self._honest(card, day, strange=0.5)

    def _honest(self, card: int, day: int, strange: float = 0.05) -> None:
        chance = self.chance
        at = day + (self.hour[card] + chance.normal(0, 2.5)) % 24 / 24
        merchant = chance.choice(self.usual[card])
        if chance.random() < strange:
            merchant = chance.choice(self.merchants, p=self.weight)
        dear = 5.0 if chance.random() < 0.025 else 1.0
        self.pay(at, card, int(merchant), self.owned(card, at), dear * self.amount(card))

    def _stranger(self, card: int) -> int:
        """A merchant that the owner does not usually go to."""
        while (merchant := int(self.chance.choice(self.merchants))) in self.usual[card]:
            pass
        return merchant

    def stolen_card(self) -> None:
        """Many payments of one card in three hours."""
        chance, card = self.chance, int(self.chance.integers(self.cards))
        start = chance.uniform(0, self.days)
        device = self.new_device() if chance.random() < 0.5 else self.owned(card, start)
        for _ in range(int(chance.integers(5, 13))):
            at, times = start + chance.uniform(0, 3 / 24), chance.uniform(1, 4)
            self.pay(at, card, self._stranger(card), device, times * self.amount(card), "stolen card")

    def card_testing(self) -> None:
        """Many cards tried by one device."""
        chance, device = self.chance, self.new_device()
        merchant, start = int(chance.choice(self.online)), self.chance.uniform(0, self.days)
        for card in chance.choice(self.cards, min(int(chance.integers(8, 21)), self.cards), replace=False).tolist():
            at = start + chance.uniform(0, 1 / 24)
            self.pay(at, card, merchant, device, chance.uniform(0.5, 3), "card testing")

    def unknown_device(self) -> None:
        """One large payment with a device nobody knows."""
        chance, card = self.chance, int(self.chance.integers(self.cards))
        at = int(chance.integers(self.days)) + (self.hour[card] + chance.normal(0, 3)) % 24 / 24
        times = chance.uniform(4, 12)
        usual = float(np.exp(self.middle[card]))
        self.pay(at, card, int(chance.choice(self.online)), self.new_device(), times * usual, "new device")

    def collusion(self) -> None:
        """A merchant who charges cards for nothing."""
        chance, merchant = self.chance, int(self.chance.choice(self.merchants))
        week = chance.uniform(0, max(self.days - 7, 1))
        for card in chance.choice(self.cards, min(int(chance.integers(10, 21)), self.cards), replace=False).tolist():
            at = week + int(chance.integers(7)) + chance.uniform(9, 18) / 24
            amount = 10 * round(chance.uniform(2, 5) * float(np.exp(self.middle[card])) / 10 + 1)
            self.pay(at, card, merchant, self.owned(card, at), amount, "collusion")

    def takeover(self) -> None:
        """Somebody else, while the owner sleeps."""
        chance, card, device = self.chance, int(self.chance.integers(self.cards)), self.new_device()
        start = int(chance.integers(self.days)) + (self.hour[card] + 12 + chance.normal(0, 1.5)) % 24 / 24
        for _ in range(int(chance.integers(3, 7))):
            at, merchant = start + chance.uniform(0, 2 / 24), int(chance.choice(self.online))
            self.pay(at, card, merchant, device, chance.uniform(1, 3) * self.amount(card), "takeover")

    def frame(self) -> pl.DataFrame:
        """All payments, in order of time."""
        rows = sorted(self.rows)
        kinds = [CATEGORIES[self.kinds[merchant]] for _, _, merchant, _, _, _ in rows]
        return pl.DataFrame(
            {
                "time": [START + timedelta(seconds=round(at * DAY)) for at, *_ in rows],
                "card": [f"C{1_000 + row[1]}" for row in rows],
                "device": [f"D{10_000 + row[3]}" for row in rows],
                "merchant": [f"M{100 + row[2]}" for row in rows],
                "category": kinds,
                "amount": [row[4] for row in rows],
                "pattern": [row[5] for row in rows],
                "fraud": ["yes" if row[5] else "no" for row in rows],
            }
        )
