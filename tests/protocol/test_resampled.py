import numpy as np
import pytest

from fathom.protocol.resampled import scorer
from fathom.tasks import measures
from fathom.tasks.predictions import Labels, Numbers

LABELS = (
    measures.ACCURACY,
    measures.BALANCED_ACCURACY,
    measures.MACRO_F1,
    measures.ROC_AUC,
    measures.AVERAGE_PRECISION,
    measures.LOG_LOSS,
    measures.CALIBRATION_ERROR,
)
NUMBERS = (measures.RMSE, measures.MAE, measures.R2)


@pytest.mark.parametrize("classes", [2, 4])
@pytest.mark.parametrize("measure", LABELS, ids=lambda measure: measure.name)
def test_many_resamples_at_once_score_as_one_by_one(measure, classes):
    random = np.random.default_rng(1)
    truth = random.integers(-1 if classes == 4 else 0, classes, 90)
    names = tuple("abcd"[:classes])
    predictions = [Labels(names, random.dirichlet(np.ones(classes), 90).round(2)) for _ in range(3)]
    weights = random.multinomial(90, np.ones(90) / 90, size=5).astype(np.float32)
    expected = [[measure.score(truth, each, row.astype(float)) for each in predictions] for row in weights]
    assert np.allclose(scorer(measure, truth, predictions)(weights), expected, rtol=1e-5)


@pytest.mark.parametrize("measure", NUMBERS, ids=lambda measure: measure.name)
def test_numbers_too(measure):
    random = np.random.default_rng(1)
    truth = 1e4 + random.normal(size=70)
    predictions = [Numbers(truth + random.normal(size=70)) for _ in range(2)]
    weights = random.multinomial(70, np.ones(70) / 70, size=5).astype(np.float32)
    expected = [[measure.score(truth, each, row.astype(float)) for each in predictions] for row in weights]
    assert np.allclose(scorer(measure, truth, predictions)(weights), expected, rtol=1e-4)


def test_a_class_that_was_not_drawn_has_no_area():
    labels = Labels(("a", "b"), np.array([[0.9, 0.1], [0.2, 0.8]]))
    score = scorer(measures.ROC_AUC, np.array([0, 1]), [labels])
    assert np.isnan(score(np.array([[2, 0]], dtype=np.float32))).all()
