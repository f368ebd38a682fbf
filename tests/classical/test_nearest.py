import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.neighbors import NearestNeighbors

from fathom.classical.nearest import nearest


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 60), st.integers(1, 5), st.integers(1, 12), st.booleans())
def test_finds_what_scikit_learn_finds(seed, rows, width, k, grid):
    rng = np.random.default_rng(seed)
    stored = rng.normal(size=(rows, width)) * 10
    queries = rng.normal(size=(9, width)) * 10
    if grid:  # many ties
        stored, queries = np.round(stored / 10), np.round(queries / 10)
    stored = stored.astype(np.float32)
    k = min(k, rows)
    found = nearest(queries, stored, k)
    expected = NearestNeighbors(n_neighbors=k, algorithm="brute").fit(stored).kneighbors(queries)[0]
    for query in range(9):
        distances = np.sqrt(found.distance[found.query == query])
        assert len(distances) >= k
        assert np.allclose(distances[:k], expected[query], atol=1e-4)
        assert np.allclose(distances[k:], distances[k - 1])  # only ties come beyond the k-th


def test_order_of_rows_decides_nothing():
    rng = np.random.default_rng(0)
    stored = rng.integers(0, 3, (200, 3)).astype(np.float32)
    order = rng.permutation(200)
    one, other = nearest(stored[:20], stored, 7), nearest(stored[:20], stored[order], 7)
    for query in range(20):
        assert set(one.row[one.query == query]) == set(order[other.row[other.query == query]])
