"""Studies: one file a question, exact or trained."""

from experiments.studies.shared.probed import ProbedSeed as ProbedSeed
from experiments.studies.shared.probed import probed as probed
from experiments.studies.shared.study import STUDIES as STUDIES
from experiments.studies.shared.study import Preset as Preset
from experiments.studies.shared.study import Setting as Setting
from experiments.studies.shared.study import Study as Study
from experiments.studies.shared.study import settings_speaking_to as settings_speaking_to
from experiments.studies.shared.study import studies_speaking_to as studies_speaking_to

# Studies run in the order of imports: what is exact takes seconds, and comes first.
# isort: split
from experiments.studies import exact as exact

# isort: split
from experiments.studies import trained as trained
