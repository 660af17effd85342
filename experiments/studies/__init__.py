"""Studies: one file a question that training answers, or a sweep of exact numbers."""

from experiments.studies.depth import DepthStudy as DepthStudy
from experiments.studies.exact_study import EXACT_STUDIES as EXACT_STUDIES
from experiments.studies.exact_study import ExactStudy as ExactStudy
from experiments.studies.exact_study import speaking_to as speaking_to
from experiments.studies.fold import FoldStudy as FoldStudy
from experiments.studies.orbits import OrbitsStudy as OrbitsStudy
from experiments.studies.price import PriceStudy as PriceStudy
from experiments.studies.pseudo_optima import PseudoOptimaStudy as PseudoOptimaStudy
from experiments.studies.study import STUDIES as STUDIES
from experiments.studies.study import Preset as Preset
from experiments.studies.study import Setting as Setting
from experiments.studies.study import Study as Study
from experiments.studies.study import settings_speaking_to as settings_speaking_to
from experiments.studies.surcharge import SurchargeStudy as SurchargeStudy

# Trained studies run in the order of imports.
# isort: split
from experiments.studies.sentence import SentenceStudy as SentenceStudy

# isort: split
from experiments.studies.tokens import TokenStudy as TokenStudy

# isort: split
from experiments.studies.scenes import SceneStudy as SceneStudy

# isort: split
from experiments.studies.trained_price import TrainedPriceStudy as TrainedPriceStudy

# isort: split
from experiments.studies.composition import CompositionStudy as CompositionStudy

# isort: split
from experiments.studies.selection import SelectionStudy as SelectionStudy

# isort: split
from experiments.studies.vision import VisionStudy as VisionStudy

# isort: split
from experiments.studies.blind_images import BlindImagesStudy as BlindImagesStudy

# isort: split
from experiments.studies.hard_negatives import HardNegativesStudy as HardNegativesStudy
