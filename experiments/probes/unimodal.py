"""What each side tells alone: what probes of f(x) and of g(y) read and scores do not show."""

from __future__ import annotations

import numpy as np
from jaxtyping import Array, Float, Int, Key

from experiments.probes.encoded_world import EncodedWorld
from experiments.probes.one_hot import one_hot
from experiments.vocabulary import metrics
from proofs_check.quantities.directions import unit
from scm import named_key
from scm.arguments import require
from scm.draws import permutation

IMAGES = 16
"""Fresh images of each scene: some 2,000 in an operator's world, so a rate errs by some 0.01."""


def told_alone(
    encoded: EncodedWorld, members: Int[np.ndarray, "orbits V"], key: Key[Array, ""]
) -> dict[str, float]:
    """How often a linear probe of one side tells which scene of its orbit an embedding is of.

    Least squares from directions to phi(z), a one-hot class for each concept, fitted on half of the
    orbits, all their scenes, drawn in training or not; scored on the other half: right where phi of
    the scene is nearer to what is told than phi of all others of its orbit. Chance is 1 / V.

    Args:
        encoded: the world, and what encoders make of it.
        members: the scenes of each orbit, at least two orbits.
        key: random key: which half of the orbits, and the images.

    Returns:
        The rates of both sides by the names of their metrics.

    Raises:
        ArgumentError: if there is one orbit alone.

    Source: [koishigarina2025] asked so of CLIP's two encoders.
    """
    orbits, V = members.shape
    require(orbits > 1, "members", "at least two orbits", orbits)
    order = permutation(named_key(key, "orbits"), orbits)
    fitted = np.zeros(encoded.table.scenes, bool)
    fitted[members[order[: orbits // 2]]] = True
    scenes = np.repeat(members.reshape(-1), IMAGES)
    images = encoded.images_of(scenes, named_key(key, "images"))
    captions = np.flatnonzero(np.isin(encoded.table.said, members))
    space = encoded.world.grammar.space
    phi = one_hot(space.classes(space.concepts), space.class_counts)
    rivals = np.full((len(phi), V), -1)
    rivals[members] = members[:, None, :]
    return {
        metrics.TOLD_BY_IMAGE: _told(unit(images), scenes, phi, rivals, fitted),
        metrics.TOLD_BY_TEXT: _told(
            unit(encoded.text[captions]), encoded.table.said[captions], phi, rivals, fitted
        ),
    }


def _told(
    directions: Float[np.ndarray, "n d"],
    scene: Int[np.ndarray, " n"],
    phi: Float[np.ndarray, "scenes m"],
    rivals: Int[np.ndarray, "scenes V"],
    fitted: np.ndarray,
) -> float:
    inputs = np.concatenate([directions, np.ones((len(scene), 1))], axis=1).astype(np.float64)
    known = fitted[scene]
    weights = np.linalg.lstsq(inputs[known], phi[scene[known]])[0]
    told = inputs[~known] @ weights
    asked = scene[~known]
    apart = np.linalg.norm(told[:, None] - phi[rivals[asked]], axis=2)
    nearest = rivals[asked, np.argmin(apart, axis=1)]
    return float(np.mean(nearest == asked))
