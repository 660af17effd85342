"""T6 to T9: the orbits of small families of captions, and on which of them an optimum may be blind.

Command: ``tokenscm check --only T6``. Expect that it may be on an orbit whose captions in training
all say one scene. White cat and black dog under REPLACE of any atom share an orbit though each
single replacement is novel, so it may not; where the colour alone is replaced it may.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from experiments.results.record import Row
from experiments.studies.exact.study import EXACT_STUDIES
from proofs_check.finite.caption_world import caption_world
from proofs_check.finite.constructions import orbit_criterion
from proofs_check.quantities.information import price
from proofs_check.theorems.pets import PETS
from scm import Add, Replace, SceneConfig, Swap
from scm.operators.operator import Operator

STUDY = "orbits"


@dataclass(frozen=True)
class Family:
    """Captions in words, and an operator on them.

    Attributes:
        setting: its name.
        claim: the statement it illustrates.
        config: what is well-formed.
        drawn: the captions of training, equiprobable.
        operator: the operator.
    """

    setting: str
    claim: str
    config: SceneConfig
    drawn: tuple[str, ...]
    operator: Operator

    def rows(self) -> list[Row]:
        """Each caption's probability, each orbit's criterion, each edge, and the price."""
        world = caption_world(self.config, dict.fromkeys(self.drawn, 1.0), [self.operator])
        assert world.words is not None
        law = dict(zip(world.caption.tolist(), world.probability.tolist(), strict=True))
        found = [
            self._row("probability", law.get(y, 0.0), caption=caption, orbit=int(world.orbit[y]))
            for y, caption in enumerate(world.words)
        ]
        found += [
            self._row("blind optimum exists", float(exists), orbit=orbit)
            for orbit, exists in enumerate(orbit_criterion(world))
        ]
        source, target = world.operators[self.operator.name]
        pairs = np.unique(np.sort(np.stack([source, target], axis=1), axis=1), axis=0)
        found += [
            self._row("edge", 1.0, caption=world.words[int(y)], result=world.words[int(to)])
            for y, to in pairs
        ]
        return [*found, self._row("price", price(world))]

    def _row(self, metric: str, value: float, **labels: str | int) -> Row:
        operator = {"operator": self.operator.name}
        return Row(STUDY, self.claim, self.setting, 0, metric, value, operator | labels)


PERHAPS_WHITE = SceneConfig(
    nouns=("cat", "dog", "bird"),
    attributes=(("white",),),
    optional_attributes=True,
    min_objects=1,
    max_objects=1,
)
STACKED = SceneConfig(nouns=("bulb", "table", "rug"), relations=("vertical",))

FAMILIES = (
    Family(
        "SWAP of nouns",
        "T7",
        STACKED,
        (
            "a bulb above a table",
            "a bulb above a rug",
            "a table above a rug",
            "a rug above a table",
        ),
        Swap(),
    ),
    Family(
        "ADD of a colour",
        "T9",
        PERHAPS_WHITE,
        ("a cat", "a white dog", "a bird", "a white bird"),
        Add(),
    ),
    Family("REPLACE of any atom", "T8", PETS, ("a white cat", "a black dog"), Replace()),
    Family(
        "REPLACE of the colour alone",
        "T8",
        PETS,
        ("a white cat", "a black dog"),
        Replace("object 0 attribute 0"),
    ),
)


class OrbitsStudy:
    """See the module."""

    name: str = STUDY
    version: int = 1
    claims: tuple[str, ...] = ("T6", "T7", "T8", "T9")
    figure: str = "orbits"
    title: str = "On which orbits of captions may an optimum be blind?"

    def rows(self) -> list[Row]:
        """What there is to say of each family."""
        return [row for family in FAMILIES for row in family.rows()]


EXACT_STUDIES.register("orbits", OrbitsStudy())
