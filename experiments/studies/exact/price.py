"""T10: the price of insensitivity, by coverage and by odds.

Command: ``tokenscm check --only T10``. Expect rho log V where orbits of V scenes are equiprobable,
2 rho / (1 + rho) log 2 where scenes are and V = 2, rho H_b(theta) for odds theta, and for a bag of
words over two-word objects as much more as it is worth to know which attribute is whose.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from jaxtyping import Int

from experiments.results.record import Row
from experiments.studies.exact.study import EXACT_STUDIES
from experiments.studies.shared.scene_worlds import (
    COLOURED,
    COLOURS,
    NOUNS,
    PAIRS,
    PERHAPS_COLOURED,
    covered_world,
)
from proofs_check import FiniteWorld
from proofs_check.finite.labels import bags_of_words
from proofs_check.quantities.information import binary_entropy, price
from scm import Add, Coverage, Replace, SceneConfig, Swap
from scm.scenes.coverage import realised_coverage

RHOS = tuple(step / 10 for step in range(11))
THETAS = tuple(step / 20 for step in range(1, 20))
STEPS = 100
"""Steps of the lines that are predicted."""

COLOURED_PAIRS = SceneConfig(nouns=NOUNS, attributes=(COLOURS[:2],))


def orbits_of_operator(world: FiniteWorld) -> Int[np.ndarray, " captions"]:
    """What an encoder sees of each caption that is blind to the world's operator alone."""
    return world.orbit


@dataclass(frozen=True)
class Curve:
    """The price for an encoder, in worlds that differ in coverage or in odds.

    Attributes:
        setting: its name.
        formula: the price that is predicted, as mathematical text.
        predicted: the same, of rho and theta.
        config: the worlds, but for coverage.
        coverage: of rho 1 and theta 1/2, as law and operator say.
        label: what the encoder sees.
        rhos: the coverages.
        thetas: the odds.
    """

    setting: str
    formula: str
    predicted: Callable[[float, float], float]
    config: SceneConfig
    coverage: Coverage
    label: Callable[[FiniteWorld], Int[np.ndarray, " captions"]] = orbits_of_operator
    rhos: tuple[float, ...] = RHOS
    thetas: tuple[float, ...] = (0.5,)

    def rows(self) -> list[Row]:
        """The price in each world, at its realised coverage, and as predicted on a finer grid."""
        exact = [self._exact(rho, theta) for rho in self.rhos for theta in self.thetas]
        steps = [step / STEPS for step in range(STEPS + 1)]
        predicted = [
            self._row("predicted", rho, theta, self.predicted(rho, theta))
            for rho in (steps if len(self.rhos) > 1 else self.rhos)
            for theta in (steps if len(self.thetas) > 1 else self.thetas)
        ]
        return exact + predicted

    def _exact(self, rho: float, theta: float) -> Row:
        operator, grammar = self.coverage.operator, self.config.grammar
        coverage = dataclasses.replace(self.coverage, rho=rho, theta=theta)
        world = covered_world(self.config, coverage)
        law = np.bincount(world.scene, world.probability, world.scenes)
        realised = realised_coverage(operator, grammar, law)
        return self._row("exact", realised, theta, price(world, self.label(world)))

    def _row(self, role: str, rho: float, theta: float, value: float) -> Row:
        labels = {"role": role, "rho": rho, "theta": theta, "formula": self.formula}
        return Row(STUDY, "T10", self.setting, 0, "price", value, labels)


STUDY = "price"

CURVES = (
    Curve(
        "SWAP",
        r"$\rho \,\log\,2$",
        lambda rho, _: rho * np.log(2.0),
        PAIRS,
        Coverage(Swap()),
    ),
    Curve(
        "SWAP, scenes equiprobable",
        r"$2\rho/(1+\rho) \,\log\,2$",
        lambda rho, _: 2.0 * rho / (1.0 + rho) * np.log(2.0),
        PAIRS,
        Coverage(Swap(), law="scenes"),
    ),
    # Half of the pairs have two colours; of those each bag holds two orbits.
    Curve(
        "bag of words over two-word objects",
        r"$(\rho+\frac{1}{2}) \,\log\,2$",
        lambda rho, _: (rho + 0.5) * np.log(2.0),
        COLOURED_PAIRS,
        Coverage(Swap("phrases")),
        bags_of_words,
    ),
    Curve(
        "REPLACE",
        r"$\rho \,\log\,3$",
        lambda rho, _: rho * np.log(3.0),
        COLOURED,
        Coverage(Replace("object 0 attribute 0")),
    ),
    Curve(
        "ADD",
        r"$\rho \,\log\,4$",
        lambda rho, _: rho * np.log(4.0),
        PERHAPS_COLOURED,
        Coverage(Add()),
    ),
    Curve(
        "SWAP, odds",
        r"$H_b(\theta)$",
        lambda _, theta: binary_entropy(theta),
        PAIRS,
        Coverage(Swap()),
        rhos=(1.0,),
        thetas=THETAS,
    ),
    Curve(
        "SWAP, odds, half covered",
        r"$\frac{1}{2} H_b(\theta)$",
        lambda rho, theta: rho * binary_entropy(theta),
        PAIRS,
        Coverage(Swap()),
        rhos=(0.5,),
        thetas=THETAS,
    ),
)


class PriceStudy:
    """See the module."""

    name: str = STUDY
    version: int = 1
    claims: tuple[str, ...] = ("T10",)
    figure: str = "price"
    title: str = "What does an encoder lose that is blind to an operator, or to word order?"

    def rows(self) -> list[Row]:
        """The price and its prediction, curve by curve."""
        return [row for curve in CURVES for row in curve.rows()]


EXACT_STUDIES.register("price", PriceStudy())
