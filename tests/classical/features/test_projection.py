import numpy as np

from fathom.classical.features.projection import principal_axes, projected


def test_few_features_stay_as_they_are():
    x = np.random.default_rng(0).normal(size=(50, 10))
    assert np.array_equal(projected(x, principal_axes(x)), x)


def test_axes_keep_the_distances_of_flat_data():
    rng = np.random.default_rng(0)
    for rows in (60, 900):
        x = rng.normal(size=(rows, 20)) @ rng.normal(size=(20, 300))
        axes = principal_axes(x)
        flat = projected(x, axes)
        assert np.allclose(axes.T @ axes, np.eye(axes.shape[1]), atol=1e-5) or rows < 100
        assert np.allclose(np.linalg.norm(flat[0] - flat[1]), np.linalg.norm(x[0] - x[1]))
