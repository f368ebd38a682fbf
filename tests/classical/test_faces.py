"""Faces by projection and by patterns: held to scikit-learn and scikit-image."""

import numpy as np
import pytest
from skimage.feature import local_binary_pattern
from sklearn.decomposition import PCA
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis

from fathom.classical import faces
from fathom.classical.face_patterns import PARTS, histograms
from fathom.classical.faces import Eigenfaces, discriminant_axes
from fathom.learner import Run


def test_principal_axes_of_few_rows_are_those_of_scikit_learn(monkeypatch):
    x = np.random.default_rng(0).normal(size=(60, 200)) * np.linspace(3, 0.1, 200)
    axes, deviations = Eigenfaces(most_axes=10)._principal(x, Run())
    pca = PCA(10, svd_solver="full").fit(x)
    assert np.allclose(np.abs((axes * pca.components_.T).sum(axis=0)), 1.0, atol=1e-6)
    assert np.allclose(deviations, np.sqrt(pca.explained_variance_), atol=1e-4)
    monkeypatch.setattr(faces, "FEW_ROWS", 10)
    many, _ = Eigenfaces(most_axes=10)._principal(x, Run())
    assert np.allclose(np.abs((axes[:, :4] * many[:, :4]).sum(axis=0)), 1.0, atol=1e-3)


def test_discriminant_axes_are_those_of_scikit_learn():
    chance = np.random.default_rng(1)
    owners = np.repeat(np.arange(5), 30)
    x = chance.normal(size=(150, 8)) * np.linspace(0.5, 4, 8) + 3 * chance.normal(size=(5, 8))[owners]
    axes = discriminant_axes(x, owners, 1e-9)
    theirs = LinearDiscriminantAnalysis(solver="eigen").fit(x, owners).scalings_[:, :4]
    cosines = (axes * theirs).sum(axis=0) / np.linalg.norm(axes, axis=0) / np.linalg.norm(theirs, axis=0)
    assert np.allclose(np.abs(cosines), 1.0, atol=1e-4)
    within = np.concatenate([x[owners == one] - x[owners == one].mean(axis=0) for one in range(5)])
    assert np.allclose(axes.T @ (within.T @ within / 150) @ axes, np.eye(4), atol=1e-6)


@pytest.mark.parametrize("side", [24, 48])
def test_patterns_of_the_parts_are_those_of_scikit_image(side):
    grey = np.random.default_rng(2).integers(0, 255, (1, side, side)).astype(np.float32)
    ours = histograms(grey).reshape(PARTS**2, -1)
    theirs = local_binary_pattern(grey[0].astype(np.uint8), 8, 1, "nri_uniform")[1:-1, 1:-1]
    edges = np.linspace(0, side - 2, PARTS + 1).round().astype(int)
    for row in range(PARTS):
        for column in range(PARTS):
            part = theirs[edges[row] : edges[row + 1], edges[column] : edges[column + 1]]
            counts = np.sort(np.bincount(part.ravel().astype(int), minlength=59)) / part.size
            assert np.allclose(np.sort(ours[row * PARTS + column]), counts, atol=2.5 / part.size)
