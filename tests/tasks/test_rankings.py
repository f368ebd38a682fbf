"""Measures that are counted here, held to scikit-learn's."""

import numpy as np
import pytest
from sklearn import metrics

from fathom.tasks.measures import AVERAGE_PRECISION, MACRO_F1, ROC_AUC
from fathom.tasks.predictions import Labels


def labelled(seed, classes, ties):
    random = np.random.default_rng(seed)
    rows = int(random.integers(20, 200))
    probabilities = random.dirichlet(np.ones(classes), rows)
    if ties:
        probabilities = np.round(probabilities, 1) + 1e-3
    weight = random.integers(0, 4, rows).astype(float)  # as a bootstrap's: some rows count nothing
    truth = random.integers(0, classes, rows)
    return truth, Labels(tuple("abcde"[:classes]), probabilities / probabilities.sum(axis=1, keepdims=True)), weight


@pytest.mark.parametrize("ties", [False, True])
@pytest.mark.parametrize("classes", [2, 3, 5])
@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("weighted", [False, True])
def test_they_agree_with_scikit_learn(seed, classes, ties, weighted):
    truth, labels, weight = labelled(seed, classes, ties)
    weight = weight if weighted else None
    positions = [1] if classes == 2 else range(classes)
    for measure, theirs in (
        (ROC_AUC, metrics.roc_auc_score),
        (AVERAGE_PRECISION, metrics.average_precision_score),
    ):
        expected = [theirs(truth == k, labels.probabilities[:, k], sample_weight=weight) for k in positions]
        assert measure.score(truth, labels, weight) == pytest.approx(np.mean(expected), abs=1e-12)
    expected = metrics.f1_score(
        truth, labels.codes, labels=np.unique(truth), average="macro", sample_weight=weight, zero_division=0
    )
    assert MACRO_F1.score(truth, labels, weight) == pytest.approx(expected, abs=1e-12)


def test_rows_of_an_unknown_class_count_against_what_they_are_taken_for():
    truth, labels, weight = labelled(0, 3, False)
    truth[:10] = -1
    expected = metrics.f1_score(
        truth, labels.codes, labels=[0, 1, 2], average="macro", sample_weight=weight, zero_division=0
    )
    assert MACRO_F1.score(truth, labels, weight) == pytest.approx(expected, abs=1e-12)
