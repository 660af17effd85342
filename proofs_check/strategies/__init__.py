"""Hypothesis strategies: random finite worlds, orbits and continuous worlds.

@given(finite_worlds())
def test_my_claim(world):
assert_claim(MY_CLAIM, world)
"""

from proofs_check.strategies.continuous import sentence_worlds as sentence_worlds
from proofs_check.strategies.continuous import token_worlds as token_worlds
from proofs_check.strategies.finite import families as families
from proofs_check.strategies.finite import feature_worlds as feature_worlds
from proofs_check.strategies.finite import finite_worlds as finite_worlds
from proofs_check.strategies.finite import noisy_worlds as noisy_worlds
from proofs_check.strategies.finite import scene_settings as scene_settings
from proofs_check.strategies.finite import scene_worlds as scene_worlds
