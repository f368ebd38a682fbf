from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from fathom.data.series.horizon import Horizon
from fathom.protocol.curves.curve import Curve, Outlook, Point
from fathom.protocol.intervals import Bootstrap, bootstrap
from fathom.protocol.study import Study, Trial
from fathom.protocol.verdict import draw, matters
from fathom.tasks import measures
from fathom.tasks.predictions import Labels, Numbers
from fathom.tasks.problem import Problem

ROWS = 500


def trial(learner, seconds, status="done", message=""):
    family = "deep" if learner in ("feedforward", "convolutional") else "classical"
    return Trial(learner, family, status, message, fit_seconds=seconds, predict_ms_per_row=0.0)


def labels(share, seed=0):
    """Predictions that are right (class 0) on a share of the rows."""
    right = np.random.default_rng(seed).permutation(ROWS) < share * ROWS
    chance = np.where(right, 0.9, 0.1)
    return Labels(("a", "b"), np.column_stack([chance, 1 - chance]))


def drawn(trials, compared, target="plan", margin=None, curves=(), outlook=None, points=(), **posed):
    """The verdict over these trials, their scores those of the bootstrap."""
    for position, each in enumerate(each for each in trials if each.done and compared):
        each.score = float(compared.scores[position])
    study = Study(
        "s", Path(), "any", Problem("any", target, (), **posed), "accuracy", 900, 600, 100, ROWS, trials=list(trials)
    )
    study.curves, study.outlook, study.points = list(curves), outlook, list(points)
    return draw(study, compared, matters(trials, compared.measure, margin) if compared else 0.0)


def told(verdict):
    """All that is said."""
    return " ".join([verdict.text, *verdict.notes])


def judged(*contenders, margin=None, **more):
    """The verdict over (learner, seconds, share right)."""
    trials = [trial(learner, seconds) for learner, seconds, _ in contenders]
    predictions = [labels(share, seed) for seed, (_, _, share) in enumerate(contenders)]
    compared = bootstrap(measures.ACCURACY, np.zeros(ROWS, int), predictions)
    return drawn(trials, compared, "plan", margin, **more)


def test_the_cheapest_of_the_unbeaten_wins_and_a_tie_is_called_one():
    verdict = judged(("baseline", 0.1, 0.5), ("ridge", 1, 0.90), ("random-forest", 3, 0.89), ("feedforward", 210, 0.91))
    assert (verdict.learner, verdict.family, verdict.leader, verdict.tie) == ("ridge", "classical", "feedforward", True)
    assert "Use classical: ridge, with accuracy 90.0 %" in verdict.text
    assert "Deep (feedforward) is 1.0 ± " in verdict.text
    assert "points better: a tie, at 210 x the cost; the 500 test rows cannot tell, about " in verdict.text
    assert "It ties with random-forest and is the cheapest of them." in told(verdict)
    assert verdict.families["cost_ratio"] == pytest.approx(210)
    assert verdict.families["difference"] == pytest.approx(0.01)
    assert verdict.families["low"] < 0 < verdict.families["high"]
    assert {each["learner"]: each["beaten"] for each in verdict.comparisons} == {
        "baseline": True,
        "ridge": False,
        "random-forest": False,
    }


def test_who_scored_best_is_named_where_the_rows_are_too_few_to_show_it():
    contenders = (("baseline", 0.1, 0.5), ("ridge", 1, 0.90), ("random-forest", 3, 0.92))
    assert "Whatever the cost, random-forest scored best: 2.0 ± " in told(judged(*contenders))
    assert "`fathom keep s random-forest` puts it into the store" in told(judged(*contenders))
    assert "Whatever the cost" not in told(judged(*contenders, margin=2.5))
    assert "Whatever the cost" not in told(judged(("baseline", 0.1, 0.5), ("ridge", 1, 0.9)))


def test_who_is_named_is_not_told_to_be_better_than_itself():
    perfect = (("baseline", 0.1, 0.5), ("ridge", 1, 1.0), ("feedforward", 30, 1.0))
    assert "Whatever the cost" not in told(judged(*perfect))
    assert "Whatever the cost" not in told(judged(("baseline", 0.1, 0.5), ("ridge", 1, 0.9), margin=0.0))


def test_a_gain_that_is_no_chance_but_does_not_matter_is_not_called_chance():
    verdict = judged(("baseline", 0.1, 0.5), ("ridge", 1, 0.8), margin=40.0)
    assert (verdict.learner, verdict.beats_baseline) == ("baseline", False)
    assert "by the 40 points that would matter: ridge is 30.0 ± " in verdict.text
    assert "a smaller margin names another" in verdict.text
    assert "could be chance" not in verdict.text
    assert "cannot be predicted" not in verdict.text


def test_a_recogniser_is_told_by_what_it_does_at_its_threshold():
    trials = [trial("baseline", 0.1), trial("fisherfaces", 1)]
    trials[1].measures = {"named-right": 0.35, "strangers-accepted": 0.021}
    compared = bootstrap(measures.ACCURACY, np.zeros(ROWS, int), [labels(0.5), labels(0.9, 1)])
    assert "for 1 % of strangers, it names 35 % of known persons' test pictures right" in told(drawn(trials, compared))
    assert "takes 2.1 % of the strangers' for somebody" in told(drawn(trials, compared))
    trials[1].measures = {}
    assert "threshold" not in told(drawn(trials, compared))


def test_deep_wins_where_classical_is_beaten():
    verdict = judged(("baseline", 0.1, 0.5), ("ridge", 1, 0.80), ("convolutional", 30, 0.97))
    assert (verdict.learner, verdict.family, verdict.tie) == ("convolutional", "deep", False)
    assert "Classical (ridge) is 17.0 ± " in verdict.text
    assert "points worse, at 1/30 of the cost." in verdict.text
    assert verdict.families["difference"] == pytest.approx(0.17)


def test_a_beaten_deep_contender_is_said_to_be_worse():
    verdict = judged(("baseline", 0.1, 0.5), ("ridge", 1, 0.95), ("feedforward", 30, 0.80))
    assert verdict.learner == "ridge"
    assert "Deep (feedforward) is 15.0 ±" in verdict.text
    assert "tie" not in verdict.text


def test_nothing_beats_the_baseline_is_said_plainly():
    verdict = judged(("baseline", 0.1, 0.50), ("ridge", 1, 0.51), ("feedforward", 30, 0.49))
    assert (verdict.learner, verdict.beats_baseline) == ("baseline", False)
    assert verdict.text.startswith("Nothing beats the baseline")
    assert "'plan' cannot be predicted" in verdict.text
    equal = judged(("baseline", 0.1, 0.50), ("ridge", 1, 0.50))
    assert "no other contender scored better" in equal.text


@pytest.mark.parametrize(
    ("posed", "said"),
    [
        (
            {"horizon": Horizon(3, "1d", 7, 21, "day")},
            "nothing forecasts 'plan' better than its last season over again.",
        ),
        ({"horizon": Horizon(3, "1d", 1, 21, "day")}, "nothing forecasts 'plan' better than its last value."),
        ({"conditions": ("usual", "odd")}, "Two bounds for each column, which the baseline draws, find as much"),
    ],
)
def test_a_baseline_that_forecasts_or_detects_does_not_show_that_nothing_can_be_predicted(posed, said):
    verdict = judged(("baseline", 0.1, 0.50), ("ridge", 1, 0.51), ("feedforward", 30, 0.49), **posed)
    assert not verdict.beats_baseline
    assert said in verdict.text
    late = [trial("baseline", 0.1), trial("ridge", 1), trial("feedforward", None, "timed out")]
    compared = bootstrap(measures.ACCURACY, np.zeros(ROWS, int), [labels(0.5), labels(0.49, 1)])
    hurried = drawn(late, compared, **posed).text
    assert "whether one of them can do better: give more minutes." in hurried
    assert "predicted" not in verdict.text + hurried


def test_a_baseline_that_nobody_beats_is_named_whatever_it_costs():
    verdict = judged(("baseline", 9, 0.50), ("ridge", 1, 0.51), ("feedforward", 30, 0.49))
    assert (verdict.learner, verdict.beats_baseline) == ("baseline", False)
    assert verdict.text.startswith("Nothing beats the baseline")


def test_a_baseline_that_another_beats_may_be_no_worse_than_the_one_that_is_named_by_chance():
    random = np.random.default_rng(0)
    errors = np.array([0.010, 0.004, 0.003])
    scores = np.array([0.988, 0.993, 0.998])
    luck = random.normal(size=(500, 1))
    resamples = scores + np.column_stack([0.9 * luck, 0.1 * luck, 0.9 * luck]) * errors.max()
    resamples += random.normal(size=(500, 3)) * np.array([0.0, 0.0, 0.001])
    compared = Bootstrap(measures.ACCURACY, scores, resamples, 400, False)
    verdict = drawn([trial("baseline", 0.1), trial("ridge", 1), trial("random-forest", 3)], compared)
    assert verdict.learner == "ridge"
    assert "points worse, which could be chance; random-forest surely beats it." in told(verdict)


def test_few_test_rows_do_not_show_that_nothing_can_be_predicted():
    compared = bootstrap(measures.ACCURACY, np.zeros(2, int), [labels(0.5).take([0, 1]), labels(1.0).take([0, 1])])
    verdict = drawn([trial("baseline", 0.1), trial("ridge", 1)], compared)
    assert "Nothing beats the baseline" in verdict.text
    assert "So few test rows (2) cannot tell whether 'plan' can be predicted." in verdict.text
    assert "cannot be predicted" not in verdict.text


def test_who_had_no_time_does_not_show_that_nothing_can_be_predicted():
    compared = bootstrap(measures.ACCURACY, np.zeros(ROWS, int), [labels(0.5), labels(0.49, 1), labels(0.48, 2)])
    heard = [trial("baseline", 0.1), trial("ridge", 1), trial("logistic-regression", 1)]
    late = [trial(name, None, "timed out") for name in ("feedforward", "convolutional")]
    verdict = drawn([*heard, *late], compared)
    assert "2 of 4 contenders had too little time" in verdict.text
    assert "give more minutes" in verdict.text
    assert "cannot be predicted" not in verdict.text
    assert "Not tested for lack of time: feedforward and convolutional." in told(verdict)
    assert "'plan' cannot be predicted" in drawn([*heard, late[0]], compared).text
    heard[1].hurried = heard[2].hurried = True
    assert "2 of 2 contenders had too little time" in drawn(heard, compared).text


def test_a_gain_that_is_hardly_chance_does_not_show_that_nothing_can_be_predicted():
    rows = np.arange(40)
    wrong = (rows < 20, (rows >= 14) & (rows < 27))
    said = [Labels(("a", "b"), np.eye(2)[each.astype(int)]) for each in wrong]
    verdict = drawn([trial("baseline", 0.1), trial("ridge", 1)], bootstrap(measures.ACCURACY, np.zeros(40, int), said))
    assert "ridge, is 17.5 ± " in verdict.text
    assert "So few test rows (40) cannot tell whether 'plan' can be predicted." in verdict.text


def test_a_difference_below_the_margin_beats_nobody():
    contenders = (("ridge", 1, 0.90), ("feedforward", 30, 0.99))
    assert judged(*contenders).learner == "feedforward"
    verdict = judged(*contenders, margin=15)
    assert verdict.learner == "ridge"
    assert "less than the 15 points that would matter" in verdict.text


def test_a_missing_family_is_named_with_its_reason():
    trials = [trial("ridge", 1), trial("feedforward", 0, "skipped", "needs torch: pip install 'fathom-ml[deep]'")]
    compared = bootstrap(measures.ACCURACY, np.zeros(ROWS, int), [labels(0.9)])
    verdict = drawn(trials, compared, "plan")
    assert "No deep contender was trained to the end (feedforward: needs torch: pip install" in verdict.text


def test_without_a_trial_there_is_no_verdict_but_a_reason():
    verdict = drawn([trial("ridge", 0, "failed", "it crashed (SIGSEGV)")], None, "plan")
    assert verdict.learner is None
    assert "SIGSEGV" in verdict.text


def test_errors_are_told_in_their_unit():
    random = np.random.default_rng(0)
    truth = random.normal(size=300)
    predictions = [Numbers(truth + random.normal(size=300) * size) for size in (10, 1.0, 0.5)]
    trials = [trial("baseline", 0.1), trial("ridge", 1), trial("feedforward", 30)]
    verdict = drawn(trials, bootstrap(measures.RMSE, truth, predictions), "price")
    assert verdict.learner == "feedforward"
    assert "with rmse 0.4" in verdict.text or "with rmse 0.5" in verdict.text
    assert " worse, at 1/30 of the cost" in verdict.text
    assert "points" not in verdict.text


def test_who_was_not_heard_out_is_named():
    done = [trial("baseline", 0.1), trial("ridge", 1), trial("convolutional", 2)]
    done[2].hurried = True
    late = trial("gradient-boosting", None, status="timed out", message="no time was left for it")
    predictions = [labels(share, seed) for seed, share in enumerate((0.5, 0.9, 0.7))]
    verdict = drawn([*done, late], bootstrap(measures.ACCURACY, np.zeros(ROWS, int), predictions), "plan")
    assert verdict.learner == "ridge"
    assert "Not tested for lack of time: gradient-boosting." in told(verdict)
    assert "Cut short, so more minutes may change this: convolutional." in told(verdict)
    done[1].hurried = True
    winner = drawn([*done, late], bootstrap(measures.ACCURACY, np.zeros(ROWS, int), predictions), "plan")
    assert "Cut short, so more minutes may change this: ridge and convolutional." in told(winner)
    done[1].hurried = False
    calm = drawn(done[:2], bootstrap(measures.ACCURACY, np.zeros(ROWS, int), predictions[:2]), "plan")
    assert "time" not in told(calm)
    assert "Cut short" not in told(calm)


def test_a_baseline_alone_is_no_family_that_left_time():
    trials = [trial("baseline", 0.1), trial("feedforward", 20)]
    trials[1].hurried = True
    compared = bootstrap(measures.ACCURACY, np.zeros(ROWS, int), [labels(0.5), labels(0.9, 1)])
    assert "No classical contender was tried" in told(drawn(trials, compared))
    assert "the same time" not in told(drawn(trials, compared))
    trials.append(trial("ridge", 1))
    compared = bootstrap(measures.ACCURACY, np.zeros(ROWS, int), [labels(0.5), labels(0.9, 1), labels(0.8, 2)])
    assert "what classical left of it was not given to deep" in told(drawn(trials, compared))


def curve(learner, family="classical", shape="rising", doubling=(0.02, 0.01, 0.03)):
    return Curve(learner, family, [100.0, 600.0], [0.7, 0.8], [0.6, 0.7], [0.8, 0.9], shape, 0.9, None, doubling)


SIZES = [600.0, 4_800.0, 38_400.0]
PAIR = (("baseline", 0.1, 0.5), ("ridge", 1, 0.90), ("feedforward", 210, 0.70))


def test_a_verdict_has_three_sentences():
    outlook = Outlook(SIZES, [0.1, 0.4, 0.7], [0.0, 0.2, 0.5], 0.7, (12_345.0, 4_200.0, None))
    verdict = judged(*PAIR, curves=[curve("ridge")], outlook=outlook)
    assert (
        "Twice the rows would bring ridge +2.0 points (+1.0 to +3.0); the best classical contender is" in verdict.text
    )
    assert "deep is expected to overtake it at about 12,000 training rows (4,200 to more than 38,000)." in verdict.text
    assert verdict.text.count(". ") == 2


def test_a_crossing_that_is_not_expected_is_said_with_its_chance():
    outlook = Outlook(SIZES, [0.02, 0.03, 0.08], [0.0, 0.0, 0.0], 0.1, None)
    verdict = judged(*PAIR, curves=[curve("ridge", shape="at its ceiling")], outlook=outlook)
    assert "Twice the rows would hardly make ridge better; the best classical contender is" in verdict.text
    assert "deep is not expected to overtake it within 64 times as many (probability 10 %)" in verdict.text


def test_who_is_in_front_is_open_where_a_coin_says_it_or_the_test_rows_say_otherwise():
    coin = Outlook(SIZES, [0.51, 0.5, 0.4], [0.3, 0.3, 0.3], 0.6, (1_000.0, 600.0, None))
    verdict = judged(*PAIR, curves=[curve("ridge")], outlook=coin)
    assert "is in front with a probability of 51 % now and 40 % at 64 times the rows." in verdict.text
    assert "overtake" not in verdict.text
    contrary = Outlook(SIZES, [0.7, 0.6, 0.5], [0.3, 0.3, 0.3], 0.2, None)
    surely = (("ridge", 1, 0.9), ("feedforward", 9, 0.7))
    assert "allowing for luck" in judged(*surely, curves=[curve("ridge")], outlook=contrary).text
    better = (("baseline", 0.1, 0.5), ("ridge", 1, 0.8), ("random-forest", 9, 0.95), ("feedforward", 90, 0.9))
    cheap = judged(*better, margin=20.0, curves=[curve("ridge")], outlook=Outlook(SIZES, [0.1] * 3, [0.1] * 3, 0.1))
    assert (cheap.learner, cheap.ahead) == ("ridge", "classical")  # though deep is surely better than ridge
    assert "the best classical contender is in" in cheap.text
    agreeing = Outlook(SIZES, [0.3, 0.3, 0.3], [0.2, 0.2, 0.2], 0.2, None)
    assert "the best classical contender is in" in judged(*surely, curves=[curve("ridge")], outlook=agreeing).text


def test_as_good_is_neither_better_nor_worse():
    verdict = judged(("baseline", 0.1, 0.5), ("ridge", 1, 0.9), ("feedforward", 9, 0.9))
    assert "Deep (feedforward) is as good, ± " in verdict.text
    assert " 0.0 ±" not in told(verdict)


def test_where_deep_leads_it_is_classical_that_may_overtake():
    outlook = Outlook(SIZES, [0.98, 0.97, 0.96], [0.9, 0.9, 0.9], 0.1, None)
    verdict = judged(("ridge", 1, 0.7), ("feedforward", 9, 0.9), curves=[curve("feedforward", "deep")], outlook=outlook)
    assert (
        "the best deep contender is in front with a probability of 98 %, and classical is not expected to overtake"
        in verdict.text
    )
    assert "within 64 times as many (probability 10 %)" in verdict.text


def test_a_gain_that_is_nothing_is_said_to_be_nothing():
    verdict = judged(*PAIR, curves=[curve("ridge", doubling=(0.0001, -0.0001, 0.0004))])
    assert "Twice the rows would hardly make ridge better." in verdict.text


def test_what_twice_the_rows_bring_to_an_error_is_better_above_zero():
    random = np.random.default_rng(0)
    truth = random.normal(size=300)
    predictions = [Numbers(truth + random.normal(size=300) * size) for size in (10, 1.0)]
    trials = [trial("baseline", 0.1), trial("ridge", 1)]
    verdict = drawn(trials, bootstrap(measures.RMSE, truth, predictions), "price", curves=[curve("ridge")])
    assert "Twice the rows would change ridge by +0.02 (+0.01 to +0.03, above zero is better)." in verdict.text


def test_large_numbers_are_written_as_tables_write_them():
    random = np.random.default_rng(0)
    truth = random.normal(size=300) * 400_000
    predictions = [Numbers(truth + random.normal(size=300) * size) for size in (300_000, 100_000.0)]
    compared = bootstrap(measures.RMSE, truth, predictions)
    trials = [trial("baseline", 0.1), trial("feedforward", 1)]
    verdict = drawn(trials, compared, "price", curves=[curve("feedforward", "deep", doubling=(15_049, -36, 34_812))])
    assert f"with rmse {compared.scores[1]:,.0f} (" in verdict.text
    assert "Twice the rows would change feedforward by +15,000 (−36 to +34,800, above zero is better)." in verdict.text
    assert "e+0" not in told(verdict)


def test_who_leads_is_told_without_a_curve_of_the_one_that_is_named():
    ahead = Outlook([600.0, 38_400.0], [0.2, 0.3], [0.1, 0.2], 0.3)
    contenders = (("baseline", 0.1, 0.5), ("ridge", 1, 0.9), ("feedforward", 30, 0.8))
    verdict = judged(*contenders, outlook=ahead)
    assert "What twice the rows would bring ridge was not measured; the best classical contender is in" in verdict.text


def compared_with(differences, errors):
    """A bootstrap in which contenders differ from the first by so much, with these standard errors."""
    noise = np.random.default_rng(0).normal(size=(1_000, len(errors))) * np.array(errors)
    scores = 0.8 + np.array(differences)
    return Bootstrap(measures.ACCURACY, scores, scores + noise - noise.mean(axis=0), ROWS, False)


def test_whoever_beats_a_contender_beats_it_even_where_the_leader_is_too_uncertain_to():
    trials = [trial("ridge", 1), trial("random-forest", 9), trial("feedforward", 90)]
    verdict = drawn(trials, compared_with((0.0, 0.03, 0.035), (0.0, 0.005, 0.03)))
    beaten = {each["learner"]: (each["beaten"], each["against"]) for each in verdict.comparisons}
    assert beaten == {"ridge": (True, "random-forest"), "random-forest": (False, "feedforward")}
    assert verdict.learner == "random-forest"
    assert ": a tie" in verdict.text


def test_those_without_time_are_named_together():
    late = [trial(name, None, "timed out", "no time was left for it") for name in ("ridge", "feedforward")]
    compared = bootstrap(measures.ACCURACY, np.zeros(ROWS, int), [labels(0.5)])
    verdict = drawn([trial("baseline", 0.1), *late], compared)
    assert "Not trained: ridge and feedforward (no time was left for it)." in verdict.text


def test_odd_curves_are_named():
    verdict = judged(*PAIR, curves=[curve("ridge"), curve("feedforward", "deep", "peaking")])
    assert "More rows made it worse somewhere, so its forecast is vague: feedforward." in verdict.notes


@pytest.mark.parametrize("late", [100, 200, None])
def test_a_curve_that_fell_for_want_of_time_is_no_fault_of_the_rows(late):
    points = [
        Point("feedforward", "deep", rows, 0, score, 1.0, 0.1, hurried=rows == late)
        for rows, score in ((50, 0.5), (100, 0.8), (200, 0.6), (400, 0.7))
    ]
    odd = [curve("ridge"), curve("feedforward", "deep", "peaking")]
    notes = judged(*PAIR, curves=odd, points=points).notes
    rows = "More rows made it worse somewhere, so its forecast is vague: feedforward."
    time = "Worse with more rows for want of time, so its forecast is vague: feedforward."
    assert ((rows in notes), (time in notes)) == ((True, False) if late is None else (False, True))


def test_a_curve_whose_samples_ran_out_of_time_is_named():
    late = Point("feedforward", "deep", 300, 0, 0.6, 1.0, 0.1, hurried=True)
    verdict = judged(*PAIR, curves=[curve("ridge"), curve("feedforward", "deep")], points=[late])
    assert "Cut short on samples, so its curve may be too steep: feedforward." in verdict.notes
    assert not any("on samples" in note for note in judged(*PAIR, curves=[curve("ridge")], points=[late]).notes)


def test_the_default_margin_shrinks_near_perfection():
    near = [Trial("ridge", "classical", score=0.99)]
    assert matters(near, measures.ACCURACY, None) == pytest.approx(0.001)
    assert matters([Trial("ridge", "classical", score=0.8)], measures.ACCURACY, None) == pytest.approx(0.005)
    assert matters([Trial("ridge", "classical", score=50.0)], measures.RMSE, None) == pytest.approx(0.5)
    assert matters(near, measures.ACCURACY, 0.5) == pytest.approx(0.005)


def foreseen(best, sets=14, **near):
    rows = [600.0, 4800.0, 38_400.0]
    chances = {name: [chance] * 3 for name, chance in {best: 0.625, **near}.items()}
    return Outlook(rows, [0.2, 0.4, 0.6], [0.1, 0.3, 0.5], 0.6, None, [best] * 3, chances, sets, [0.2, 0.4, 0.6])


CONTENDERS = (("baseline", 0.1, 0.5), ("ridge", 1, 0.90), ("random-forest", 3, 0.89), ("feedforward", 210, 0.91))


def test_what_to_use_with_more_rows_is_told_beside_the_verdict_and_does_not_change_it():
    verdict = judged(*CONTENDERS, outlook=foreseen("feedforward"))
    plain = judged(*CONTENDERS)
    assert verdict.learner == plain.learner == "ridge"
    assert (verdict.tie, verdict.comparisons) == (plain.tie, plain.comparisons)
    assert plain.grown is None
    assert verdict.grown == {
        "learner": "feedforward",
        "family": "deep",
        "rows": 4800.0,
        "times": 8,
        "chance": 0.625,
        "experience": 14,
        "weight": 0.4,
    }
    assert "With 8 times the rows, try feedforward before ridge" in told(verdict)
    assert "better by what matters: 62 %" in told(verdict)


def test_of_what_is_to_come_nobody_is_certain():
    contenders = (("baseline", 0.1, 0.5), ("ridge", 1, 0.90), ("feedforward", 30, 0.5))
    outlook = foreseen("ridge", feedforward=0.0)
    sure = replace(outlook, near={"ridge": [1.0] * 3, "feedforward": [0.0] * 3})
    assert "stay with ridge (probability that none is better by what matters: 99 %)" in told(
        judged(*contenders, outlook=sure)
    )


def test_one_contender_that_is_expected_best_is_told_beside_the_other_family_as_a_whole():
    contenders = (("baseline", 0.1, 0.5), ("ridge", 1, 0.90), ("feedforward", 30, 0.91))
    outlook = foreseen("feedforward", ridge=0.4, feedforward=0.7)
    said = told(judged(*contenders, outlook=replace(outlook, deep_ahead=[0.4] * len(outlook.rows))))
    assert "try feedforward before ridge" in said
    assert "Some classical contender is in front then with a probability of 60 %" in said
    said = told(judged(*contenders, outlook=replace(outlook, deep_ahead=[0.6] * len(outlook.rows))))
    assert "Some classical contender" not in said


def test_what_a_forecast_leans_on_is_said_where_it_leans():
    assert "on 14 other tables, which count 20 % now and 40 % at 8 times the rows" in told(
        judged(*CONTENDERS, outlook=foreseen("ridge"))
    )
    alone = told(judged(*CONTENDERS, outlook=foreseen("ridge", sets=0)))
    assert "other tables" not in alone
    assert "stay with ridge" in alone


def test_today_s_choice_stays_where_it_will_do_nearly_as_well():
    assert judged(*CONTENDERS, outlook=foreseen("feedforward", ridge=0.55)).grown["learner"] == "ridge"
    assert judged(*CONTENDERS, outlook=foreseen("feedforward", ridge=0.3)).grown["learner"] == "feedforward"


def test_where_nobody_is_likely_to_be_the_best_that_is_said():
    verdict = judged(*CONTENDERS, outlook=foreseen("feedforward", feedforward=0.3))
    assert "it is open who is best; begin with feedforward" in told(verdict)


@pytest.mark.parametrize(("low", "hoped"), [(0.49, False), (0.8, True)])
def test_where_nothing_beats_the_baseline_more_rows_promise_only_what_is_sure(low, hoped):
    curve = Curve(
        "feedforward", "deep", [600.0, 40_000.0], [0.9] * 2, [low] * 2, [0.95] * 2, "rising", 0.9, None, (0,) * 3
    )
    verdict = judged(
        ("baseline", 0.1, 0.50),
        ("ridge", 1, 0.51),
        ("feedforward", 30, 0.49),
        curves=[curve],
        outlook=foreseen("feedforward"),
    )
    assert verdict.text.startswith("Nothing beats the baseline")
    assert ("With 8 times the rows, feedforward is expected to beat it." in verdict.notes) == hoped
    assert bool(verdict.notes) == hoped
