"""Studies: one file a question that training answers, or a sweep of exact numbers."""

from experiments.studies.exact.depth import DepthStudy as DepthStudy
from experiments.studies.exact.fold import FoldStudy as FoldStudy
from experiments.studies.exact.orbits import OrbitsStudy as OrbitsStudy
from experiments.studies.exact.price import PriceStudy as PriceStudy
from experiments.studies.exact.pseudo_optima import PseudoOptimaStudy as PseudoOptimaStudy
from experiments.studies.exact.study import EXACT_STUDIES as EXACT_STUDIES
from experiments.studies.exact.study import ExactStudy as ExactStudy
from experiments.studies.exact.study import speaking_to as speaking_to
from experiments.studies.exact.surcharge import SurchargeStudy as SurchargeStudy
from experiments.studies.shared.study import STUDIES as STUDIES
from experiments.studies.shared.study import Preset as Preset
from experiments.studies.shared.study import Setting as Setting
from experiments.studies.shared.study import Study as Study
from experiments.studies.shared.study import settings_speaking_to as settings_speaking_to

# Trained studies run in the order of imports.
# isort: split
from experiments.studies.trained.sentence import SentenceStudy as SentenceStudy

# isort: split
from experiments.studies.trained.tokens import TokenStudy as TokenStudy

# isort: split
from experiments.studies.trained.scenes import SceneStudy as SceneStudy

# isort: split
from experiments.studies.trained.trained_price import TrainedPriceStudy as TrainedPriceStudy

# isort: split
from experiments.studies.trained.composition import CompositionStudy as CompositionStudy

# isort: split
from experiments.studies.trained.selection import SelectionStudy as SelectionStudy

# isort: split
from experiments.studies.trained.vision import VisionStudy as VisionStudy

# isort: split
from experiments.studies.trained.blind_images import BlindImagesStudy as BlindImagesStudy

# isort: split
from experiments.studies.trained.hard_negatives import HardNegativesStudy as HardNegativesStudy
