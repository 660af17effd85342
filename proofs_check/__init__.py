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
from proofs_check.conditions import IMAGE_SHOWS_SCENE as IMAGE_SHOWS_SCENE
from proofs_check.conditions import INDEPENDENT_GIVEN_SCENE as INDEPENDENT_GIVEN_SCENE
from proofs_check.conditions import RECOVERABLE as RECOVERABLE
from proofs_check.contrastive import limit_infimum as limit_infimum
from proofs_check.contrastive import limit_loss as limit_loss
from proofs_check.contrastive import optimal_loss as optimal_loss
from proofs_check.contrastive import sampled_loss as sampled_loss
from proofs_check.estimate import Estimate as Estimate
from proofs_check.finite_world import FiniteWorld as FiniteWorld
from proofs_check.hard_negative_scores import accuracy as accuracy
from proofs_check.hard_negative_scores import pair_scores as pair_scores
from proofs_check.information import mutual_information as mutual_information
from proofs_check.information import price as price
from proofs_check.information import scene_entropy as scene_entropy
from proofs_check.insensitivity import insensitivity as insensitivity
from proofs_check.minimise import minimise_limit_loss as minimise_limit_loss
from proofs_check.pairs import Pairs as Pairs
from proofs_check.theorems import T2 as T2
from proofs_check.theorems import T5 as T5
from proofs_check.theorems import T6 as T6
from proofs_check.theorems import T7 as T7
from proofs_check.theorems import T8 as T8
from proofs_check.theorems import T9 as T9
from proofs_check.theorems import T11 as T11
from proofs_check.theorems import T12 as T12
from proofs_check.theorems import T13 as T13
from proofs_check.verdict import Verdict as Verdict

# isort: split
from proofs_check.continuous_encoders import Code as Code
from proofs_check.continuous_encoders import ImageEncoder as ImageEncoder
from proofs_check.continuous_encoders import TextEncoder as TextEncoder
from proofs_check.darmois import Darmois as Darmois
from proofs_check.fold import Fold as Fold
from proofs_check.sampled_world import SampledWorld as SampledWorld
