"""Exact checks of the theorems, and what checks and studies both speak: claims and verdicts."""

from proofs_check.claim import CLAIMS as CLAIMS
from proofs_check.claim import Claim as Claim
from proofs_check.verdict import Verdict as Verdict
