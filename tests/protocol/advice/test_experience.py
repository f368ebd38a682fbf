import numpy as np

from fathom import catalog
from fathom.protocol.advice.experience import Experience, experience

KNOWN = experience("tabular-classification")


def test_what_is_shipped_speaks_of_learners_that_there_are():
    assert set(KNOWN.learners) <= {row.name for row in catalog.LEARNERS}
    assert set(KNOWN.tasks) <= {row.name for row in catalog.TASKS}
    assert {catalog.learner(name).family for name in KNOWN.learners} == {"classical", "deep"}
    assert KNOWN.sets >= 10
    assert KNOWN.least < KNOWN.middle < KNOWN.most


def test_what_is_shipped_is_a_normal_distribution():
    assert np.isfinite([*KNOWN.level, *KNOWN.slope]).all()
    assert np.allclose(KNOWN.covariance, KNOWN.covariance.T)
    assert np.linalg.eigvalsh(KNOWN.covariance).min() > -1e-9


def test_standings_are_asked_in_any_order():
    names, rows = ["feedforward", "ridge"], np.array([500.0, 5000.0])
    one, spread = KNOWN.standing(names, rows)
    other, turned = KNOWN.standing(names[::-1], rows)
    assert np.array_equal(one, other[::-1])
    assert np.array_equal(spread, turned[::-1, ::-1])


def test_other_tasks_have_no_experience():
    assert experience("image-classification") is None
    assert isinstance(experience("tabular-regression"), Experience)
