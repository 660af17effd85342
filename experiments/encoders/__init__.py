"""Encoders, trained by contrast."""

from experiments.encoders.dual import DualEncoder as DualEncoder
from experiments.encoders.encoder import ENCODERS as ENCODERS
from experiments.encoders.encoder import Encoder as Encoder
from experiments.encoders.encoder import EncoderConfig as EncoderConfig
from experiments.encoders.mlp import MLP as MLP
from experiments.encoders.mlp import MLPConfig as MLPConfig
