r"""Encoders that read style at the entropy of the optimum, and what they lose by it.

With e the standard normal behind content and v a standard normal that style, or a token's noise,
adds to it, both read off the input, an angle t turns the optimum Phi(e) into

.. math:: \Phi(\cos t\; e_i + \sin t\; v_i), \quad i = 1 \ldots m .

It is smooth and as uniform as the optimum, so L_AE is the alignment alone. Given z_inv the codes
of image and text are independent, so that they lose all of the variance that either has there,

.. math:: E\,|f - g|^2 = E\,\big|E[f \mid z] - E[g \mid z]\big|^2
    + E\,\mathrm{tr\,Var}(f \mid z) + E\,\mathrm{tr\,Var}(g \mid z) .

In closed form: normals X and Y of correlation r have :math:`E\,\Phi(X)^2 = 1/3`, and
:math:`E\,\Phi(X)\Phi(Y)` is the probability that X - A and Y - B are both positive, with A and B
standard normals of their own; their correlation is r / 2, so it is
:math:`1/4 + \arcsin(r/2) / 2\pi`. Hence

.. math:: E\,(\Phi(X) - \Phi(Y))^2 = \tfrac16 - \tfrac1\pi \arcsin \tfrac r2 ,

0 at r = 1 alone. The angles t of the image and s of the text give r = cos t cos s where their v are
independent, and r = cos(t - s) where they share it: then reading style is free.
"""

from __future__ import annotations

from functools import partial
from typing import NamedTuple

import jax
import numpy as np
from jaxtyping import Array, Float, Key
from scipy.special import ndtr

from proofs_check.comparison import Comparison
from proofs_check.continuous.darmois import Darmois
from proofs_check.continuous.encoded_pairs import LEVEL, PAIRS, draw_pairs
from proofs_check.quantities.estimate import Estimate
from proofs_check.quantities.uniformity import uniformity_p_value
from scm import Batch, ContentSCM
from scm.compiler import quickly

ANGLES = (0.1, 0.7)
"""How far encoders are turned towards style. At the smaller a coordinate loses 1e-3, six times
what `DEVIATIONS` allow."""

DEVIATIONS = 6.0
"""How many standard errors of a mean of `PAIRS` samples are allowed; 2e-9 lies beyond."""


class Normals(NamedTuple):
    """What encoders read off pairs.

    Attributes:
        image_content: e of each image.
        image_style: v of each image, its style without what content causes, in standard units.
        text_content: e of each text.
        text_style: v of each text: its style likewise, or the noises of its tokens.
    """

    image_content: Float[np.ndarray, "n inv"]
    image_style: Float[np.ndarray, "n dp"]
    text_content: Float[np.ndarray, "n inv"]
    text_style: Float[np.ndarray, "n noise"]


def style_does_not_pay(scm: ContentSCM, key: Key[Array, ""]) -> list[Comparison]:
    """L_AE of encoders that read style, sampled beside its closed form, and their entropy.

    None where the image has no style. Call it in double precision.

    Args:
        scm: a world in which styles are independent given z_inv.
        key: of the pairs.
    """
    batch = draw_pairs(scm, key)
    normals = Normals(*(np.asarray(part)[:PAIRS] for part in _read(scm, batch)))
    of_image = min(normals.image_content.shape[1], normals.image_style.shape[1])
    of_both = min(of_image, normals.text_style.shape[1])
    if of_image == 0:
        return []
    comparisons, p_values = [], []
    for angle in ANGLES:
        readers = (("the image reads", of_image, 0.0), ("both read", of_both, angle))
        for reader, turned, text_angle in readers:
            if turned:
                f = turn(normals.image_content, normals.image_style[:, :turned], angle)
                g = turn(normals.text_content, normals.text_style[:, :turned], text_angle)
                predicted = turned * turned_loss(np.cos(angle) * np.cos(text_angle))
                loss = Estimate.of_mean(np.sum((f - g) ** 2, axis=1))
                assert loss.standard_error is not None
                slack = DEVIATIONS * loss.standard_error
                metric = f"L_AE where {reader} style, {angle} rad"
                comparisons.append(Comparison(metric, "~=", predicted, loss.value, slack))
                p_values += [uniformity_p_value(f), uniformity_p_value(g)]
    # The least of several, times their number.
    p_value = min(1.0, len(p_values) * min(p_values))
    uniform = Comparison("p-value of uniform codes that read style", ">=", LEVEL, p_value)
    return [*comparisons, uniform]


def turn(
    content: Float[np.ndarray, "n inv"], style: Float[np.ndarray, "n m"], angle: float
) -> Float[np.ndarray, "n inv"]:
    """The codes ``Phi(cos(angle) e + sin(angle) v)`` of the first m coordinates; Phi(e) beyond.

    Args:
        content: e, the standard normals behind content.
        style: v, standard normals behind style, for at most as many coordinates.
        angle: how much of style is read, in radians: 0 for none of it.
    """
    turned = content.copy()
    m = style.shape[1]
    turned[:, :m] = np.cos(angle) * content[:, :m] + np.sin(angle) * style
    return ndtr(turned)


def turned_loss(correlation: float) -> float:
    """E (Phi(X) - Phi(Y))^2 of standard normals X and Y of a correlation."""
    return float(1 / 6 - np.arcsin(correlation / 2) / np.pi)


@partial(jax.jit, compiler_options=quickly())
def _read(scm: ContentSCM, batch: Batch) -> tuple[Array, Array, Array, Array]:
    """The `Normals` of pairs."""
    darmois = Darmois.of(scm)
    seen = scm.image_blocks(batch.image)
    content, style = darmois.normal(seen["z_inv"]), scm.standard_style("z_dp_img", seen)
    said = darmois.normal(scm.read(batch.text))
    return content, style, said, scm.text_style(batch.text)
