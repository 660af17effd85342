"""Structural causal models that draw pairs of an image and a text."""

from scm.batch import Batch as Batch
from scm.content import ContentConfig as ContentConfig
from scm.content import ContentSCM as ContentSCM
from scm.interventions import Intervention as Intervention
from scm.keys import named_key as named_key
from scm.mechanisms import DagMechanism as DagMechanism
from scm.mechanisms import wishart_factor as wishart_factor
from scm.mixing import Mixing as Mixing
from scm.mixing import MixingConfig as MixingConfig
from scm.registry import CONFIGS as CONFIGS
from scm.registry import ConfigRegistry as ConfigRegistry
from scm.registry import Registry as Registry
from scm.sentence import SentenceConfig as SentenceConfig
from scm.sentence import SentenceSCM as SentenceSCM
from scm.tokens import TokenConfig as TokenConfig
from scm.tokens import TokenSCM as TokenSCM
from scm.world import WORLDS as WORLDS
from scm.world import World as World
from scm.world import WorldConfig as WorldConfig
from scm.world import innermost as innermost

# isort: split
from scm.add import Add as Add
from scm.caption_table import CaptionTable as CaptionTable
from scm.coverage import Coverage as Coverage
from scm.edits import Edit as Edit
from scm.edits import apply_edits as apply_edits
from scm.grammar import Grammar as Grammar
from scm.hard_negatives import Rewriting as Rewriting
from scm.hard_negatives import hard_negatives as hard_negatives
from scm.hard_negatives import rewritings as rewritings
from scm.lexicon import Lexicon as Lexicon
from scm.operators import OPERATORS as OPERATORS
from scm.operators import Operator as Operator
from scm.operators import Word as Word
from scm.operators import apply_to_caption as apply_to_caption
from scm.operators import apply_to_scenes as apply_to_scenes
from scm.operators import apply_to_tokens as apply_to_tokens
from scm.orbits import orbits as orbits
from scm.replace import Replace as Replace
from scm.scene_arrays import SceneArrays as SceneArrays
from scm.scene_space import SceneSpace as SceneSpace
from scm.scenes import SceneConfig as SceneConfig
from scm.scenes import SceneSCM as SceneSCM
from scm.swap import Swap as Swap
from scm.where import Where as Where

# isort: split
from scm.appearance import COLOURS as COLOURS
from scm.appearance import FILLS as FILLS
from scm.appearance import RADII as RADII
from scm.images import IMAGES as IMAGES
from scm.images import Images as Images
from scm.images import ImagesConfig as ImagesConfig
from scm.images_pixels import PixelImages as PixelImages
from scm.images_pixels import PixelImagesConfig as PixelImagesConfig
from scm.images_vector import VectorImages as VectorImages
from scm.images_vector import VectorImagesConfig as VectorImagesConfig
from scm.signed_distance import SHAPES as SHAPES

# isort: split
from scm.fixed_set import FixedSetConfig as FixedSetConfig
from scm.fixed_set import FixedSetSCM as FixedSetSCM
from scm.hard_negative_pairs import HardNegativesConfig as HardNegativesConfig
from scm.hard_negative_pairs import HardNegativesSCM as HardNegativesSCM
from scm.shuffled import ShuffledConfig as ShuffledConfig
from scm.shuffled import ShuffledSCM as ShuffledSCM
