"""Encoders, trained by contrast."""

from experiments.encoders.bag_of_words import BagOfWordsConfig as BagOfWordsConfig
from experiments.encoders.cnn import CNNConfig as CNNConfig
from experiments.encoders.dual import DualEncoder as DualEncoder
from experiments.encoders.encoder import ENCODERS as ENCODERS
from experiments.encoders.encoder import Encoder as Encoder
from experiments.encoders.encoder import EncoderConfig as EncoderConfig
from experiments.encoders.encoder import TextEncoderConfig as TextEncoderConfig
from experiments.encoders.encoder import as_text_encoder as as_text_encoder
from experiments.encoders.encoder import distinct_rows as distinct_rows
from experiments.encoders.hidden_words import HiddenWordsConfig as HiddenWordsConfig
from experiments.encoders.linear_map import AroundTextEncoder as AroundTextEncoder
from experiments.encoders.linear_map import LinearMapConfig as LinearMapConfig
from experiments.encoders.mlp import MLP as MLP
from experiments.encoders.mlp import MLPConfig as MLPConfig
from experiments.encoders.patch_pool import PatchPoolConfig as PatchPoolConfig
from experiments.encoders.patch_transformer import PatchTransformerConfig as PatchTransformerConfig
from experiments.encoders.sorted_phrases import SortedPhrasesConfig as SortedPhrasesConfig
from experiments.encoders.text_transformer import TextTransformerConfig as TextTransformerConfig
from experiments.encoders.words_in_places import WordsInPlacesConfig as WordsInPlacesConfig
