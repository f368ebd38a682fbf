import numpy as np
import pytest
from sklearn import svm
from sklearn.datasets import load_iris, load_wine

from fathom.classical.kernel import Machine


def test_the_decisions_of_scikit_learn():
    x, y = load_iris(return_X_y=True)
    two = svm.SVC(gamma=0.3).fit(x[:100], y[:100])
    scores = Machine.of(two).scores(x)
    assert np.allclose(scores[:, 1] - scores[:, 0], two.decision_function(x))
    number = svm.SVR(gamma=0.3).fit(x[:, :3], x[:, 3])
    assert np.allclose(Machine.of(number).numbers(x[:, :3]), number.predict(x[:, :3]))


def test_soft_votes_agree_with_votes():
    x, y = load_wine(return_X_y=True)
    x = (x - x.mean(axis=0)) / x.std(axis=0)
    for labels in (y, np.random.default_rng(0).permutation(y), y + 2 * (x[:, 0] > 0)):
        machine = svm.SVC(gamma=0.05).fit(x, labels)
        found = machine.classes_[Machine.of(machine).scores(x).argmax(axis=1)]
        assert np.mean(found == machine.predict(x)) > 0.95


def test_arrays_that_don_t_fit_are_refused():
    x, y = load_iris(return_X_y=True)
    arrays = Machine.of(svm.SVC(gamma=0.3).fit(x, y)).to_arrays()
    assert Machine.from_arrays(arrays, features=4, classes=3).gamma == 0.3
    for name in ("vectors", "weights", "offsets", "sizes"):
        with pytest.raises(ValueError, match="differ"):
            Machine.from_arrays({**arrays, name: arrays[name][:-1]}, features=4, classes=3)
