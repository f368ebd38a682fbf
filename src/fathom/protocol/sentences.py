"""The verdict in words: what to use, how the other family compares, what more rows would change, and notes."""

from __future__ import annotations

import functools
import itertools
import math
from typing import TYPE_CHECKING

from fathom.messages import listed, phrase, words
from fathom.messages.figures import number
from fathom.protocol import grown
from fathom.protocol.contenders import BASELINE
from fathom.protocol.costs import cost
from fathom.protocol.curves.curve import MOST_TIMES, Curve

if TYPE_CHECKING:
    from fathom.protocol.verdict import Court

UNHEARD = ("timed out", "interrupted")
LEAST_POINTS = 0.05  # less is written as nothing
FEW_TEST_ROWS = 30  # with fewer, that nothing was shown says nothing
LIKELY = 0.5  # of its doubt: who is better by more than that is better by luck too seldom to call it luck
THRIFTY = 0.5  # of the other family's seconds: a family that took less left much of its time
MOST_TEST_ROWS = 10_000_000  # to ask for more would help nobody


def spoken(court: Court) -> tuple[str, list[str]]:
    """The verdict's text of at most three sentences, and the notes beside it."""
    trial = court.done[court.chosen]
    if trial.learner == BASELINE:
        return joined(_nothing(court)), [*_planted(court), *grown.told(court), *_unheard(court)]
    name = {"learner": trial.learner, "score": score(court, court.chosen)}
    use = (
        phrase("Use classical: {learner}, with {score}.", **name)
        if trial.family == "classical"
        else phrase("Use deep: {learner}, with {score}.", **name)
    )
    other = _absent_family(court) if court.rival is None else _other_family(court, court.rival)
    return joined([use, other, *_more_rows(court)]), [
        *_planted(court),
        *_recognised(court),
        *grown.told(court),
        *_ties(court),
        *_best(court),
        *_baseline(court),
        *_unheard(court),
        *_shapes(court),
    ]


def _planted(court: Court) -> list[str]:
    """That what was found is no real anomaly, where anomalies were planted."""
    if not court.study.problem.planted:
        return []
    return [
        phrase(
            "All of this is measured on planted anomalies ({kinds}); how many of those that occur would be found is "
            "not known.",
            kinds=listed(court.study.problem.conditions[1:]),
        )
    ]


def _recognised(court: Court) -> list[str]:
    """What a recogniser does at its threshold: a good order of likenesses may still name few."""
    measures = court.done[court.chosen].measures
    named, accepted = measures.get("named-right", math.nan), measures.get("strangers-accepted", math.nan)
    if not (math.isfinite(named) and math.isfinite(accepted)):
        return []
    return [
        phrase(
            "At its threshold, set on validation rows for {far:.2g} % of strangers, it names {named:.0f} % of known "
            "persons' test pictures right and takes {accepted:.1f} % of the strangers' for somebody.",
            far=100 * court.study.problem.far,
            named=100 * named,
            accepted=100 * accepted,
        )
    ]


def joined(sentences: list[str]) -> str:
    """Sentences one after the other, as one phrase."""
    return functools.reduce(lambda before, after: phrase("{before} {after}", before=before, after=after), sentences)


def score(court: Court, position: int) -> str:
    """A score with its interval."""
    low, high = court.compared.interval(position)
    values = {"score": float(court.compared.scores[position]), "low": low, "high": high}
    if court.measure.percent:
        percent = {name: 100 * value for name, value in values.items()}
        return phrase("{measure} {score:.1f} % ({low:.1f} to {high:.1f})", measure=court.measure.name, **percent)
    figures = {name: number(value) for name, value in values.items()}
    return phrase("{measure} {score} ({low} to {high})", measure=court.measure.name, **figures)


def gap(court: Court, one: int, other: int) -> str:
    """How much better or worse `other` is than `one`."""
    return _gap(court, *court.compared.difference(one, other))


def _gap(court: Court, difference: float, low: float, high: float) -> str:
    half = (high - low) / 2
    if difference == 0 and half == 0:
        return phrase("exactly as good")
    if court.measure.percent:
        if abs(100 * difference) < LEAST_POINTS:
            return phrase("as good, ± {half:.1f} points", half=100 * half)
        points = {"gap": abs(100 * difference), "half": 100 * half}
        if difference > 0:
            return phrase("{gap:.1f} ± {half:.1f} points better", **points)
        return phrase("{gap:.1f} ± {half:.1f} points worse", **points)
    figures = {"gap": _rounded(abs(difference), 3), "half": _rounded(half, 2)}
    if difference == 0:
        return phrase("as good, ± {half}", half=figures["half"])
    if difference > 0:
        return phrase("{gap} ± {half} better", **figures)
    return phrase("{gap} ± {half} worse", **figures)


def amount(court: Court, value: float) -> str:
    """A difference without a direction."""
    if court.measure.percent:
        return phrase("{points} points", points=_rounded(100 * value, 2))
    return number(value)


def _rounded(value: float, digits: int) -> str:
    """So many digits of a number, never as a power of ten that only engineers read.

    >>> _rounded(20_767.3, 3), _rounded(0.01234, 2), _rounded(200.0, 2)
    ('20,800', '0.012', '200')
    """
    return number(float(f"{value:.{digits}g}"))


def _signed(value: float) -> str:
    """Three digits with a sign.

    >>> _signed(34_812.0), _signed(-0.0277)
    ('+34,800', '−0.0277')
    """
    return "+" * (value > 0) + _rounded(value, 3)


def _other_family(court: Court, rival: int) -> str:
    trial = court.done[rival]
    apart = court.apart(rival)
    told = {
        "learner": trial.learner,
        "gap": _gap(court, *apart),
        "judgement": _judgement(court, *apart),
        "price": cost.times(cost.ratio(trial, court.done[court.chosen])),
        "settling": _settling(court, *apart),
    }
    if trial.family == "deep":
        return phrase("Deep ({learner}) is {gap}{judgement}, at {price}{settling}.", **told)
    return phrase("Classical ({learner}) is {gap}{judgement}, at {price}{settling}.", **told)


def _judgement(court: Court, difference: float, low: float, high: float) -> str:
    """What the difference to the other family means."""
    if low <= 0 <= high:
        return phrase(": a tie")
    if abs(difference) >= court.margin:
        return ""
    return phrase(": less than the {amount} that would matter", amount=amount(court, court.margin))


def _settling(court: Court, difference: float, low: float, high: float) -> str:
    """What would settle a tie."""
    rows = _test_rows_needed(court, difference, (high - low) / 2) if low <= 0 <= high else None
    if rows is None:
        return ""
    return phrase("; the {rows:,} test rows cannot tell, about {needed:,} could", **rows)


def _test_rows_needed(court: Court, difference: float, half: float) -> dict[str, int] | None:
    """Test rows that would make the interval as narrow as the difference, or as the margin where that is wider.

    Intervals narrow with the root of the number of rows. None where that is beyond all practice.
    """
    wanted = max(abs(difference), court.margin)
    rows = court.compared.rows
    if not 0 < wanted < half or not half < float("inf"):
        return None
    needed = float(f"{rows * (half / wanted) ** 2:.2g}")
    return {"rows": rows, "needed": int(needed)} if rows < needed <= MOST_TEST_ROWS else None


def _absent_family(court: Court) -> str:
    deep = court.done[court.chosen].family == "classical"
    absent = [each for each in court.study.trials if (each.family == "deep") == deep and each.learner != BASELINE]
    if not absent:
        return phrase("No deep contender was tried.") if deep else phrase("No classical contender was tried.")
    why = {"learner": absent[0].learner, "why": absent[0].message or words.status(absent[0].status)}
    if deep:
        return phrase("No deep contender was trained to the end ({learner}: {why}).", **why)
    return phrase("No classical contender was trained to the end ({learner}: {why}).", **why)


def _more_rows(court: Court) -> list[str]:
    """What more rows would change, as far as the curves can tell."""
    curve = court.curve(court.chosen)
    if curve is None and court.outlook is None:
        return []
    learner = court.done[court.chosen].learner
    gain = phrase("What twice the rows would bring {learner} was not measured", learner=learner)
    gain = gain if curve is None else _doubling(court, curve)
    if court.outlook is None:
        return [phrase("{gain}.", gain=gain)]
    return [phrase("{gain}; {change}.", gain=gain, change=_crossing(court))]


def _doubling(court: Court, curve: Curve) -> str:
    unit = 100 if court.measure.percent else 1
    told = dict(zip(("gain", "low", "high"), (unit * each for each in curve.doubling), strict=True))
    none = court.measure.percent and max(map(abs, told.values())) < LEAST_POINTS
    if curve.shape == "at its ceiling" or none:
        return phrase("Twice the rows would hardly make {learner} better", learner=curve.learner)
    if court.measure.percent:
        return phrase(
            "Twice the rows would bring {learner} {gain:+.1f} points ({low:+.1f} to {high:+.1f})",
            learner=curve.learner,
            **told,
        )
    gain, low, high = map(_signed, told.values())
    return phrase(
        "Twice the rows would change {learner} by {gain} ({low} to {high}, above zero is better)",
        learner=curve.learner,
        gain=gain,
        low=low,
        high=high,
    )


def _crossing(court: Court) -> str:
    """Whether and where the best of the other family would overtake the best of the one in front."""
    outlook = court.outlook
    assert outlook is not None
    if outlook.undecided(court.ahead):
        chances = {"now": 100 * outlook.deep_ahead[0], "then": 100 * outlook.deep_ahead[-1], "times": MOST_TIMES}
        return phrase(
            "allowing for luck and for who was cut short, the best deep contender is in front with a probability of "
            "{now:.0f} % now and {then:.0f} % at {times} times the rows",
            **chances,
        )
    deep_leads = outlook.deep_ahead[0] > 0.5
    ahead = min(max(outlook.deep_ahead[0], 1 - outlook.deep_ahead[0]), 0.99)
    middle, low, high = outlook.crossing or (None, None, None)
    if middle is not None:
        interval = _interval(low, high, outlook.rows[-1])
        rows = {"rows": round_rows(middle), "interval": interval, "ahead": 100 * ahead}
        if deep_leads:
            return phrase(
                "the best deep contender is in front with a probability of {ahead:.0f} %, and classical is "
                "expected to overtake it at about "
                "{rows} training rows ({interval})",
                **rows,
            )
        return phrase(
            "the best classical contender is in front with a probability of {ahead:.0f} %, and deep is "
            "expected to overtake it at about "
            "{rows} training rows ({interval})",
            **rows,
        )
    told = {"times": MOST_TIMES, "chance": max(100 * outlook.crosses, 1.0), "ahead": 100 * ahead}
    if deep_leads:
        return phrase(
            "the best deep contender is in front with a probability of {ahead:.0f} %, and classical is "
            "not expected to overtake it within "
            "{times} times as many (probability {chance:.0f} %)",
            **told,
        )
    return phrase(
        "the best classical contender is in front with a probability of {ahead:.0f} %, and deep is "
        "not expected to overtake it within {times} "
        "times as many (probability {chance:.0f} %)",
        **told,
    )


def round_rows(rows: float) -> str:
    """A number of rows with no more digits than a forecast deserves.

    >>> round_rows(12_345.0)
    '12,000'
    """
    return f"{float(f'{rows:.2g}'):,.0f}"


def _interval(low: float | None, high: float | None, most: float) -> str:
    if low is None:
        return phrase("perhaps never")
    if high is None:
        return phrase("{low} to more than {most}", low=round_rows(low), most=round_rows(most))
    return phrase("{low} to {high}", low=round_rows(low), high=round_rows(high))


def _ties(court: Court) -> list[str]:
    family = court.done[court.chosen].family
    kin = [court.done[i].learner for i in court.standing if i != court.chosen and court.done[i].family == family]
    return [phrase("It ties with {kin} and is the cheapest of them.", kin=listed(kin))] if kin else []


def _best(court: Court) -> list[str]:
    """Who scored best, where it is ahead of the chosen by what matters, and the rows are too few to show it."""
    better = court.compared.difference(court.chosen, court.leader)[0]
    if better <= 0 or better < court.margin:
        return []
    return [
        phrase(
            "Whatever the cost, {learner} scored best: {gap}, which could be chance; `fathom keep {study} {learner}` "
            "puts it into the store.",
            learner=court.done[court.leader].learner,
            gap=gap(court, court.chosen, court.leader),
            study=court.study.name,
        )
    ]


def _baseline(court: Court) -> list[str]:
    for position, trial in enumerate(court.done):
        if trial.learner == BASELINE:
            told = gap(court, court.chosen, position)
            beater = court.beater(position)
            if court.compared.difference(position, court.chosen)[1] > 0 or beater is None:
                return [phrase("The baseline is {gap}.", gap=told)]
            values = {"gap": told, "learner": court.done[beater].learner}
            return [phrase("The baseline is {gap}, which could be chance; {learner} surely beats it.", **values)]
    return []


def _unheard(court: Court) -> list[str]:
    """Who did not get to show what it can do: the time was too short to train it, or to train it to its end."""
    trials = court.study.trials
    absent = [each.learner for each in trials if each.status in UNHEARD]
    dropped = [each.learner for each in trials if each.status == "dropped"]
    hurried = [each.learner for each in court.done if each.hurried]
    return [
        *([phrase("Not tested for lack of time: {listed}.", listed=listed(absent))] if absent else []),
        *([phrase("Dropped on the way, too far behind: {listed}.", listed=listed(dropped))] if dropped else []),
        *([phrase("Cut short, so more minutes may change this: {listed}.", listed=listed(hurried))] if hurried else []),
        *_thrift(court),
    ]


def _thrift(court: Court) -> list[str]:
    """That a family was cut short while the other left time over, which was not given to it."""
    spent = {"classical": 0.0, "deep": 0.0}
    for each in (trial for trial in court.study.trials if trial.learner != BASELINE):
        spent[each.family] = spent.get(each.family, 0.0) + (each.fit_seconds or 0.0)
    cut = {each.family for each in court.done if each.hurried}
    if cut == {"deep"} and 0 < spent["classical"] < THRIFTY * spent["deep"]:
        return [phrase("Both families had the same time; what classical left of it was not given to deep.")]
    if cut == {"classical"} and 0 < spent["deep"] < THRIFTY * spent["classical"]:
        return [phrase("Both families had the same time; what deep left of it was not given to classical.")]
    return []


def _shapes(court: Court) -> list[str]:
    """Curves that do not do what learning curves do, and those of the verdict's two whose samples ran out of time."""
    odd = [curve.learner for curve in court.study.curves if curve.shape in ("peaking", "falling")]
    unready = [learner for learner in odd if _for_want_of_time(court, learner)]
    odd = [learner for learner in odd if learner not in unready]
    spoken_of = [court.done[i].learner for i in (court.chosen, court.rival) if i is not None]
    drawn = {curve.learner for curve in court.study.curves}
    late = {point.learner for point in court.study.points if point.hurried and point.rows < court.study.train_rows}
    late_ones = [learner for learner in spoken_of if learner in drawn & late]
    told = []
    if odd:
        told.append(
            phrase("More rows made it worse somewhere, so its forecast is vague: {listed}.", listed=listed(odd))
        )
    if unready:
        told.append(
            phrase("Worse with more rows for want of time, so its forecast is vague: {listed}.", listed=listed(unready))
        )
    if late_ones:
        told.append(phrase("Cut short on samples, so its curve may be too steep: {listed}.", listed=listed(late_ones)))
    return told


def _for_want_of_time(court: Court, learner: str) -> bool:
    """Whether a contender used up its time where more rows made it worst: that says more of the time than of rows."""
    scores: dict[int, list[float]] = {}
    late: set[int] = set()
    for point in court.study.points:
        if point.learner == learner:
            scores.setdefault(point.rows, []).append(point.score)
            late |= {point.rows} if point.hurried else set()
    sign = 1 if court.measure.higher_is_better else -1
    steps = list(itertools.pairwise(sorted(scores)))
    worst = min(steps, key=lambda step: sign * (_mean(scores[step[1]]) - _mean(scores[step[0]])), default=())
    return not late.isdisjoint(worst)


def _mean(values: list[float]) -> float:
    return sum(values) / len(values)


def _nothing(court: Court) -> list[str]:
    others = [trial for trial in court.done if trial.learner != BASELINE]
    own = score(court, court.chosen)
    if not others:
        only = phrase("Only the baseline was trained and tested, with {score}: there is nothing to choose.", score=own)
        reasons: dict[str, list[str]] = {}
        for each in court.study.trials:
            if not each.done:
                reasons.setdefault(each.message or words.status(each.status), []).append(each.learner)
        absent = [phrase("{learners} ({why})", learners=listed(names), why=why) for why, names in reasons.items()]
        return [only, phrase("Not trained: {listed}.", listed=listed(absent))] if absent else [only]
    shown = court.surely_better(court.chosen)
    if shown is not None:
        little = {"score": own, "amount": amount(court, court.margin), "learner": court.done[shown].learner}
        return [
            phrase(
                "Nothing beats the baseline ({score}) by the {amount} that would matter: {learner} is {gap}.",
                gap=gap(court, court.chosen, shown),
                **little,
            ),
            phrase("That is no chance, so a smaller margin names another than the baseline."),
        ]
    if court.leader == court.chosen:
        nothing = phrase("Nothing beats the baseline ({score}): no other contender scored better.", score=own)
    else:
        nothing = phrase(
            "Nothing beats the baseline ({score}): the best other, {learner}, is {gap}, which could be chance.",
            score=own,
            learner=court.done[court.leader].learner,
            gap=gap(court, court.chosen, court.leader),
        )
    return [nothing, _whether(court)]


def _whether(court: Court) -> str:
    """Whether nothing can be predicted, or nothing was shown: who had no time, and few test rows, show nothing.

    A baseline that forecasts or detects by itself is no proof that nothing can be.
    """
    problem = court.study.problem
    able = problem.horizon is not None or bool(problem.conditions)
    asked = [each for each in court.study.trials if each.learner != BASELINE and each.status != "skipped"]
    short = [each for each in asked if each.status in UNHEARD or (each.done and each.hurried)]
    if 2 * len(short) >= len(asked) > 0:
        told = {"short": len(short), "asked": len(asked), "target": problem.target}
        if able:
            return phrase(
                "{short} of {asked} contenders had too little time, so this does not tell whether one of them can do "
                "better: give more minutes.",
                **told,
            )
        return phrase(
            "{short} of {asked} contenders had too little time, so this does not tell whether '{target}' can be "
            "predicted: give more minutes.",
            **told,
        )
    better, low, high = court.compared.difference(court.chosen, court.leader)
    if court.compared.rows < FEW_TEST_ROWS or better > max(court.margin, LIKELY * (high - low) / 2):
        few = {"rows": court.compared.rows, "target": problem.target}
        if able:
            return phrase("So few test rows ({rows}) cannot tell whether one of them can do better.", **few)
        return phrase("So few test rows ({rows}) cannot tell whether '{target}' can be predicted.", **few)
    if problem.horizon is not None:
        return _as_before(problem.target, problem.horizon.season)
    if problem.conditions:
        return phrase("Two bounds for each column, which the baseline draws, find as much of what is strange here.")
    return phrase("From these columns and so many rows '{target}' cannot be predicted.", target=problem.target)


def _as_before(target: str, season: int) -> str:
    if season > 1:
        return phrase(
            "From so much history nothing forecasts '{target}' better than its last season over again.", target=target
        )
    return phrase("From so much history nothing forecasts '{target}' better than its last value.", target=target)
