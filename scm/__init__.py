"""Structural causal models that draw pairs of an image and a text."""

from scm.batch import Batch as Batch
from scm.capabilities import GenerativeWorld as GenerativeWorld
from scm.capabilities import Side as Side
from scm.capabilities import StatesContentLaw as StatesContentLaw
from scm.capabilities import StatesLostContent as StatesLostContent
from scm.capabilities import StatesSides as StatesSides
from scm.capabilities import block_sides as block_sides
from scm.continuous.content import ContentConfig as ContentConfig
from scm.continuous.content import ContentSCM as ContentSCM
from scm.continuous.interventions import Intervention as Intervention
from scm.continuous.mechanisms import DagMechanism as DagMechanism
from scm.continuous.mechanisms import wishart_factor as wishart_factor
from scm.continuous.sentence import SentenceConfig as SentenceConfig
from scm.continuous.sentence import SentenceSCM as SentenceSCM
from scm.continuous.tokens import TokenConfig as TokenConfig
from scm.continuous.tokens import TokenSCM as TokenSCM
from scm.keys import named_key as named_key
from scm.keys import numbered_key as numbered_key
from scm.mixing import Mixing as Mixing
from scm.mixing import MixingConfig as MixingConfig
from scm.plugins import load_plugins as load_plugins
from scm.registry import CONFIGS as CONFIGS
from scm.registry import ConfigRegistry as ConfigRegistry
from scm.registry import Registry as Registry
from scm.world import WORLDS as WORLDS
from scm.world import World as World
from scm.world import WorldConfig as WorldConfig
from scm.world import Wrapper as Wrapper
from scm.world import innermost as innermost
from scm.world import nested as nested
from scm.world_contract import WORLD_CONTRACT as WORLD_CONTRACT
from scm.world_contract import WorldExample as WorldExample
from scm.world_contract import assert_world as assert_world

# isort: split
from scm.language.grammar import Grammar as Grammar
from scm.language.lexicon import Lexicon as Lexicon
from scm.language.scene_arrays import SceneArrays as SceneArrays
from scm.language.scene_space import SceneSpace as SceneSpace
from scm.operators.add import Add as Add
from scm.operators.edits import Edit as Edit
from scm.operators.edits import apply_edits as apply_edits
from scm.operators.operator import OPERATORS as OPERATORS
from scm.operators.operator import Operator as Operator
from scm.operators.operator import Word as Word
from scm.operators.operator import apply_to_caption as apply_to_caption
from scm.operators.operator import apply_to_scenes as apply_to_scenes
from scm.operators.operator import apply_to_tokens as apply_to_tokens
from scm.operators.orbits import orbits as orbits
from scm.operators.replace import Replace as Replace
from scm.operators.swap import Swap as Swap
from scm.operators.where import Where as Where
from scm.scenes.caption_table import CaptionTable as CaptionTable
from scm.scenes.coverage import Coverage as Coverage
from scm.scenes.rewritings import Rewriting as Rewriting
from scm.scenes.rewritings import hard_negatives as hard_negatives
from scm.scenes.rewritings import rewritings as rewritings
from scm.scenes.scene_world import SceneWorld as SceneWorld
from scm.scenes.scene_world import SceneWorldConfig as SceneWorldConfig
from scm.scenes.scene_world import scene_config_within as scene_config_within
from scm.scenes.scene_world import scenes_within as scenes_within
from scm.scenes.scenes import SceneConfig as SceneConfig
from scm.scenes.scenes import SceneSCM as SceneSCM

# isort: split
from scm.images.appearance import COLOURS as COLOURS
from scm.images.appearance import FILLS as FILLS
from scm.images.appearance import RADII as RADII
from scm.images.images import IMAGES as IMAGES
from scm.images.images import Images as Images
from scm.images.images import ImagesConfig as ImagesConfig
from scm.images.pixels import PixelImages as PixelImages
from scm.images.pixels import PixelImagesConfig as PixelImagesConfig
from scm.images.signed_distance import SHAPES as SHAPES
from scm.images.vector import VectorImages as VectorImages
from scm.images.vector import VectorImagesConfig as VectorImagesConfig

# isort: split
from scm.wrappers.fixed_set import FixedSetConfig as FixedSetConfig
from scm.wrappers.fixed_set import FixedSetSCM as FixedSetSCM
from scm.wrappers.hard_negative_pairs import HardNegativesConfig as HardNegativesConfig
from scm.wrappers.hard_negative_pairs import HardNegativesSCM as HardNegativesSCM
from scm.wrappers.shuffled import ShuffledConfig as ShuffledConfig
from scm.wrappers.shuffled import ShuffledSCM as ShuffledSCM
