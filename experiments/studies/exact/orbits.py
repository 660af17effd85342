"""T6 to T9: the orbits of small families of captions, and on which of them an optimum may be blind.

Command: ``tokenscm check --only T6``. Expect that it may be on an orbit whose captions in training
all say one scene. White cat and black dog under REPLACE of any atom share an orbit though each
single replacement is novel, so it may not; where the colour alone is replaced it may.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from experiments.results.record import Measurement, Row, by_setting, values
from experiments.studies.shared.probed import ProbedSeed
from experiments.studies.shared.study import STUDIES, Preset, Setting, Study
from experiments.studies.shared.verdicts import exact_verdicts
from experiments.vocabulary import metrics
from experiments.vocabulary.settings import SWAP_OF_NOUNS
from proofs_check import Comparison, Verdict
from proofs_check.finite.caption_world import caption_world
from proofs_check.finite.constructions import orbit_criterion
from proofs_check.quantities.information import price
from proofs_check.theorems.pets import PETS
from scm import Add, Replace, SceneConfig, Swap
from scm.operators.operator import Operator


@dataclass(frozen=True)
class Family:
    """Captions in words, and an operator on them.

    Attributes:
        claim: the statement it illustrates.
        config: what is well-formed.
        drawn: the captions of training, equiprobable.
        operator: the operator.
    """

    claim: str
    config: SceneConfig
    drawn: tuple[str, ...]
    operator: Operator

    def measure(self) -> Iterator[Measurement]:
        """Each caption's probability, each orbit's criterion, each edge, and the price."""
        world = caption_world(self.config, dict.fromkeys(self.drawn, 1.0), [self.operator])
        assert world.words is not None
        law = dict(zip(world.caption.tolist(), world.probability.tolist(), strict=True))
        for y, caption in enumerate(world.words):
            labels = {"caption": caption, "orbit": int(world.orbit[y])}
            yield Measurement(metrics.PROBABILITY, law.get(y, 0.0), None, labels)
        for orbit, exists in enumerate(orbit_criterion(world)):
            yield Measurement(metrics.BLIND_OPTIMUM, float(exists), None, {"orbit": orbit})
        source, target = world.operators[self.operator.name]
        pairs = np.unique(np.sort(np.stack([source, target], axis=1), axis=1), axis=0)
        for y, to in pairs:
            labels = {"caption": world.words[int(y)], "result": world.words[int(to)]}
            yield Measurement(metrics.EDGE, 1.0, None, labels)
        yield Measurement(metrics.PRICE, price(world), None)


PERHAPS_WHITE = SceneConfig(
    nouns=("cat", "dog", "bird"),
    attributes=(("white",),),
    optional_attributes=True,
    min_objects=1,
    max_objects=1,
)
STACKED = SceneConfig(nouns=("bulb", "table", "rug"), relations=("vertical",))

ROUNDING = 1e-12
"""How far double precision moves an information of a few terms of size 1."""

FAMILIES = {
    SWAP_OF_NOUNS: Family(
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
    "ADD of a colour": Family(
        "T9",
        PERHAPS_WHITE,
        ("a cat", "a white dog", "a bird", "a white bird"),
        Add(),
    ),
    "REPLACE of any atom": Family("T8", PETS, ("a white cat", "a black dog"), Replace()),
    "REPLACE of the colour alone": Family(
        "T8",
        PETS,
        ("a white cat", "a black dog"),
        Replace("object 0 attribute 0"),
    ),
}


class OrbitsStudy(Study):
    """See the module."""

    name = "orbits"
    version = 2
    claims = ("T6", "T7", "T8", "T9")
    title = "On which orbits of captions may an optimum be blind?"

    def settings(self, preset: Preset) -> Sequence[Setting]:
        """A family of captions each."""
        del preset
        return [
            Setting(name, None, {"operator": family.operator.name}, (family.claim, "T6"))
            for name, family in FAMILIES.items()
        ]

    def measure(self, setting: Setting, seeds: Sequence[ProbedSeed]) -> Iterable[Measurement]:
        """What there is to say of a family."""
        del seeds
        return FAMILIES[setting.name].measure()

    def verdicts(self, rows: Sequence[Row], seconds: dict[str, float]) -> list[Verdict]:
        """Blindness is free just where every orbit permits it."""
        return [
            verdict
            for name, here in by_setting(rows).items()
            for verdict in exact_verdicts(self, name, _free(here), claim="T6", seconds=seconds)
        ]


def _free(rows: Sequence[Row]) -> Iterator[Comparison]:
    """The price is 0 where all orbits permit a blind optimum, and above it where one does not."""
    (paid,) = values(rows, metric=metrics.PRICE)
    if all(values(rows, metric=metrics.BLIND_OPTIMUM)):
        yield Comparison("price where every orbit permits blindness", "~=", 0.0, paid, ROUNDING)
    else:
        yield Comparison("price where one orbit does not", ">", 0.0, paid, ROUNDING)


STUDIES.register(OrbitsStudy.name, OrbitsStudy())
