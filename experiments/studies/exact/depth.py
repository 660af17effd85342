"""T12: distinct hard negatives by depth of iterated operators, and the price of blindness to them.

Command: ``tokenscm check --only T12``. Expect counts that stop growing, at depth 1 with SWAP of two
nouns, and with ADD before the orbit is exhausted, since no word takes back what it inserts; and one
price at every depth.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from experiments.results.record import Measurement, Row, by_setting, values
from experiments.studies.shared.probed import ProbedSeed
from experiments.studies.shared.scene_worlds import COLOURS, NOUNS, scene_world
from experiments.studies.shared.study import STUDIES, Preset, Setting, Study
from experiments.studies.shared.verdicts import exact_verdicts
from experiments.vocabulary import metrics
from experiments.vocabulary.operators import ADD, REPLACE
from experiments.vocabulary.settings import ALL_THREE, SWAP_OF_ANY, SWAP_OF_NOUNS
from proofs_check import Comparison, Verdict
from proofs_check.quantities.information import price
from proofs_check.quantities.iterated import hard_negative_counts, iterated
from scm import Add, Replace, SceneConfig, Swap
from scm.operators.operator import Operator

WORLD = SceneConfig(
    nouns=NOUNS[:4],
    attributes=(COLOURS[:2],),
    optional_attributes=True,
    min_objects=1,
    max_objects=2,
)
"""One or two objects with a colour or none, all scenes equiprobable."""

FAMILIES: dict[str, tuple[Operator, ...]] = {
    SWAP_OF_NOUNS: (Swap("nouns"),),
    SWAP_OF_ANY: (Swap(),),
    REPLACE: (Replace(),),
    ADD: (Add(),),
    ALL_THREE: (Swap(), Replace(), Add()),
}

DEPTHS = 7
"""The deepest words: two more than the family needs that is the last to stop."""


class DepthStudy(Study):
    """See the module."""

    name = "depth"
    version = 2
    claims = ("T12",)
    title = "How many hard negatives do iterated operators make, and what do they cost?"

    def settings(self, preset: Preset) -> Sequence[Setting]:
        """A family of operators each."""
        del preset
        return [Setting(family) for family in FAMILIES]

    def measure(self, setting: Setting, seeds: Sequence[ProbedSeed]) -> Iterator[Measurement]:
        """Mean hard negatives of a caption, and the price, by depth."""
        del seeds
        scenes = WORLD.grammar.space.size
        world = scene_world(WORLD, np.full(scenes, 1.0 / scenes), FAMILIES[setting.name])
        # Captions have one wording, so they are as probable as their scenes.
        counts = hard_negative_counts(world, np.flatnonzero(world.support), DEPTHS)
        for depth, made in enumerate(counts.T, 1):
            labels = {"depth": depth}
            yield Measurement(metrics.HARD_NEGATIVES, float(made.mean()), None, labels)
            yield Measurement(metrics.PRICE, price(iterated(world, depth)), None, labels)

    def verdicts(self, rows: Sequence[Row], seconds: dict[str, float]) -> list[Verdict]:
        """That growth has stopped at the deepest words; depth 1 is all there is of one SWAP."""
        found: list[Verdict] = []
        for name, here in by_setting(rows).items():
            counts = values(here, metric=metrics.HARD_NEGATIVES)
            growth = [Comparison("growth at the deepest words", "~=", 0.0, counts[-1] - counts[-2])]
            if name == SWAP_OF_NOUNS:
                beyond = counts[-1] - counts[0]
                growth.append(Comparison("growth beyond depth 1", "~=", 0.0, beyond))
            found += exact_verdicts(self, name, growth, seconds=seconds)
        return found


STUDIES.register(DepthStudy.name, DepthStudy())
