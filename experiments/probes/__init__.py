"""Probes: what can be predicted from what, scored on samples the probe was not fitted on."""

from experiments.probes.embedding import embed as embed
from experiments.probes.identifiability import block_r2 as block_r2
from experiments.probes.kernel_ridge import kernel_ridge_accuracy as kernel_ridge_accuracy
from experiments.probes.kernel_ridge import kernel_ridge_r2 as kernel_ridge_r2
from experiments.probes.linear import linear_r2 as linear_r2
from experiments.probes.mlp import mlp_r2 as mlp_r2
from experiments.probes.r2 import r2_score as r2_score
from experiments.probes.sample import probe_sample as probe_sample
