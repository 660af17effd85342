"""What blindness on an orbit costs, orbit by orbit, relative to how often the orbit is drawn."""

from __future__ import annotations

import numpy as np
from jaxtyping import Bool, Float, Int

from proofs_check.finite.finite_world import FiniteWorld
from proofs_check.finite.labels import label_of_entries
from proofs_check.finite.marginal import cells, log_conditional, log_rounding, marginal

_COSTLY = 0.5 * float(np.log(2))
"""Of captions seen as one whose images have no two scenes in common, the rarer half pay log 2 and
more each, however rare they are; captions of one scene pay 0."""


def caption_costs(
    world: FiniteWorld, label: Int[np.ndarray, " captions"] | None = None
) -> Float[np.ndarray, " captions"]:
    r"""What each caption pays for being seen through a label, D(p(x | y) || p(x | q(y))), in nats.

    The price is their mean. One of a caption that is drawn does not depend on how often it is.

    Args:
        world: the world.
        label: Q(y), a number of at least 0 for each caption of W; None for the orbits of the
            world's operators.

    Returns:
        Of each caption of W, 0 where it is never drawn.

    Raises:
        ArgumentError: if there is not one label for each caption.
    """
    q = label_of_entries(world, world.orbit if label is None else label)
    p, x, y = world.probability, world.image, world.caption
    lost = log_conditional(p, [x], [y]) - log_conditional(p, [x], [q])
    return np.bincount(y, p / marginal(p, y) * lost, world.captions)


def costless_orbits(world: FiniteWorld) -> Bool[np.ndarray, " orbits"]:
    """On which orbits a critic may be blind and lose nothing, by the images alone.

    Args:
        world: one whose images show the scene, and are independent of captions given it. What an
            orbit's captions pay is then 0 or, for one of them, at least log 2.
    """
    most = np.zeros(world.orbit.max() + 1)
    np.maximum.at(most, world.orbit, caption_costs(world))
    return most < _COSTLY


def scenes_of_orbits(world: FiniteWorld) -> Int[np.ndarray, " orbits"]:
    """How many distinct scenes the training captions of each orbit say."""
    orbit = world.orbit[world.caption]
    first = np.unique(cells(orbit, world.said[world.caption]), return_index=True)[1]
    return np.bincount(orbit[first], minlength=world.orbit.max() + 1)


def cost_of_orbits(world: FiniteWorld) -> Float[np.ndarray, " orbits"]:
    """I(X; Y | O): what critics lose, given the orbit O, that cannot tell its captions apart.

    With Q the orbit for its captions and the caption itself for all others, I(X; Y) - I(X; Q) is
    P(O) times that. It is 0 where the orbit is never drawn.
    """
    p, x, y = world.probability, world.image, world.caption
    lost = log_conditional(p, [x], [y]) - log_conditional(p, [x], [world.orbit[y]])
    return _given_orbit(world, lost)


def ambiguity_of_orbits(world: FiniteWorld) -> Float[np.ndarray, " orbits"]:
    """H(z_inv | O) of each orbit O, 0 where it is never drawn."""
    orbit = world.orbit[world.caption]
    return _given_orbit(world, -log_conditional(world.probability, [world.scene], [orbit]))


def rounding_of_orbits(world: FiniteWorld) -> Float[np.ndarray, " orbits"]:
    """Bound on the error of `cost_of_orbits` less `ambiguity_of_orbits`: averages of 3 logarithms.

    The averages, sums themselves, add no more than one such logarithm.
    """
    return _given_orbit(world, 4 * log_rounding(world.probability))


def _given_orbit(
    world: FiniteWorld, values: Float[np.ndarray, " entries"]
) -> Float[np.ndarray, " orbits"]:
    orbit = world.orbit[world.caption]
    share = world.probability / marginal(world.probability, orbit)
    return np.bincount(orbit, share * values, world.orbit.max() + 1)
