"""Contrastive training in the worlds of `scm`, and what it identifies."""

from experiments.run import FinishedRun as FinishedRun
from experiments.run import Run as Run
from experiments.run import finish as finish
from experiments.run import load as load
from experiments.training import TrainingConfig as TrainingConfig
from experiments.training import train as train
from experiments.units import Units as Units
