"""Components against scipy's."""

from __future__ import annotations

import numpy as np
import scipy.sparse
from hypothesis import given
from hypothesis import strategies as st

from proofs_check.finite.components import components


@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), min_size=1, max_size=12))
def test_components_are_scipys(edges):
    left, right = np.array(edges).T
    graph = scipy.sparse.coo_array((np.ones(len(edges)), (left, 7 + right)), shape=(14, 14))
    expected = scipy.sparse.csgraph.connected_components(graph, directed=False)[1][left]
    found = components(left, right)
    np.testing.assert_array_equal(found[:, None] == found, expected[:, None] == expected)
    assert set(found) == set(range(found.max() + 1))
