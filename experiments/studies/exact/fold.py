"""T2: the fold, an optimum that is 2-to-1 since it is not proper, beside the bijection.

Command: ``tokenscm check --only T2``. Expect that either half of content fills the whole square of
codes, that z and its partner share a code, that ``|det Dh|`` is 2 p where the bijection's is p, and
that the best prediction of z_2 from its fold has R^2 0.34.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float
from scipy.special import ndtri

from experiments.results.record import Measurement, Row, select, values
from experiments.studies.shared.probed import ProbedSeed
from experiments.studies.shared.study import STUDIES, Preset, Setting, Study
from experiments.studies.shared.verdicts import exact_verdicts
from experiments.vocabulary import metrics
from experiments.vocabulary.settings import BIJECTION, FOLD, LOWER, UPPER
from proofs_check import Comparison, Darmois, Fold, Verdict
from proofs_check.continuous.fold import fold_r2
from scm import DagMechanism
from scm.compiler import quickly

ROUNDING = 1e-9
"""How far double precision moves a determinant or a code: normal quantiles and their derivatives of
size 100 at most, by 2^-53 of it a step."""

HALVES = {LOWER: 0.0, UPPER: 0.5}
"""Halves of content, by the least u_2 of each; u = d(z)."""

LEVELS = (0.1, 0.25, 0.5, 0.75, 0.9)
"""The u_1 of lines along which u_2 varies in its half; of those across, twice the u_2."""

FINE = np.linspace(0.002, 0.998, 80)
"""How lines are drawn: not to the rim of the cube, where content is infinite."""

PARTNERS = {"a": (0.35, 0.08), "b": (0.8, 0.21), "c": (0.6, 0.41)}
"""The u of points of the lower half whose codes are those of points of the upper half."""

POINTS = 60
"""Points at which determinants are shown."""


def independent_content() -> Darmois:
    """The Darmois map of two independent standard normal coordinates."""
    no_parents = DagMechanism(*map(jnp.zeros, ((2, 2), (2, 1, 2), (2, 1), (2, 1))))
    return Darmois(jnp.eye(2), no_parents)


def curves() -> Iterator[tuple[str, str, str, Float[np.ndarray, "points 2"]]]:
    """Metric, line, half and points u of a grid of content, and of the pairs that share a code."""
    for half, low in HALVES.items():
        for level in LEVELS:
            along = np.stack([np.full_like(FINE, level), low + FINE / 2], axis=1)
            across = np.stack([FINE, np.full_like(FINE, low + level / 2)], axis=1)
            yield metrics.CODE, f"u_1 = {level}", half, along
            yield metrics.CODE, f"u_2 = {low + level / 2}", half, across
        for name, point in PARTNERS.items():
            yield metrics.SHARED_CODE, name, half, np.add([point], [[0.0, low]])


class FoldStudy(Study):
    """See the module."""

    name = "fold"
    version = 2
    claims = ("T2",)
    title = "How can an optimum be 2-to-1?"

    def settings(self, preset: Preset) -> Sequence[Setting]:
        """The bijection, and the fold."""
        del preset
        return [Setting(BIJECTION), Setting(FOLD)]

    def measure(self, setting: Setting, seeds: Sequence[ProbedSeed]) -> Iterator[Measurement]:
        """Determinants and what is lost; of the fold codes along lines, and of pairs with one."""
        del seeds
        with jax.enable_x64(True):
            darmois = independent_content()
            fold = Fold(darmois)
            yield from _determinants(fold if setting.name == FOLD else darmois)
            if setting.name == FOLD:
                for curve in curves():
                    yield from _codes(fold, *curve)
        lost = fold_r2() if setting.name == FOLD else 1.0
        yield Measurement(metrics.LOST_R2, lost, None)

    def verdicts(self, rows: Sequence[Row], seconds: dict[str, float]) -> list[Verdict]:
        """As built, the fold covers the square twice, and partners of both halves share codes."""
        found: list[Verdict] = []
        for name, times in ((BIJECTION, 1.0), (FOLD, 2.0)):
            ratios = values(rows, setting=name, metric=metrics.DETERMINANT_RATIO)
            if not ratios:
                continue
            furthest = max(ratios, key=lambda ratio: abs(ratio - times))
            as_built = partial(Comparison, relation="~=", tolerance=ROUNDING, identity=True)
            compared = [as_built("|det Dh| / p, furthest", predicted=times, measured=furthest)]
            if name == FOLD:
                shared = select(rows, metric=metrics.SHARED_CODE)
                low, high = (np.array(values(shared, half=half)) for half in HALVES)
                apart = np.abs(low - high).max()
                compared.append(as_built("codes of partners apart", predicted=0.0, measured=apart))
            found += exact_verdicts(self, name, compared, seconds=seconds)
        return found


def _determinants(code: Darmois | Fold) -> Iterator[Measurement]:
    z = np.random.default_rng(0).standard_normal((POINTS, 2))
    for at, volume in zip(z, np.asarray(_volumes(code, jnp.asarray(z))), strict=True):
        density = float(np.exp(-(at @ at) / 2) / (2 * np.pi))
        labels = {"density": density}
        yield Measurement(metrics.DETERMINANT, float(volume), None, labels)
        yield Measurement(metrics.DETERMINANT_RATIO, float(volume) / density, None, labels)


def _codes(
    fold: Fold, metric: str, line: str, half: str, uniform: Float[np.ndarray, "points 2"]
) -> Iterator[Measurement]:
    z = ndtri(uniform)
    for (z_1, z_2), codes in zip(z.tolist(), np.asarray(_code(fold, jnp.asarray(z))), strict=True):
        for i, code in enumerate(codes, 1):
            labels = {"line": line, "half": half, "coordinate": i, "z_1": z_1, "z_2": z_2}
            yield Measurement(metric, float(code), None, labels)


@partial(jax.jit, compiler_options=quickly())
def _code(fold: Fold, z: Float[Array, "b 2"]) -> Float[Array, "b 2"]:
    return fold(z)


@partial(jax.jit, compiler_options=quickly())
def _volumes(code: Darmois | Fold, z: Float[Array, "b 2"]) -> Float[Array, " b"]:
    jacobians = jax.vmap(jax.jacfwd(lambda row: code(row[None, :])[0]))(z)
    return jnp.abs(
        jacobians[:, 0, 0] * jacobians[:, 1, 1] - jacobians[:, 0, 1] * jacobians[:, 1, 0]
    )


STUDIES.register(FoldStudy.name, FoldStudy())
