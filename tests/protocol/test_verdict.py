import numpy as np
import pytest

from fathom.protocol.intervals import bootstrap
from fathom.protocol.study import Trial
from fathom.protocol.verdict import draw
from fathom.tasks import measures
from fathom.tasks.predictions import Labels, Numbers

ROWS = 500


def trial(learner, seconds, status="done", message=""):
    family = "deep" if learner in ("feedforward", "convolutional") else "classical"
    return Trial(learner, family, status, message, fit_seconds=seconds, predict_ms_per_row=0.0)


def labels(share, seed=0):
    """Predictions that are right (class 0) on a share of the rows."""
    right = np.random.default_rng(seed).permutation(ROWS) < share * ROWS
    chance = np.where(right, 0.9, 0.1)
    return Labels(("a", "b"), np.column_stack([chance, 1 - chance]))


def judged(*contenders, margin=None):
    """The verdict over (learner, seconds, share right)."""
    trials = [trial(learner, seconds) for learner, seconds, _ in contenders]
    predictions = [labels(share, seed) for seed, (_, _, share) in enumerate(contenders)]
    compared = bootstrap(measures.ACCURACY, np.zeros(ROWS, int), predictions)
    return draw(trials, compared, "plan", margin)


def test_the_cheapest_of_the_unbeaten_wins_and_a_tie_is_called_one():
    verdict = judged(("baseline", 0.1, 0.5), ("ridge", 1, 0.90), ("random-forest", 3, 0.89), ("feedforward", 210, 0.91))
    assert (verdict.learner, verdict.family, verdict.leader, verdict.tie) == ("ridge", "classical", "feedforward", True)
    assert "Use classical: ridge, with accuracy 90.0 %" in verdict.text
    assert "Deep (feedforward) is 1.0 ± " in verdict.text
    assert "points better: a tie, at 210 x the cost." in verdict.text
    assert "It ties with random-forest and is the cheapest of them." in verdict.text
    assert verdict.families["cost_ratio"] == pytest.approx(210)
    assert verdict.families["difference"] == pytest.approx(0.01)
    assert verdict.families["low"] < 0 < verdict.families["high"]
    assert {each["learner"]: each["beaten"] for each in verdict.comparisons} == {
        "baseline": True,
        "ridge": False,
        "random-forest": False,
    }


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


def test_a_difference_below_the_margin_beats_nobody():
    contenders = (("ridge", 1, 0.90), ("feedforward", 30, 0.99))
    assert judged(*contenders).learner == "feedforward"
    verdict = judged(*contenders, margin=15)
    assert verdict.learner == "ridge"
    assert "less than the 15.0 points that would matter" in verdict.text


def test_a_missing_family_is_named_with_its_reason():
    trials = [trial("ridge", 1), trial("feedforward", 0, "skipped", "needs torch: pip install 'fathom-ml[deep]'")]
    compared = bootstrap(measures.ACCURACY, np.zeros(ROWS, int), [labels(0.9)])
    verdict = draw(trials, compared, "plan")
    assert "No deep contender was trained to the end (feedforward: needs torch: pip install" in verdict.text


def test_without_a_trial_there_is_no_verdict_but_a_reason():
    verdict = draw([trial("ridge", 0, "failed", "it crashed (SIGSEGV)")], None, "plan")
    assert verdict.learner is None
    assert "SIGSEGV" in verdict.text


def test_errors_are_told_in_their_unit():
    random = np.random.default_rng(0)
    truth = random.normal(size=300)
    predictions = [Numbers(truth + random.normal(size=300) * size) for size in (10, 1.0, 0.5)]
    trials = [trial("baseline", 0.1), trial("ridge", 1), trial("feedforward", 30)]
    verdict = draw(trials, bootstrap(measures.RMSE, truth, predictions), "price")
    assert verdict.learner == "feedforward"
    assert "with rmse 0.4" in verdict.text or "with rmse 0.5" in verdict.text
    assert " worse, at 1/30 of the cost" in verdict.text
    assert "points" not in verdict.text


def test_who_was_not_heard_out_is_named():
    done = [trial("baseline", 0.1), trial("ridge", 1), trial("convolutional", 2)]
    done[2].hurried = True
    late = trial("gradient-boosting", None, status="timed out", message="no time was left for it")
    predictions = [labels(share, seed) for seed, share in enumerate((0.5, 0.9, 0.7))]
    verdict = draw([*done, late], bootstrap(measures.ACCURACY, np.zeros(ROWS, int), predictions), "plan")
    assert verdict.learner == "ridge"
    assert "Not tested for lack of time: gradient-boosting." in verdict.text
    assert "Cut short, so more minutes may change this: convolutional." in verdict.text
    calm = draw(done[:2], bootstrap(measures.ACCURACY, np.zeros(ROWS, int), predictions[:2]), "plan")
    assert "time" not in calm.text
    assert "Cut short" not in calm.text
