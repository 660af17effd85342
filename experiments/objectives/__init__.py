"""Objectives over a batch of paired embeddings."""

from experiments.objectives.alignment import AlignmentMinusEntropy as AlignmentMinusEntropy
from experiments.objectives.alignment import AlignmentUniformity as AlignmentUniformity
from experiments.objectives.alignment import alignment as alignment
from experiments.objectives.alignment import entropy as entropy
from experiments.objectives.alignment import uniformity as uniformity
from experiments.objectives.hard_negatives import HardNegativeInfoNCE as HardNegativeInfoNCE
from experiments.objectives.infonce import InfoNCE as InfoNCE
from experiments.objectives.objective import OBJECTIVES as OBJECTIVES
from experiments.objectives.objective import BiasedObjective as BiasedObjective
from experiments.objectives.objective import NegativesObjective as NegativesObjective
from experiments.objectives.objective import Objective as Objective
from experiments.objectives.objective import PairsObjective as PairsObjective
from experiments.objectives.objective import TemperedObjective as TemperedObjective
from experiments.objectives.objective import without_starts as without_starts
from experiments.objectives.sigmoid import SigmoidLoss as SigmoidLoss
from experiments.objectives.similarity import normalize as normalize
from experiments.objectives.similarity import score_features as score_features
from experiments.objectives.similarity import scores as scores
from experiments.objectives.similarity import squared_distances as squared_distances
