"""The statements, one a file, in the order of their numbers."""

from proofs_check.claim import CLAIMS
from proofs_check.theorems.t2 import T2 as T2
from proofs_check.theorems.t5 import T5 as T5

for _claim in (T2, T5):
    CLAIMS.register(_claim.id, _claim)
