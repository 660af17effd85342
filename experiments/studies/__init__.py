"""Studies: one file a question that training answers."""

from experiments.studies.sentence import SentenceStudy as SentenceStudy
from experiments.studies.study import STUDIES as STUDIES
from experiments.studies.study import Preset as Preset
from experiments.studies.study import Setting as Setting
from experiments.studies.study import Study as Study

# Studies run in the order of imports.
# isort: split
from experiments.studies.tokens import TokenStudy as TokenStudy

# isort: split
from experiments.studies.scenes import SceneStudy as SceneStudy
