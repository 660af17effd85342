"""How T2 and T5 fail in worlds that drop a condition."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Literal

import jax
import jax.numpy as jnp
import numpy as np
from jax.scipy.special import ndtr
from jax.tree_util import Partial
from jaxtyping import Array, Float
from scipy.special import ndtri

from proofs_check.comparison import Comparison
from proofs_check.continuous.block_identifiability import encode
from proofs_check.continuous.darmois import Darmois
from proofs_check.continuous.encoded_pairs import LEVEL, PAIRS, EncodedPairs, encode_pairs
from proofs_check.continuous.encoders import ImageEncoder, TextEncoder
from proofs_check.continuous.fold import Fold, fold_r2
from proofs_check.continuous.sampled_world import SampledWorld
from proofs_check.continuous.style_readers import ANGLES, DEVIATIONS, turn
from proofs_check.quantities.uniformity import uniformity_p_value
from scm import ContentSCM, SentenceSCM
from scm.compiler import quickly

UNSAID = 1e-9
"""Content below this is content that is not said: read as 0 but for rounding. Of `PAIRS` pairs
whose content is said, one in 1e5 samples has one that close to 0."""


def fold_is_two_to_one(world: SampledWorld) -> Sequence[Comparison]:
    """The optimum is attained, and yet z_2 is lost: two of its values share each code.

    The world's content is independent.
    """
    with jax.enable_x64(True):
        _, code, pairs = encode(world)
        partner, partner_code = map(np.asarray, _partner(code, pairs.z_inv))
        shared = float(np.max(np.abs(partner_code - pairs.image)))
        apart = np.abs(partner - pairs.z_inv)[:, 1]
        rounding = pairs.rounding
        # The best prediction is the partners' mean, half their distance away from either.
        residual = (apart / 2) ** 2
        slack = DEVIATIONS * float(np.std(residual)) / PAIRS**0.5
        # u and u + 1/2 are the least apart as normal quantiles where u = 1/4.
        quartiles = 2 * 0.6744897501960817
        return [
            *pairs.attain_optimum(),
            Comparison("largest |h(z) - h(z')|, z' the partner", "~=", 0.0, shared, rounding),
            Comparison("least |z_2 - z'_2|", ">=", quartiles, float(apart.min()), rounding),
            Comparison("R2 of z_2 from h(z)", "~=", fold_r2(), 1 - float(residual.mean()), slack),
        ]


def shared_style_is_content(world: SampledWorld) -> Sequence[Comparison]:
    """With n_inv + n_dp outputs the optimum is attained by encoders that read all of the style.

    The text's style is an exact copy of the image's, which the code of style given content makes
    uniform. Drawn again, image and text codes each change by twice the variance of a uniform
    number, 1/12, in each coordinate of style. With as many outputs as content too it is free to
    read style: turned towards it alike, encoders agree and are as uniform as the optimum.
    """
    with jax.enable_x64(True):
        scm = world.build()
        encoders = Partial(_code_image_with_style, scm), Partial(_code_text_with_style, scm)
        pairs = encode_pairs(scm, *encoders, world.key("pairs"))
        n_dp = scm.sizes["z_dp_img"]
        # (u - u')^2 has variance 7/180; image and text change alike, so deviations add up.
        slack = DEVIATIONS * 2 * (n_dp * 7 / 180 / PAIRS) ** 0.5
        change = Comparison("change of codes with style", "~=", n_dp / 3, pairs.nuisance, slack)
        return [*pairs.attain_optimum(), change, *_turned_alike(pairs, scm.sizes["z_inv"])]


def _turned_alike(pairs: EncodedPairs, n_inv: int) -> list[Comparison]:
    """L_AE of encoders that are turned towards a style that they share, and uniformity.

    Args:
        pairs: codes of content, and then of style.
        n_inv: how many are of content.
    """
    normals = ndtri(pairs.image), ndtri(pairs.text)
    turned = min(n_inv, pairs.image.shape[1] - n_inv)
    # An error of a code is one of its normal divided by the density there.
    gain = float(np.exp(np.max(np.square(normals)) / 2) * (2 * np.pi) ** 0.5)
    tolerance = n_inv * (pairs.rounding * gain) ** 2
    comparisons = []
    for angle in ANGLES:
        f, g = (turn(e[:, :n_inv], e[:, n_inv : n_inv + turned], angle) for e in normals)
        loss = float(np.mean(np.sum((f - g) ** 2, axis=1)))
        p_value = uniformity_p_value(f)
        comparisons += [
            Comparison(f"L_AE where both read style, {angle} rad", "~=", 0.0, loss, tolerance),
            Comparison(f"p-value of uniform codes, {angle} rad", ">=", LEVEL, p_value),
        ]
    return comparisons


def concept_is_hidden(
    world: SampledWorld, modality: Literal["image", "text"], probability: float = 1.0
) -> Sequence[Comparison]:
    """No encoder of a modality that lacks the last concept matches the optimum of the other.

    Given all other concepts and all noises, the last Darmois coordinate u is still uniform. So the
    best code of the modality has u = 1/2 where the concept is hidden, and is off by Var u = 1/12
    there. Where it always is, and content is not on a DAG, it is known as far as the others
    predict it, ``R2 = 1 - L_nn^2 / Cov_nn``.

    Args:
        world: the world; its style is not caused by content.
        modality: which lacks the concept.
        probability: of being hidden.
    """
    with jax.enable_x64(True):
        scm = world.build()
        darmois = Darmois.of(scm)
        encoders = (
            (Partial(_guess_image, scm), TextEncoder(scm, darmois))
            if modality == "image"
            else (ImageEncoder(scm, darmois), Partial(_guess_text, scm))
        )
        pairs = encode_pairs(scm, *encoders, world.key("pairs"))
        # (u - 1/2)^2 has mean 1/12 and second moment 1/80.
        variance = probability / 80 - (probability / 12) ** 2
        slack = DEVIATIONS * (variance / PAIRS) ** 0.5
        comparisons = [
            Comparison("least alignment E|f - g|^2", "~=", probability / 12, pairs.alignment, slack)
        ]
        if probability == 1.0:
            guess = _inverse(darmois, pairs.image if modality == "image" else pairs.text)
            squares = float(np.mean((np.asarray(guess) - pairs.z_inv)[:, -1] ** 2))
            total = float(scm.covariance("z_inv")[-1, -1])
            own = float(scm.factors["z_inv"][-1, -1] ** 2) / total
            # The error is normal, so its square has the standard deviation 2^(1/2) own.
            slack = DEVIATIONS * own * (2 / PAIRS) ** 0.5
            comparisons.append(
                Comparison("R2 of the hidden concept", "~=", 1 - own, 1 - squares / total, slack)
            )
    return comparisons


@partial(jax.jit, compiler_options=quickly())
def _partner(fold: Fold, z: Array | np.ndarray) -> tuple[Array, Array]:
    """The other point with the code of z, and its code."""
    partner = fold.partner(jnp.asarray(z))
    return partner, fold(partner)


@partial(jax.jit, compiler_options=quickly())
def _inverse(darmois: Darmois, code: Array | np.ndarray) -> Array:
    return darmois.inverse(jnp.asarray(code))


def _code_image_with_style(scm: SentenceSCM, image: Array) -> Array:
    blocks = scm.image_blocks(image)
    return _code_with_style(scm, blocks["z_inv"], blocks["z_dp_img"])


def _code_text_with_style(scm: SentenceSCM, text: Array) -> Array:
    blocks = scm.text_blocks(text)
    return _code_with_style(scm, blocks["z_inv"], blocks["z_dp_txt"])


def _code_with_style(
    scm: SentenceSCM, z_inv: Float[Array, "b n"], style: Float[Array, "b dp"]
) -> Float[Array, "b d"]:
    """The Darmois code of content, and of the image's style given content."""
    normal = scm.standard_style("z_dp_img", {"z_inv": z_inv, "z_dp_img": style})
    return jnp.concatenate([Darmois.of(scm)(z_inv), ndtr(normal)], axis=-1)


def _guess_image(scm: ContentSCM, image: Array) -> Array:
    return _guess(scm, scm.image_blocks(image)["z_inv"])


def _guess_text(scm: ContentSCM, text: Array) -> Array:
    return _guess(scm, scm.read(text))


def _guess(scm: ContentSCM, z_inv: Float[Array, "b n"]) -> Float[Array, "b n"]:
    """The Darmois code, its last coordinate at its mean where the concept is hidden."""
    code = Darmois.of(scm)(z_inv)
    hidden = jnp.abs(z_inv[:, -1]) < UNSAID
    return code.at[:, -1].set(jnp.where(hidden, 0.5, code[:, -1]))
