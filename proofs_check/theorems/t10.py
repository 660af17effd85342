"""T10: the price of insensitivity.

Source: THEORY.md, T10.
"""

from __future__ import annotations

from functools import partial

import numpy as np

from proofs_check.claim import CLAIMS, Claim, Control
from proofs_check.comparison import Comparison
from proofs_check.finite.conditions import ASSUMPTION_4
from proofs_check.finite.constructions import orbit_criterion
from proofs_check.finite.finite_world import FiniteWorld
from proofs_check.finite.pairs import Pairs
from proofs_check.quantities.contrastive import limit_infimum, limit_loss
from proofs_check.quantities.information import binary_entropy, price, scene_entropy
from proofs_check.quantities.minimise import minimise_limit_loss
from proofs_check.quantities.orbit_costs import costless_orbits
from proofs_check.theorems.priced_worlds import (
    bag_of_words,
    covered,
    equiprobable,
)
from proofs_check.theorems.pseudo_optimality import ROUNDING, costs_of_orbits
from proofs_check.theorems.solved_world import SolvedWorld
from proofs_check.theorems.worlds import configured_world
from scm import Add, Coverage, Replace, SceneConfig, Swap
from scm.operators.orbits import Edges

LOG_2 = float(np.log(2))

VALUES = ("white", "black", "grey")
"""Of the attribute of two-word objects."""

COVERED = 7 / 15
"""The fraction of orders that is covered in the control where scenes are equiprobable."""

NOISE = 0.4
"""How often `_noisy_images` show another scene than that of their caption, any of the five."""


def _measure(world: FiniteWorld) -> list[Comparison]:
    cost = price(world)
    seen, whole = Pairs.of(world, world.orbit), Pairs.of(world)
    lost = _loss_of_best_critic(seen) - _loss_of_best_critic(whole)
    permits, free = orbit_criterion(world).all(), costless_orbits(world).all()
    return [
        Comparison("I(X; Y | Q)", "~=", scene_entropy(world), cost, ROUNDING),
        *costs_of_orbits(world),
        _infima_differ_by(cost, world, identity=True),
        Comparison("L_inf of best critics, Q above Y", "~=", cost, lost, ROUNDING),
        Comparison("price is 0", "~=", float(permits), float(free)),
        *(world.closed_forms(world) if isinstance(world, SolvedWorld) else ()),
    ]


def _infima_differ_by(cost: float, world: FiniteWorld, *, identity: bool = False) -> Comparison:
    """The first equality; that -I is the infimum is shown by `_noise_lowers_the_price`.

    Of the price itself it is the chain rule, an identity.
    """
    lost = limit_infimum(Pairs.of(world, world.orbit)) - limit_infimum(Pairs.of(world))
    return Comparison("infimum of L_inf, Q above Y", "~=", cost, lost, ROUNDING, identity)


def _loss_of_best_critic(pairs: Pairs) -> float:
    return limit_loss(pairs, pairs.pointwise_information)


def _orders(coverage: Coverage) -> SceneConfig:
    """Two one-word objects in one order or both: 15 orbits of SWAP."""
    return SceneConfig(coverage=(coverage,), paraphrase=0.25)


def _attributes_replaced() -> SolvedWorld:
    """18 contexts of an attribute of three values."""
    config = SceneConfig(
        nouns=("cat", "dog", "owl"),
        attributes=(VALUES,),
        coverage=(Coverage(Replace("object 0 attribute 0"), rho=0.25, shown="hashed"),),
        definite=0.25,
    )
    return equiprobable(config, N=18, V=3)


def _objects_added() -> SolvedWorld:
    """Each of 6 objects alone, or with one of the 5 others.

    Said in one way: of several wordings ADD makes one, so that the others would show, in orbits of
    their own, that an object is there.
    """
    config = SceneConfig(min_objects=1, coverage=(Coverage(Add(object=1), rho=0.5),))
    return equiprobable(config, N=6, V=6)


def _orders_of_phrases(rho: float) -> SceneConfig:
    """Two objects of two words, in one order or both."""
    return SceneConfig(
        nouns=("cat", "dog", "owl"),
        attributes=(VALUES,),
        coverage=(Coverage(Swap("phrases"), rho=rho),),
    )


def _bound_at_random(rho: float) -> float:
    """The price of a bag of words where no order, or each, of two-word objects is drawn.

    Two objects of different attributes, as all but one in three have, share their bag with the two
    whose attributes are exchanged.
    """
    return (rho + 1 - 1 / len(VALUES)) * LOG_2


def _images_of_the_wording() -> FiniteWorld:
    """Two orders in two wordings each, all in one orbit, and images that show the wording too."""
    order, wording = np.divmod(np.arange(4), 2)
    caption = 2 * order + wording
    return FiniteWorld(
        scenes=2,
        shown=order,
        said=order,
        image=caption,
        scene=order,
        caption=caption,
        probability=np.full(4, 0.25),
        operators={
            "SWAP": Edges(np.array([0, 1]), np.array([2, 3])),
            "PARAPHRASE": Edges(np.array([0, 2]), np.array([1, 3])),
        },
    )


def _wording_has_a_price(world: FiniteWorld) -> list[Comparison]:
    return [
        Comparison("I(X; Y | Q)", "~=", 2 * LOG_2, price(world), ROUNDING),
        _infima_differ_by(2 * LOG_2, world),
        Comparison("H(z_inv | Q)", "~=", LOG_2, scene_entropy(world), ROUNDING),
    ]


def _one_caption_of_two_scenes() -> FiniteWorld:
    """A caption that leaves open which of two scenes it is of."""
    both = np.array([0, 1])
    return FiniteWorld(
        scenes=2,
        shown=both,
        said=np.zeros(1, int),
        image=both,
        scene=both,
        caption=np.zeros(2, int),
        probability=np.array([0.5, 0.5]),
    )


def _vagueness_has_no_price(world: FiniteWorld) -> list[Comparison]:
    return [
        Comparison("I(X; Y | Q)", "~=", 0.0, price(world), ROUNDING),
        _infima_differ_by(0.0, world),
        Comparison("H(z_inv | Q)", "~=", LOG_2, scene_entropy(world), ROUNDING),
    ]


def _noisy_images() -> FiniteWorld:
    """Both orders of 3 pairs; every image may be of every scene, so that the minimum exists."""
    scene, image = np.divmod(np.arange(36), 6)
    every = np.arange(6)
    return FiniteWorld(
        scenes=6,
        shown=every,
        said=every,
        image=image,
        scene=scene,
        caption=scene,
        probability=np.where(image == scene, 1 - NOISE, NOISE / 5) / 6,
        operators={"SWAP": Edges(every, every ^ 1)},
    )


def _noise_lowers_the_price(world: FiniteWorld) -> list[Comparison]:
    """The first equality by minimisation over all critics, and by hand; the second fails.

    Given the orbit the image tells its two scenes apart if it shows one of them, and then it is
    right with odds 1 - NOISE to NOISE / 5.
    """
    inside = 1 - NOISE + NOISE / 5
    predicted = inside * (LOG_2 - binary_entropy((1 - NOISE) / inside))
    seen = minimise_limit_loss(Pairs.of(world, world.orbit).table())
    whole = minimise_limit_loss(Pairs.of(world).table())
    # Each least loss is between a bound and a value, so their difference is as uncertain.
    gaps = max(seen.gap, 0.0) + max(whole.gap, 0.0)
    lost = seen.value - whole.value
    return [
        Comparison("I(X; Y | Q)", "~=", predicted, price(world), ROUNDING),
        Comparison("least L_inf, Q above Y", "~=", predicted, lost, gaps + ROUNDING),
        Comparison("duality gaps", "~=", 0.0, gaps, ROUNDING),
        Comparison("H(z_inv | Q)", "~=", LOG_2, scene_entropy(world), ROUNDING),
    ]


def _scenes_taken_for_orbits(world: FiniteWorld) -> list[Comparison]:
    """What rho log 2 misses where scenes, not orbits, are equiprobable."""
    missed = COVERED * (1 - COVERED) / (1 + COVERED) * LOG_2
    above = price(world) - COVERED * LOG_2
    return [Comparison("I(X; Y | Q) above rho log 2", "~=", missed, above, ROUNDING)]


T10 = Claim(
    id="T10",
    title="Blindness on covered orbits is paid",
    statement="Critics that see the caption through its orbit Q alone lose I(X; Y | Q) = "
    "H(z_inv | Q) nats of the infimum of L_inf: nothing if and only if a globally blind optimum "
    "exists. With a fraction rho of equiprobable orbits covered, of V equiprobable scenes each, "
    "that is rho log V.",
    conditions="A finite world of Assumption 4: z_inv = r(Y), X determines z_inv, and X and Y are "
    "independent given z_inv.",
    source="Ours.",
    requires=ASSUMPTION_4,
    measure=_measure,
    worlds={
        **{
            f"SWAP, rho = {rho}": partial(equiprobable, _orders(Coverage(rho=rho)), N=15, V=2)
            for rho in (0.0, 0.5, 1.0)
        },
        "REPLACE, rho = 0.25": _attributes_replaced,
        "ADD, rho = 0.5": _objects_added,
        "equiprobable scenes, rho = 0.5": lambda: covered(
            _orders(Coverage(rho=0.5, law="scenes")), lambda rho: 2 * rho / (1 + rho) * LOG_2
        ),
        "odds 0.8 : 0.2": lambda: covered(
            _orders(Coverage(theta=0.8)), lambda _: binary_entropy(0.8)
        ),
        "bag of words, rho = 0": lambda: bag_of_words(_orders_of_phrases(0.0), _bound_at_random),
        "bag of words, rho = 0.5": lambda: bag_of_words(
            _orders_of_phrases(0.5), lambda rho: rho * LOG_2, ">="
        ),
        "bag of words, rho = 1": lambda: bag_of_words(_orders_of_phrases(1.0), _bound_at_random),
    },
    controls=(
        Control("images of the wording", _images_of_the_wording, _wording_has_a_price),
        Control("one caption of two scenes", _one_caption_of_two_scenes, _vagueness_has_no_price),
        Control("noisy images", _noisy_images, _noise_lowers_the_price),
        Control(
            "equiprobable scenes taken for orbits",
            lambda: configured_world(_orders(Coverage(rho=COVERED, law="scenes"))),
            _scenes_taken_for_orbits,
        ),
    ),
)

CLAIMS.register(T10.id, T10)
