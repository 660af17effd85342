r"""What scenes say through a label of their captions, and image encoders that read no more.

Of critics that see a caption through its label Q alone, the best is the pointwise mutual
information

.. math:: s(x, q) = \log p(q \mid z) / p(q), \quad z \text{ the scene shown by } x,

up to one constant for each component of the graph of images and labels. Images that share a label
share a component, so no constant undoes a tie or makes one: at q scores of z and z~ tie if and only
if p(q | z) = p(q | z~) > 0. It is the text to image half of the loss that forces this; the other
leaves a constant free for each image.
"""

from __future__ import annotations

import numpy as np
import scipy
from jaxtyping import Float, Int

from proofs_check.finite.finite_world import FiniteWorld
from proofs_check.finite.labels import label_of_entries
from proofs_check.finite.table_encoder import TableEncoder, sphere_codes

SceneLaws = Float[np.ndarray, "scenes labels"]
"""p(q | z); zeros for scenes that are never drawn."""

_SAME = 1e-12
"""Bound on the error of log p(q | z): a ratio of sums of up to some thousand terms is good to some
thousand eps of itself, and a logarithm below 745 to 745 eps."""

_FLOOR = -100.0
"""Stands for the score -inf of pairs that are never drawn: e^-100 is lost in rounding, beside the 1
that E e^s is over the images, and over the labels, that are drawn."""

_CODE = sphere_codes(1).shape[1]
"""How many outputs tell scenes apart."""


def scene_laws(world: FiniteWorld, label: Int[np.ndarray, " captions"] | None = None) -> SceneLaws:
    """The law p(q | z) of the label of a scene's captions.

    Args:
        world: the world.
        label: Q(y), a number of at least 0 for each caption of W; None for the orbits of the
            world's operators.

    Raises:
        ArgumentError: if there is not one label for each caption.
    """
    of_caption = world.orbit if label is None else label
    q = label_of_entries(world, of_caption)
    joint = np.zeros((world.scenes, int(of_caption.max()) + 1))
    np.add.at(joint, (world.scene, q), world.probability)
    total = joint.sum(axis=1, keepdims=True)
    return np.divide(joint, total, out=joint, where=total > 0)


def tied_scenes(laws: SceneLaws) -> Int[np.ndarray, " scenes"]:
    """The first scene with the same law as each; itself where it is never drawn."""
    # By logarithms: p(q | z) may differ where it is small, and is 0 nowhere but where it is 0.
    logs = np.log(laws, out=np.ones_like(laws), where=laws > 0)
    distances = scipy.spatial.distance.pdist(logs, "chebyshev")
    same = scipy.spatial.distance.squareform(distances) <= _SAME
    return np.where(laws.any(axis=1), np.argmax(same, axis=1), np.arange(len(laws)))


def cost_of_untied_scores(
    world: FiniteWorld,
    scores: Float[np.ndarray, "images labels"],
    label: Int[np.ndarray, " captions"] | None = None,
) -> float:
    r"""What a critic pays at least for scores that tell images of one law apart.

    With A the images of scenes of one law, p(x | A, q) = p(x | A), and

    .. math:: L_\infty(s) + I(X;Q) \ge \tfrac12 \mathbb E_{A,q} \Big[
        \log \mathbb E[e^{s(x,q)} \mid A] - \mathbb E[s(x,q) \mid A] \Big] \ge 0,

    0 if and only if all images of A tie at every q that they are drawn with. (The excess is half
    the sum of E_x KL(p(q|x), p_s(q|x)) and E_q KL(p(x|q), p_s(x|q)), and the second divergence is
    at least that within A.) At labels with p(q | z) = 0 scores go to -inf and need not tie.

    Args:
        world: as for `law_reading_image`.
        scores: s, finite.
        label: as for `scene_laws`.
    """
    laws = scene_laws(world, label)
    image, x = np.unique(world.image, return_inverse=True)
    members, of = np.unique(tied_scenes(laws)[world.shown[image]], return_inverse=True)
    joint = np.zeros((len(members), len(image)))
    joint[of, np.arange(len(image))] = np.bincount(x, world.probability)
    p = joint.sum(axis=1, keepdims=True)
    share = joint / p
    # About the scores of a member, so that ties are exactly 0, and what is rare is not rounded off.
    apart = scores[image] - scores[image[np.argmax(joint > 0, axis=1)[of]]]
    centred = apart - (share @ apart)[of]
    excess = np.log1p(share @ (np.expm1(centred) - centred))
    return 0.5 * float(np.sum(p * laws[members] * excess))


def label_text(
    world: FiniteWorld, label: Int[np.ndarray, " captions"] | None = None
) -> TableEncoder:
    """The text encoder that says a caption's label, against which the image encoders here score.

    Args:
        world: the world.
        label: as for `scene_laws`.
    """
    of_caption = world.orbit if label is None else label
    one_hot = np.eye(int(of_caption.max()) + 1)[of_caption]
    return TableEncoder(np.pad(one_hot, ((0, 0), (0, _CODE))))


def law_reading_image(
    world: FiniteWorld, label: Int[np.ndarray, " captions"] | None = None
) -> TableEncoder:
    """An optimal f that reads z -> p(.|z) alone: scenes with one law have one embedding.

    Its inner product with `label_text` is the pointwise mutual information. All scenes that are
    never drawn have one embedding, which scores as pairs that are never drawn do.

    Args:
        world: one in which images show the scene, and are independent of captions given it.
        label: as for `scene_laws`.

    Source: THEORY.md, T15; ours, not the paper's.
    """
    scores = _scores_of_scenes(world, label)
    return TableEncoder(np.pad(scores, ((0, 0), (0, _CODE)))[world.shown])


def scene_telling_image(
    world: FiniteWorld, label: Int[np.ndarray, " captions"] | None = None
) -> TableEncoder:
    """An optimal f that tells all scenes apart, in directions that `label_text` does not read.

    It has the scores of `law_reading_image`, so that a tie of scores says nothing of a probe.

    Args:
        world: as for `law_reading_image`.
        label: as for `scene_laws`.

    Source: THEORY.md, T15; ours, not the paper's.
    """
    scores = _scores_of_scenes(world, label)
    return TableEncoder(np.concatenate([scores, sphere_codes(world.scenes)], axis=1)[world.shown])


def _scores_of_scenes(
    world: FiniteWorld, label: Int[np.ndarray, " captions"] | None
) -> Float[np.ndarray, "scenes labels"]:
    laws = scene_laws(world, label)
    laws = laws[tied_scenes(laws)]
    of_caption = world.orbit if label is None else label
    p = np.bincount(of_caption[world.caption], world.probability, laws.shape[1])
    scene, q = np.nonzero(laws)
    scores = np.full_like(laws, _FLOOR)
    scores[scene, q] = np.log(laws[scene, q]) - np.log(p[q])
    return scores
