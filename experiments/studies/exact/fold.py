"""T2: the fold, an optimum that is 2-to-1 since it is not proper, beside the bijection.

Command: ``tokenscm check --only T2``. Expect that either half of content fills the whole square of
codes, that z and its partner share a code, that ``|det Dh|`` is 2 p where the bijection's is p, and
that the best prediction of z_2 from its fold has R^2 0.34.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float
from scipy.special import ndtri

from experiments.results.record import Row
from experiments.studies.exact.study import EXACT_STUDIES
from proofs_check import Darmois, Fold
from proofs_check.continuous.encoded_pairs import COMPILER
from proofs_check.continuous.fold import fold_r2
from scm import DagMechanism

STUDY = "fold"

HALVES = {"lower": 0.0, "upper": 0.5}
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
            yield "code", f"u_1 = {level}", half, along
            yield "code", f"u_2 = {low + level / 2}", half, across
        for name, point in PARTNERS.items():
            yield "shared code", name, half, np.add([point], [[0.0, low]])


class FoldStudy:
    """See the module."""

    name: str = STUDY
    version: int = 1
    claims: tuple[str, ...] = ("T2",)
    figure: str = "fold"
    title: str = "How can an optimum be 2-to-1?"

    def rows(self) -> list[Row]:
        """Codes along lines of content, pairs that share one, determinants, and what is lost."""
        with jax.enable_x64(True):
            darmois = independent_content()
            found: list[Row] = []
            for code in (darmois, Fold(darmois)):
                found += _determinants(code)
            codes = partial(_codes, Fold(darmois))
            found += [row for curve in curves() for row in codes(*curve)]
        lost = {"bijection": 1.0, "fold": fold_r2()}
        return found + [_row(setting, "R2 of z_2", value) for setting, value in lost.items()]


def _determinants(code: Darmois | Fold) -> list[Row]:
    z = np.random.default_rng(0).standard_normal((POINTS, 2))
    setting = "fold" if isinstance(code, Fold) else "bijection"
    return [
        _row(
            setting, "|det Dh|", float(volume), density=float(np.exp(-(at @ at) / 2) / (2 * np.pi))
        )
        for at, volume in zip(z, np.asarray(_volumes(code, jnp.asarray(z))), strict=True)
    ]


def _codes(
    fold: Fold, metric: str, line: str, half: str, uniform: Float[np.ndarray, "points 2"]
) -> list[Row]:
    z = ndtri(uniform)
    return [
        _row("fold", metric, float(code), line=line, half=half, coordinate=i, z_1=z_1, z_2=z_2)
        for (z_1, z_2), codes in zip(
            z.tolist(), np.asarray(_code(fold, jnp.asarray(z))), strict=True
        )
        for i, code in enumerate(codes, 1)
    ]


@partial(jax.jit, compiler_options=COMPILER)
def _code(fold: Fold, z: Float[Array, "b 2"]) -> Float[Array, "b 2"]:
    return fold(z)


@partial(jax.jit, compiler_options=COMPILER)
def _volumes(code: Darmois | Fold, z: Float[Array, "b 2"]) -> Float[Array, " b"]:
    jacobians = jax.vmap(jax.jacfwd(lambda row: code(row[None, :])[0]))(z)
    return jnp.abs(
        jacobians[:, 0, 0] * jacobians[:, 1, 1] - jacobians[:, 0, 1] * jacobians[:, 1, 0]
    )


def _row(setting: str, metric: str, value: float, **labels: str | int | float) -> Row:
    return Row(STUDY, "T2", setting, 0, metric, value, labels)


EXACT_STUDIES.register("fold", FoldStudy())
