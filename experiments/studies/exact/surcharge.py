"""T13: what hard negatives add to the loss, by how many there are and by the batch.

Command: ``tokenscm check --only T13``. Expect log(1 + M) / 2 of an encoder blind to M negatives a
caption that all the batch sees, whatever K. It is less where images see their own alone, and ever
less in larger batches, which hold more other captions of the class. The true optimum pays only for
shared negatives, those of one caption that are true of another's image.
"""

from __future__ import annotations

import numpy as np

from experiments.results.record import Row
from experiments.studies.exact.study import EXACT_STUDIES
from experiments.studies.shared.scene_worlds import covered_world
from proofs_check.finite.negatives import negatives_of
from proofs_check.quantities.surcharge import (
    blind_own_surcharge,
    blind_shared_surcharge,
    finest_blind_code,
    separated_surcharge,
)
from scm import Coverage, Replace, SceneConfig

STUDY = "surcharge"

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


class SurchargeStudy:
    """See the module."""

    name: str = STUDY
    version: int = 1
    claims: tuple[str, ...] = ("T13",)
    figure: str = "surcharge"
    title: str = "What do hard negatives in the objective cost a blind encoder, and the true one?"

    def rows(self) -> list[Row]:
        """Surcharges of the blind encoder and of the true optimum, shared and own-only."""
        operator = Replace("object 0 attribute 0")
        world = covered_world(WORLD, Coverage(operator))
        edges = world.operators[operator.name]
        code = finest_blind_code(world, world.orbit)
        classes = np.bincount(code[world.caption], world.probability)
        found = []
        for by, M, K in [
            *(("M", M, BY_COUNT) for M in COUNTS),
            *(("K", BY_SIZE, K) for K in SIZES),
        ]:
            negatives = negatives_of(world, edges, M)
            shared, own = (
                separated_surcharge(world, world.said, negatives, K, shared=shared)
                for shared in (True, False)
            )
            found += [
                _row("blind", "shared", by, M, K, blind_shared_surcharge(M)),
                _row("blind", "own-only", by, M, K, blind_own_surcharge(classes, M, K)),
                _row("true optimum", "shared", by, M, K, shared),
                _row("true optimum", "own-only", by, M, K, own),
            ]
        return found


def _row(encoder: str, which: str, by: str, M: int, K: int, value: float) -> Row:
    labels = {"encoder": encoder, "negatives": which, "by": by, "M": M, "K": K}
    return Row(STUDY, "T13", f"{encoder}, {which}", 0, "surcharge", value, labels)


EXACT_STUDIES.register("surcharge", SurchargeStudy())
