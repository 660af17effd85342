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
from scm.registry import Registry as Registry
from scm.sentence import SentenceConfig as SentenceConfig
from scm.sentence import SentenceSCM as SentenceSCM
from scm.tokens import TokenConfig as TokenConfig
from scm.tokens import TokenSCM as TokenSCM
from scm.world import WORLDS as WORLDS
from scm.world import World as World
from scm.world import WorldConfig as WorldConfig
