"""Exact checks of the theorems, and what checks and studies both speak: claims and verdicts."""

from proofs_check.check import assert_claim as assert_claim
from proofs_check.check import check_claim as check_claim
from proofs_check.check import check_control as check_control
from proofs_check.check import run_checks as run_checks
from proofs_check.claim import CLAIMS as CLAIMS
from proofs_check.claim import Claim as Claim
from proofs_check.claim import Condition as Condition
from proofs_check.claim import ConditionError as ConditionError
from proofs_check.claim import Control as Control
from proofs_check.comparison import Comparison as Comparison
from proofs_check.finite.caption_world import caption_world as caption_world
from proofs_check.finite.conditions import IMAGE_SHOWS_SCENE as IMAGE_SHOWS_SCENE
from proofs_check.finite.conditions import INDEPENDENT_GIVEN_SCENE as INDEPENDENT_GIVEN_SCENE
from proofs_check.finite.conditions import RECOVERABLE as RECOVERABLE
from proofs_check.finite.constructions import NoBlindOptimumError as NoBlindOptimumError
from proofs_check.finite.constructions import pseudo_optimal_text as pseudo_optimal_text
from proofs_check.finite.finite_world import FiniteWorld as FiniteWorld
from proofs_check.finite.pairs import Pairs as Pairs
from proofs_check.quantities.contrastive import limit_infimum as limit_infimum
from proofs_check.quantities.contrastive import limit_loss as limit_loss
from proofs_check.quantities.contrastive import optimal_loss as optimal_loss
from proofs_check.quantities.contrastive import sampled_loss as sampled_loss
from proofs_check.quantities.estimate import Estimate as Estimate
from proofs_check.quantities.hard_negative_scores import accuracy as accuracy
from proofs_check.quantities.hard_negative_scores import pair_scores as pair_scores
from proofs_check.quantities.information import mutual_information as mutual_information
from proofs_check.quantities.information import price as price
from proofs_check.quantities.information import scene_entropy as scene_entropy
from proofs_check.quantities.insensitivity import insensitivity as insensitivity
from proofs_check.quantities.minimise import minimise_limit_loss as minimise_limit_loss

# Each statement under its id.
from proofs_check.theorems import *  # noqa: F403
from proofs_check.verdict import Verdict as Verdict

# isort: split
from proofs_check.continuous.darmois import Darmois as Darmois
from proofs_check.continuous.encoders import Code as Code
from proofs_check.continuous.encoders import ImageEncoder as ImageEncoder
from proofs_check.continuous.encoders import TextEncoder as TextEncoder
from proofs_check.continuous.fold import Fold as Fold
from proofs_check.continuous.sampled_world import SampledWorld as SampledWorld
