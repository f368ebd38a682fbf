import math
from pathlib import Path

import pytest

from fathom.protocol.contenders import Contender
from fathom.protocol.races import asked, hope
from fathom.protocol.standing import Sample, Standing
from fathom.tasks import measures


def sample(learner, rows, score, seconds=1.0, *, error=0.01, hurried=False, draw=0, family="classical"):
    return Sample(learner, family, rows, draw, Path(), seconds, seconds, 0.1, None, hurried, score, error)


def standing(*samples, rows=1_600, measure=measures.ACCURACY):
    return Standing(rows, measure, list(samples))


def test_who_lies_below_any_hope_of_the_leader_is_hopeless():
    known = standing(
        sample("boosting", 100, 0.80),
        sample("boosting", 200, 0.85),
        sample("ridge", 100, 0.60),
        sample("ridge", 200, 0.61),
    )
    assert known.hopeless("ridge") == "boosting"
    assert known.hopeless("boosting") is None


def test_a_steep_curve_keeps_hope():
    known = standing(
        sample("boosting", 100, 0.80), sample("boosting", 200, 0.85), sample("net", 100, 0.50), sample("net", 200, 0.65)
    )
    assert known.hopeless("net") is None


def test_doubt_keeps_hope():
    far = (sample("boosting", 200, 0.85, error=0.2), sample("ridge", 100, 0.60), sample("ridge", 200, 0.61))
    assert standing(*far).hopeless("ridge") is None


def test_from_few_of_many_rows_nobody_is_condemned():
    far = (sample("boosting", 200, 0.85), sample("ridge", 100, 0.60), sample("ridge", 200, 0.61))
    assert standing(*far, rows=1_605).hopeless("ridge") == "boosting"
    assert standing(*far, rows=1_800).hopeless("ridge") is None


def test_one_size_or_a_lack_of_time_condemns_nobody():
    leader = sample("boosting", 200, 0.9)
    assert standing(leader, sample("ridge", 200, 0.2)).hopeless("ridge") is None
    late = (sample("net", 100, 0.2, hurried=True), sample("net", 200, 0.2, hurried=True))
    assert standing(leader, *late).hopeless("net") is None


def test_who_runs_out_of_time_and_gains_nothing_is_stuck():
    assert standing(sample("net", 100, 0.5), sample("net", 200, 0.5, hurried=True)).stuck("net")
    assert not standing(sample("net", 100, 0.5), sample("net", 200, 0.6, hurried=True)).stuck("net")
    assert not standing(sample("net", 100, 0.5), sample("net", 200, 0.4)).stuck("net")
    assert not standing(sample("net", 100, 0.5, hurried=True)).stuck("net")


def test_lower_is_better_for_errors():
    known = standing(
        sample("boosting", 200, 1.0),
        sample("ridge", 100, 5.1),
        sample("ridge", 200, 5.0),
        measure=measures.RMSE,
    )
    assert known.hopeless("ridge") == "boosting"
    assert known.leaders() == ["boosting"]


def test_the_need_grows_as_it_did_before():
    known = standing(sample("ridge", 100, 0.5, 1.0), sample("ridge", 400, 0.6, 8.0))
    assert known.need("ridge") == pytest.approx(8.0 * 4**1.5)
    assert known.need("nobody") == math.inf
    assert standing(sample("net", 400, 0.6, hurried=True)).need("net") == math.inf


def test_the_need_of_a_strange_pair_stays_plausible():
    assert standing(sample("a", 100, 0.5, 1.0), sample("a", 200, 0.6, 100.0)).need("a") <= 100 * 8**2.2
    assert standing(sample("a", 100, 0.5, 1.0), sample("a", 200, 0.6, 0.1)).need("a") >= 0.1 * 8**0.5


def test_each_family_has_a_leader_and_further_draws_do_not_count():
    known = standing(
        sample("ridge", 200, 0.7),
        sample("boosting", 200, 0.6),
        sample("boosting", 200, 0.99, draw=1),
        sample("feedforward", 200, 0.5, family="deep"),
    )
    assert sorted(known.leaders()) == ["feedforward", "ridge"]
    assert known.promise("boosting") == 0.6
    assert known.promise("nobody") == -math.inf


def test_who_still_rises_promises_more_than_who_no_longer_does():
    known = standing(
        sample("ridge", 200, 0.80),
        sample("ridge", 400, 0.80),
        sample("net", 200, 0.60, hurried=True),
        sample("net", 400, 0.75, hurried=True),
    )
    assert known.promise("net") == pytest.approx(0.75 + 0.15)  # half of what two doublings bring on a straight line
    assert known.leaders() == ["net"]
    assert standing(sample("net", 100, 0.5), sample("net", 200, 0.4)).promise("net") == 0.4


def test_who_was_asked_for_with_a_trained_network_is_heard_before_others_that_are_unknown():
    named = Contender("pretrained", "deep", parameters={"backbone": "mobilenet"})
    others = [Contender(name, "deep") for name in ("transformer", "convolutional")]
    first = sorted([*others, named], key=lambda each: -hope(each, standing()))
    assert first[0] is named
    assert [asked(each, standing()) for each in first] == [True, False, False]
    known = standing(sample("pretrained", 100, 0.6), sample("convolutional", 100, 0.7))
    order = sorted([*others, named], key=lambda each: -hope(each, known))
    assert [each.name for each in order] == ["convolutional", "pretrained", "transformer"]
    assert not asked(named, known)  # it leads, or not
