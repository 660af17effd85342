"""All mutants, and the tests that should notice each."""

from __future__ import annotations

from tests.mutants.captions import CAPTIONS
from tests.mutants.continuous import CONTINUOUS
from tests.mutants.cures import CURES
from tests.mutants.face import FACE
from tests.mutants.finite import CONSTRUCTED, LOOKED_AT, MEASURES, QUANTITIES, RARE
from tests.mutants.hard_negatives import HARD_NEGATIVES
from tests.mutants.judging import JUDGED
from tests.mutants.planning import PLANNED
from tests.mutants.probes import BENCHED, CLASS_PROBES, ENTROPY, HALVES
from tests.mutants.selection import SELECTED
from tests.mutants.training import TRAINED
from tests.mutants.vision import VISION
from tests.mutants.worlds import WORLDS

MUTANTS = (
    *WORLDS,
    *QUANTITIES,
    *RARE,
    *LOOKED_AT,
    *CONSTRUCTED,
    *MEASURES,
    *HARD_NEGATIVES,
    *CURES,
    *SELECTED,
    *VISION,
    *CLASS_PROBES,
    *HALVES,
    *ENTROPY,
    *BENCHED,
    *CONTINUOUS,
    *JUDGED,
    *PLANNED,
    *TRAINED,
    *CAPTIONS,
    *FACE,
)
