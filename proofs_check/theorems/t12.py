"""T12: iterated operators: blind at every depth at the same price, and negatives that run out.

Source: THEORY.md, T12.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence

import numpy as np
from jaxtyping import Int

from proofs_check.claim import CLAIMS, Claim, Control
from proofs_check.comparison import Comparison, Relation
from proofs_check.finite.caption_world import caption_world
from proofs_check.finite.conditions import FINITE, RECOVERABLE
from proofs_check.finite.constructions import blindest_text, orbit_criterion, true_optimal_text
from proofs_check.finite.finite_world import FiniteWorld
from proofs_check.finite.labelings import MOST_CAPTIONS, Labelings
from proofs_check.finite.marginal import cells
from proofs_check.finite.table_encoder import TableEncoder
from proofs_check.quantities.information import price
from proofs_check.quantities.iterated import hard_negative_counts, iterated, reached, undoable
from proofs_check.theorems.pseudo_optimality import ROUNDING, delta
from proofs_check.theorems.solved_world import SolvedWorld
from scm import Add, Replace, SceneConfig, Swap
from scm.operators.operator import Operator


def _measure(world: FiniteWorld) -> list[Comparison]:
    everything = np.arange(world.captions)
    deepest = int(reached(world, everything).depth.max(initial=1))
    deeper = [iterated(world, depth) for depth in range(1, deepest + 1)]
    kept, prices = price(world), [price(words) for words in deeper]
    blind, permitted = blindest_text(world), orbit_criterion(world)[world.orbit]
    deltas = [delta(words, blind, permitted) for words in deeper]
    counts = hard_negative_counts(world, everything, deepest + 1)
    growth = np.diff(counts, axis=1, prepend=0)
    last = 1 + np.nonzero(growth)[1].max(initial=0)
    # No shortest word is longer than an orbit has other captions.
    longest = max(1, int(np.bincount(world.orbit).max()) - 1)
    exhausted = hard_negative_counts(undoable(world), everything, longest)
    left, left_undoable = _left(world, counts), _left(world, exhausted)
    # One label has one price, a sum of counts grows, and no path is longer than its graph.
    identities: list[tuple[str, Relation, float, float]] = [
        ("price of words, lowest of all depths", "~=", kept, min(prices)),
        ("price of words, highest of all depths", "~=", kept, max(prices)),
        ("delta of g**, highest of all depths", "~=", 0.0, max(deltas)),
        ("least growth of hard negatives by a depth", ">=", 0.0, float(growth.min())),
        ("depth at which they last grow", "<=", float(longest), float(last)),
        ("fewest left in the orbit", ">=", 0.0, float(left.min())),
    ]
    return [
        *_all_encoders(world, deeper),
        *(world.closed_forms(world) if isinstance(world, SolvedWorld) else ()),
        Comparison("most left where steps can be undone", "~=", 0.0, float(left_undoable.max())),
        *(Comparison(*comparison, ROUNDING, identity=True) for comparison in identities),
    ]


def _all_encoders(world: FiniteWorld, deeper: Sequence[FiniteWorld]) -> list[Comparison]:
    """Of all text encoders of a small world: which are blind to operators, and which to words."""
    if world.captions > MOST_CAPTIONS:
        return []
    blind = np.all(Labelings(world).blind, axis=1)
    changed = [np.sum(blind != np.all(Labelings(words).blind, axis=1)) for words in deeper]
    return [
        Comparison("encoders blind to operators or to words alone", "~=", 0.0, float(sum(changed)))
    ]


def _counted(world: FiniteWorld, predicted: Sequence[int]) -> SolvedWorld:
    """A world in which each caption has so many hard negatives within depth 1, 2, ..."""

    def closed_forms(world: FiniteWorld) -> list[Comparison]:
        counts = hard_negative_counts(world, np.arange(world.captions), len(predicted))
        furthest = np.abs(counts - np.array(predicted)).argmax(axis=0)
        return [
            Comparison(
                f"hard negatives within depth {place + 1}, furthest off",
                "~=",
                float(count),
                float(counts[furthest[place], place]),
            )
            for place, count in enumerate(predicted)
        ]

    return SolvedWorld.of(world, closed_forms)


def _left(
    world: FiniteWorld, counts: Int[np.ndarray, "captions depths"]
) -> Int[np.ndarray, " captions"]:
    """Of each caption's orbit, how many that say another scene the deepest words do not make."""
    said = cells(world.orbit, world.said)
    others = np.bincount(world.orbit)[world.orbit] - np.bincount(said)[said]
    return others - counts[:, -1]


_NOUNS = ("cat", "dog", "hen", "pig")


def _orders(drawn: Iterable[tuple[str, str]]) -> FiniteWorld:
    """Two nouns side by side, in the orders given."""
    captions = {f"a {left} left of a {right}": 1.0 for left, right in drawn}
    return caption_world(SceneConfig(nouns=_NOUNS), captions, [Swap()])


def _all_operators() -> FiniteWorld:
    config = SceneConfig(nouns=_NOUNS, max_objects=3, paraphrase=0.25)
    drawn = {"a cat left of a dog": 1.0, "a hen left of a pig": 1.0, "a dog right of a cat": 1.0}
    operators: list[Operator] = [Swap(), Replace(), Add()]
    return caption_world(config, drawn, operators)


_CUBE = SceneConfig(
    nouns=("cat", "dog"),
    attributes=(("small", "big"), ("white", "black")),
    min_objects=1,
    max_objects=1,
)


def _opposite_corners() -> FiniteWorld:
    return caption_world(_CUBE, {"a small white cat": 1.0, "a big black dog": 1.0}, [Replace()])


def _one_step_only(world: FiniteWorld) -> list[Comparison]:
    """Insensitive to single steps from training captions, yet not blind.

    On a cube each of two opposite corners and its three neighbours get one embedding. Of the six
    captions within two steps of a corner three are across, and so of all seven within three four
    are; two training captions differ half of the time.
    """
    optimal = true_optimal_text(world).embeddings
    start, caption, depth = reached(world, world.caption)
    step = depth == 1
    embeddings = optimal.copy()
    embeddings[caption[step]] = optimal[world.caption[start[step]]]
    encoder = TableEncoder(embeddings)
    across = {1: 0.0, 2: 3 / 6, 3: 4 / 7}
    return [
        Comparison(
            f"delta from training captions, depth {depth}",
            "~=",
            2 * share,
            delta(iterated(world, depth), encoder, world.support),
            ROUNDING,
        )
        for depth, share in across.items()
    ]


def _additions() -> FiniteWorld:
    config = SceneConfig(nouns=_NOUNS, min_objects=1, max_objects=3)
    return caption_world(config, {"a cat": 1.0, "a dog": 1.0}, [Add()])


def _not_exhausted(world: FiniteWorld) -> list[Comparison]:
    everything = np.arange(world.captions)
    counts = hard_negative_counts(world, everything, world.captions)
    return [Comparison("fewest left in the orbit", ">=", 1.0, float(_left(world, counts).min()))]


T12 = Claim(
    id="T12",
    title="Iterated operators cost no more",
    statement="Words over a family stay in its orbits, so that an encoder blind to its operators "
    "is blind to words of any length at the same price; distinct hard negatives of a caption grow "
    "with the length of words until all that can be reached is exhausted: all of its orbit, where "
    "steps can be undone.",
    conditions="A finite world whose captions say the scene they are of, and any family. The "
    "encoder is g** on the orbits where T6 permits it.",
    source="Ours.",
    requires=(FINITE, RECOVERABLE),
    measure=_measure,
    worlds={
        "SWAP of two atoms, one order each": lambda: _counted(
            _orders(itertools.combinations(_NOUNS, 2)), (1, 1)
        ),
        "SWAP of two atoms, both orders": lambda: _counted(
            _orders(itertools.permutations(_NOUNS, 2)), (1, 1)
        ),
        "SWAP, REPLACE and ADD, 2 or 3 objects": _all_operators,
        "REPLACE on a cube": lambda: _counted(_opposite_corners(), (3, 3 + 3, 3 + 3 + 1, 7)),
    },
    controls=(
        Control("insensitive to one step only", _opposite_corners, _one_step_only),
        Control("ADD, which no operator undoes", _additions, _not_exhausted),
    ),
)

CLAIMS.register(T12.id, T12)
