"""T10: the price of insensitivity, by coverage and by odds.

Command: ``tokenscm check --only T10``. Expect rho log V where orbits of V scenes are equiprobable,
2 rho / (1 + rho) log 2 where scenes are and V = 2, rho H_b(theta) for odds theta, and for a bag of
words over two-word objects as much more as it is worth to know which attribute is whose.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Int

from experiments.results.record import Measurement, Row, by_setting, select, values
from experiments.studies.shared.probed import ProbedSeed
from experiments.studies.shared.scene_worlds import (
    COLOURED,
    COLOURS,
    NOUNS,
    PAIRS,
    PERHAPS_COLOURED,
    covered_world,
)
from experiments.studies.shared.study import STUDIES, Preset, Setting, Study
from experiments.studies.shared.verdicts import exact_verdicts
from experiments.vocabulary import metrics, roles
from experiments.vocabulary.operators import ADD, REPLACE, SWAP
from experiments.vocabulary.settings import BAG_OVER_PHRASES, EQUIPROBABLE, HALF_COVERED, ODDS
from proofs_check import Comparison, FiniteWorld, Verdict
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
        formula: the price that is predicted, as mathematical text.
        predicted: the same, of rho and theta.
        config: the worlds, but for coverage.
        coverage: of rho 1 and theta 1/2, as law and operator say.
        label: what the encoder sees.
        rhos: the coverages.
        thetas: the odds.
    """

    formula: str
    predicted: Callable[[float, float], float]
    config: SceneConfig
    coverage: Coverage
    label: Callable[[FiniteWorld], Int[np.ndarray, " captions"]] = orbits_of_operator
    rhos: tuple[float, ...] = RHOS
    thetas: tuple[float, ...] = (0.5,)

    def measure(self) -> Iterator[Measurement]:
        """The price in each world, at its realised coverage, and as predicted on a finer grid."""
        for rho in self.rhos:
            for theta in self.thetas:
                realised, paid = self._exact(rho, theta)
                labels = {"rho": realised, "theta": theta}
                error = paid - self.predicted(realised, theta)
                yield Measurement(metrics.PRICE, paid, roles.EXACT, labels)
                yield Measurement(metrics.PRICE_ERROR, error, roles.EXACT, labels)
        steps = [step / STEPS for step in range(STEPS + 1)]
        for rho in steps if len(self.rhos) > 1 else self.rhos:
            for theta in steps if len(self.thetas) > 1 else self.thetas:
                value, labels = self.predicted(rho, theta), {"rho": rho, "theta": theta}
                yield Measurement(metrics.PRICE, value, roles.PREDICTED, labels)

    def _exact(self, rho: float, theta: float) -> tuple[float, float]:
        """The realised coverage and the price of a world."""
        operator, grammar = self.coverage.operator, self.config.grammar
        coverage = dataclasses.replace(self.coverage, rho=rho, theta=theta)
        world = covered_world(self.config, coverage)
        law = np.bincount(world.scene, world.probability, world.scenes)
        return realised_coverage(operator, grammar, law), price(world, self.label(world))


ROUNDING = 1e-12
"""How far double precision moves an information of some hundred terms of size 1."""

CURVES = {
    SWAP: Curve(
        r"$\rho \,\log\,2$",
        lambda rho, _: rho * np.log(2.0),
        PAIRS,
        Coverage(Swap()),
    ),
    EQUIPROBABLE: Curve(
        r"$2\rho/(1+\rho) \,\log\,2$",
        lambda rho, _: 2.0 * rho / (1.0 + rho) * np.log(2.0),
        PAIRS,
        Coverage(Swap(), law="scenes"),
    ),
    # Half of the pairs have two colours; of those each bag holds two orbits.
    BAG_OVER_PHRASES: Curve(
        r"$(\rho+\frac{1}{2}) \,\log\,2$",
        lambda rho, _: (rho + 0.5) * np.log(2.0),
        COLOURED_PAIRS,
        Coverage(Swap("phrases")),
        bags_of_words,
    ),
    REPLACE: Curve(
        r"$\rho \,\log\,3$",
        lambda rho, _: rho * np.log(3.0),
        COLOURED,
        Coverage(Replace("object 0 attribute 0")),
    ),
    ADD: Curve(
        r"$\rho \,\log\,4$",
        lambda rho, _: rho * np.log(4.0),
        PERHAPS_COLOURED,
        Coverage(Add()),
    ),
    ODDS: Curve(
        r"$H_b(\theta)$",
        lambda _, theta: binary_entropy(theta),
        PAIRS,
        Coverage(Swap()),
        rhos=(1.0,),
        thetas=THETAS,
    ),
    HALF_COVERED: Curve(
        r"$\frac{1}{2} H_b(\theta)$",
        lambda rho, theta: rho * binary_entropy(theta),
        PAIRS,
        Coverage(Swap()),
        rhos=(0.5,),
        thetas=THETAS,
    ),
}


class PriceStudy(Study):
    """See the module."""

    name = "price"
    version = 2
    claims = ("T10",)
    title = "What does an encoder lose that is blind to an operator, or to word order?"

    def settings(self, preset: Preset) -> Sequence[Setting]:
        """A curve each."""
        del preset
        return [Setting(name, None, {"formula": curve.formula}) for name, curve in CURVES.items()]

    def measure(self, setting: Setting, seeds: Sequence[ProbedSeed]) -> Iterator[Measurement]:
        """The price and its prediction."""
        del seeds
        return CURVES[setting.name].measure()

    def verdicts(self, rows: Sequence[Row], seconds: dict[str, float]) -> list[Verdict]:
        """How far each curve lies from its formula, at the point where it is furthest."""
        found = []
        for name, here in by_setting(select(rows, metric=metrics.PRICE_ERROR)).items():
            furthest = max(values(here), key=abs)
            error = Comparison("price above its formula, at most", "~=", 0.0, furthest, ROUNDING)
            found += exact_verdicts(self, name, [error], seconds=seconds)
        return found


STUDIES.register(PriceStudy.name, PriceStudy())
