"""The figure of the price that is paid shows the means of its study's rows."""

from __future__ import annotations

import numpy as np
import pytest

from experiments.results.record import Row
from experiments.studies import STUDIES
from figures import FIGURES
from tests.figures.lines import points, same_lines, xy

LEFT = {"transformer": (0.01, 0.03), "sorted phrases": (0.02, 0.08)}
"""How far each seed's loss is above its optimum."""


def drawn(rows):
    """The figure of measured rows and of those that follow from them."""
    return FIGURES["trained_price"]([*rows, *STUDIES["trained_price"].derive(rows)])


def rows_of(encoder, rho, theta=0.5, images="vectors", suffix="", shift=0.0, **more):
    """A setting that pays half a nat where all is covered."""
    point = f"SWAP, {rho}, {theta}, {images}{suffix}"
    labels = {
        "point": point,
        "operator": "SWAP",
        "encoder": encoder,
        "rho": rho,
        "theta": theta,
        "images": images,
    } | more
    price = 0.5 * rho if encoder != "transformer" else 0.0
    values = {
        ("held-out loss", "measured"): [1.0 + price + left + shift for left in LEFT[encoder]],
        ("held-out loss", "predicted"): [1.0 + price] * 2,
        ("price", "predicted"): [price] * 2,
        ("realised coverage", "exact"): [rho - 0.01 if 0 < rho < 1 else rho] * 2,
    }
    return [
        Row(
            "trained_price",
            "T10",
            f"{point}, {encoder}",
            seed,
            metric,
            value,
            labels | {"role": role},
        )
        for (metric, role), of in values.items()
        for seed, value in enumerate(of)
    ]


@pytest.fixture
def rows():
    return [
        row
        for encoder in LEFT
        for point in (
            rows_of(encoder, 0.0),
            rows_of(encoder, 0.5),
            rows_of(encoder, 1.0),
            rows_of(encoder, 1.0, theta=0.2),
            rows_of(encoder, 1.0, images="pixels"),
        )
        for row in point
    ]


def test_prices_are_differences_of_losses_seed_by_seed(rows):
    figure = drawn(rows)
    assert figure is not None
    by_coverage, by_odds, losses = figure.axes
    # Of two seeds the mean left above the optimum is 0.05 and 0.02.
    paid = [(0.0, 0.03), (0.49, 0.28), (1.0, 0.53)]
    np.testing.assert_allclose(points(by_coverage, "o"), paid)
    np.testing.assert_allclose(points(by_coverage, "D"), [(1.0, 0.53)])
    (line,) = [line for line in by_coverage.lines if len(xy(line)) == 3]
    np.testing.assert_allclose(xy(line), [(0.0, 0.0), (0.49, 0.25), (1.0, 0.5)])
    np.testing.assert_allclose(points(by_odds, "o"), [(0.2, 0.53), (0.5, 0.53)])
    assert {round(y, 9) for _, y in points(losses, "o")} == {0.02, 0.05}
    assert {round(x, 9) for x, _ in points(losses, "o")} == {1.0, 1.25, 1.5}


def test_controls_are_not_drawn(rows):
    half_trained = rows_of("transformer", 1.0, suffix=", 100 steps", shift=0.7, steps=100)
    assert drawn(half_trained) is None
    assert same_lines(drawn(rows), drawn([*rows, *half_trained]))
