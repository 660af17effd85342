"""What tests of figures share."""

from __future__ import annotations

import numpy as np
import pytest


@pytest.fixture
def drawn():
    """A function from a figure and a marker to x of every point with that marker, sorted."""

    def points(figure, marker):
        return sorted(
            float(x)
            for axis in figure.axes
            for line in axis.lines
            if line.get_marker() == marker
            for x in np.atleast_1d(line.get_xdata())
        )

    return points


@pytest.fixture(autouse=True)
def _strict(strict_promotion):
    """No dtype is promoted implicitly here."""
