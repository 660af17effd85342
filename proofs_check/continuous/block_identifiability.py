"""What T2 and T5 predict of a continuous world, and what is measured there."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from itertools import product
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from proofs_check.comparison import Comparison
from proofs_check.continuous.darmois import Darmois
from proofs_check.continuous.encoded_pairs import EncodedPairs, encode_pairs
from proofs_check.continuous.encoders import ImageEncoder, TextEncoder
from proofs_check.continuous.sampled_world import SampledWorld
from proofs_check.continuous.style_readers import style_does_not_pay
from proofs_check.quantities.alignment_entropy import MAX_CORRELATION, style_reading_loss
from scm import ContentSCM
from scm.compiler import quickly

POINTS = 256
"""Points at which Jacobians are taken."""

QUADRATURE = 1e-11
"""Bound on the error of `style_reading_loss`: 1e-12 of the rule, for each of its few sums."""

SHIFTS = (np.tanh, lambda w: np.sin(3 * w), lambda w: w * np.exp(-(w**2)))
"""How the perturbed encoders read style."""

SIZES = (-0.5, -0.02, 0.02, 0.5)
"""Sizes of the perturbations; much smaller ones lose less than the quadrature sees."""


def encode(world: SampledWorld) -> tuple[ContentSCM, Any, EncodedPairs]:
    """The world, its code, and its pairs in that code. Call it in double precision."""
    scm = world.build()
    code = world.code.of(scm)
    encoders = ImageEncoder(scm, code), TextEncoder(scm, code)
    return scm, code, encode_pairs(scm, *encoders, world.key("pairs"))


def block_identified(world: SampledWorld) -> Sequence[Comparison]:
    """The optimum is attained by a bijection of all of content and nothing else.

    Encoders that read style besides lose by it: those that are turned towards it at equal entropy
    as much as a closed form says, and with one content coordinate any of a few shifts.
    """
    with jax.enable_x64(True):
        scm, code, pairs = encode(world)
        inversion, volume = _bijection(scm, code, pairs)
        size, rounding = pairs.image.shape[-1], pairs.rounding
        comparisons = [
            *pairs.attain_optimum(),
            Comparison(
                "change of codes with style, private parts and token noise",
                "~=",
                0.0,
                pairs.nuisance,
                2 * size * rounding**2,
            ),
            inversion,
            volume,
        ]
        comparisons += style_does_not_pay(scm, world.key("pairs"))
        if scm.sizes["z_inv"] == 1 and scm.sizes["z_dp_img"] > 0:
            comparisons += _shifts_do_not_pay(scm)
    return comparisons


@partial(jax.jit, compiler_options=quickly())
def _local(
    code: Any,
    darmois: Darmois,
    z: Float[Array, "b n"],
    codes: Float[Array, "b n"],
) -> tuple[Float[Array, "b n n"], Float[Array, " b"], Float[Array, "b n"]]:
    """Jacobians of the code and log density at z, and the content that was coded."""
    jacobians = jax.vmap(jax.jacfwd(lambda row: code(row[None, :])[0]))(z)
    return jacobians, darmois.log_density(z), code.inverse(codes)


def _bijection(scm: ContentSCM, code: Any, pairs: EncodedPairs) -> tuple[Comparison, Comparison]:
    """An inverse gives z_inv back from image codes, and ``|det Dh| >= p``."""
    z, codes = jnp.asarray(pairs.z_inv[:POINTS]), jnp.asarray(pairs.image[:POINTS])
    jacobians, log_density, inverted = map(np.asarray, _local(code, Darmois.of(scm), z, codes))
    # An error of the code is an error of content as large as the inverse's Jacobian makes it.
    gain = np.abs(np.linalg.inv(jacobians)).sum(axis=-1)
    error = float(np.max(np.abs(inverted - np.asarray(z)) / gain))
    excess = float(np.min(np.linalg.slogdet(jacobians)[1] - log_density))
    # A determinant of size n loses n roundings of every entry, times its condition number; the
    # sums of logs lose one for each of their some 10 terms.
    units = jacobians.shape[-1] ** 2 * np.linalg.cond(jacobians) + 10 * np.abs(log_density)
    loss = float(np.finfo(jacobians.dtype).eps * np.max(units))
    return (
        Comparison("z_inv from its code, error", "~=", 0.0, error, pairs.rounding),
        Comparison("least log|det Dh| - log p", ">=", 0.0, excess, loss),
    )


def _shifts_do_not_pay(scm: ContentSCM) -> list[Comparison]:
    """Perturbations of the optimum that read a style coordinate, by quadrature.

    None where that style is all but a function of content: to read it is to read content.
    """
    caused = float(scm.style_weights["z_dp_img"][0, 0] * scm.factors["z_inv"][0, 0])
    own = float(scm.covariance("z_dp_img")[0, 0])
    correlation = caused / (caused**2 + own) ** 0.5
    if abs(correlation) > MAX_CORRELATION:
        return []
    losses = [
        style_reading_loss(correlation, lambda w, size=size, shift=shift: size * shift(w))
        for size, shift in product(SIZES, SHIFTS)
    ]
    optimum = style_reading_loss(correlation, np.zeros_like)
    return [
        Comparison("L_AE of the optimum, by quadrature", "~=", 0.0, optimum, QUADRATURE),
        Comparison("least L_AE of encoders that read style", ">=", 0.0, min(losses), QUADRATURE),
    ]
