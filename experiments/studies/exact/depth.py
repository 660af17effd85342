"""T12: distinct hard negatives by depth of iterated operators, and the price of blindness to them.

Command: ``tokenscm check --only T12``. Expect counts that never fall and stop growing, at depth 1
with SWAP of two nouns, and with ADD before the orbit is exhausted, since no word takes back what it
inserts; and one price at every depth.
"""

from __future__ import annotations

import numpy as np

from experiments.results.record import Row
from experiments.studies.exact.study import EXACT_STUDIES
from experiments.studies.shared.scene_worlds import COLOURS, NOUNS, scene_world
from proofs_check.quantities.information import price
from proofs_check.quantities.iterated import hard_negative_counts, iterated
from scm import Add, Replace, SceneConfig, Swap
from scm.operators.operator import Operator

STUDY = "depth"

WORLD = SceneConfig(
    nouns=NOUNS[:4],
    attributes=(COLOURS[:2],),
    optional_attributes=True,
    min_objects=1,
    max_objects=2,
)
"""One or two objects with a colour or none, all scenes equiprobable."""

FAMILIES: dict[str, tuple[Operator, ...]] = {
    "SWAP of nouns": (Swap("nouns"),),
    "SWAP of any atoms": (Swap(),),
    "REPLACE": (Replace(),),
    "ADD": (Add(),),
    "SWAP, REPLACE and ADD": (Swap(), Replace(), Add()),
}

DEPTHS = 7


class DepthStudy:
    """See the module."""

    name: str = STUDY
    version: int = 1
    claims: tuple[str, ...] = ("T12",)
    figure: str = "depth"
    title: str = "How many hard negatives do iterated operators make, and what do they cost?"

    def rows(self) -> list[Row]:
        """Mean hard negatives of a caption, and the price, by family and depth."""
        scenes = WORLD.grammar.space.size
        found = []
        for family, operators in FAMILIES.items():
            world = scene_world(WORLD, np.full(scenes, 1.0 / scenes), operators)
            # Captions have one wording, so they are as probable as their scenes.
            counts = hard_negative_counts(world, np.flatnonzero(world.support), DEPTHS)
            for depth, made in enumerate(counts.T, 1):
                values = {
                    "hard negatives": float(made.mean()),
                    "price": price(iterated(world, depth)),
                }
                found += [
                    Row(STUDY, "T12", family, 0, metric, value, {"depth": depth})
                    for metric, value in values.items()
                ]
        return found


EXACT_STUDIES.register("depth", DepthStudy())
