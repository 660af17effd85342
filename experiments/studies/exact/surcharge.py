"""T13: what hard negatives add to the loss, by how many there are and by the batch.

Command: ``tokenscm check --only T13``. Expect log(1 + M) / 2 of an encoder blind to M negatives a
caption that all the batch sees, whatever K. It is less where images see their own alone, and ever
less in larger batches, which hold more other captions of the class. The true optimum pays only for
shared negatives, those of one caption that are true of another's image.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache, partial

import numpy as np

from experiments.results.record import Measurement, Row, values
from experiments.studies.shared.probed import ProbedSeed
from experiments.studies.shared.scene_worlds import covered_world
from experiments.studies.shared.study import STUDIES, Preset, Setting, Study
from experiments.studies.shared.verdicts import exact_verdicts
from experiments.vocabulary import metrics
from experiments.vocabulary.encoders import BLIND, OPTIMAL
from experiments.vocabulary.negatives import OWN_ONLY, SHARED
from proofs_check import Comparison, FiniteWorld, Verdict
from proofs_check.finite.negatives import negatives_of
from proofs_check.quantities.surcharge import (
    blind_own_surcharge,
    blind_shared_surcharge,
    finest_blind_code,
    separated_surcharge,
)
from scm import Coverage, Replace, SceneConfig
from scm.operators.orbits import Edges

WORLD = SceneConfig(
    nouns=tuple(f"noun{number}" for number in range(20)),
    attributes=(tuple(f"colour{number}" for number in range(9)),),
    min_objects=1,
    max_objects=1,
)
"""One object of a colour. REPLACE of the colour has 20 orbits, the classes of a blind encoder, and
nine scenes in each, so eight hard negatives a caption. All are drawn."""

COUNTS = tuple(range(1, 9))
SIZES = tuple(2**power for power in range(1, 11))

BY_COUNT = 256
"""The K at which M varies."""

BY_SIZE = 1
"""The M at which K varies."""


ROUNDING = 1e-9
"""How far double precision moves sums of some thousand terms of size 1."""


class SurchargeStudy(Study):
    """See the module."""

    name = "surcharge"
    version = 2
    claims = ("T13",)
    title = "What do hard negatives in the objective cost a blind encoder, and the true one?"

    def settings(self, preset: Preset) -> Sequence[Setting]:
        """The blind encoder and the true optimum, each with shared and with own negatives."""
        del preset
        return [
            Setting(f"{encoder}, {negatives}", None, {"encoder": encoder, "negatives": negatives})
            for encoder in (BLIND, OPTIMAL)
            for negatives in (SHARED, OWN_ONLY)
        ]

    def measure(self, setting: Setting, seeds: Sequence[ProbedSeed]) -> Iterator[Measurement]:
        """Surcharges by M at one K, and by K at one M."""
        del seeds
        encoder, negatives = (setting.parameters[name] for name in ("encoder", "negatives"))
        for by, M, K in [
            *(("M", M, BY_COUNT) for M in COUNTS),
            *(("K", BY_SIZE, K) for K in SIZES),
        ]:
            labels = {"by": by, "M": M, "K": K}
            value = _surcharge(encoder, M, K, shared=negatives == SHARED)
            yield Measurement(metrics.SURCHARGE, value, None, labels)

    def verdicts(self, rows: Sequence[Row], seconds: dict[str, float]) -> list[Verdict]:
        """Own negatives cost the blind less than shared ones, ever less, and the optimum nothing.

        What the blind pay for shared negatives is a closed form: `proofs_check` compares it.
        """
        surcharge = partial(values, rows, metric=metrics.SURCHARGE)
        own = partial(surcharge, encoder=BLIND, negatives=OWN_ONLY)
        above = np.subtract(surcharge(encoder=BLIND, negatives=SHARED), own())
        of_optimum = surcharge(encoder=OPTIMAL, negatives=OWN_ONLY)
        # A mean of log(1 + M / (1 + D)) is below log(1 + M) and falls with D whatever the classes.
        of_formula = partial(Comparison, identity=True)
        step = np.diff(own(by="K")).max()
        compared = {
            f"{BLIND}, {OWN_ONLY}": [
                of_formula("least by which shared negatives cost more", ">", 0.0, above.min()),
                of_formula("largest step by K", "<=", 0.0, step, ROUNDING),
            ],
            f"{OPTIMAL}, {OWN_ONLY}": [
                Comparison("largest surcharge", "~=", 0.0, np.abs(of_optimum).max(), ROUNDING),
            ],
        }
        return [
            verdict
            for name, comparisons in compared.items()
            for verdict in exact_verdicts(self, name, comparisons, seconds=seconds)
        ]


def _surcharge(encoder: str, M: int, K: int, *, shared: bool) -> float:
    world, edges = _world()
    if encoder == OPTIMAL:
        negatives = negatives_of(world, edges, M)
        return separated_surcharge(world, world.said, negatives, K, shared=shared)
    if shared:
        return blind_shared_surcharge(M)
    code = finest_blind_code(world, world.orbit)
    return blind_own_surcharge(np.bincount(code[world.caption], world.probability), M, K)


@cache
def _world() -> tuple[FiniteWorld, Edges]:
    operator = Replace("object 0 attribute 0")
    world = covered_world(WORLD, Coverage(operator))
    return world, world.operators[operator.name]


STUDIES.register(SurchargeStudy.name, SurchargeStudy())
