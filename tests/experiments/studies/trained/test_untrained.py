"""No claim of a trained study survives encoders that were not trained: what does is an identity."""

from __future__ import annotations

from collections import defaultdict

import pytest

from experiments.studies import STUDIES
from tests.experiments.study_rows import ASKED, EXACT, settings_asked

TRAINED = tuple(name for name in STUDIES if name not in EXACT)

UNLEARNED = {
    ("tokens", "shuffled pairs"),
    ("trained_price", "SWAP, rho = 1, transformer, 100 steps"),
}
"""Controls in which an encoder learns nothing, or little: the one that has learned turns them."""

NOT_ASKED = {
    "composition": {"T8", "T9"},  # Other operators, judged as SWAP is.
}
"""Claims of a study that no setting asked about speaks to."""

ALTERED = {
    ("tokens", "T5", "image to z_dp_img"): "shuffled pairs",
    ("tokens", "T5", "image to lost"): "partly mentioned",
}
"""Claims and controls of what an embedding lacks, which untrained encoders may lack too as far as
so small a probe can read: the setting in which trained ones hold it, so that the claim turns."""

DERIVED = {
    "sentence": ("above ceiling",),
    "tokens": ("above ceiling",),
    "scenes": ("above ceiling", "accuracy text"),
    "trained_price": (),
    "composition": ("retrieval", "text ties", "text score", "group score", "delta"),
    "selection": ("of a blind encoder with novel",),
    "vision": (
        "paired distance of novel pairs",
        "paired distance of hard negatives",
        "tie cost less excess",
        "scene told",
    ),
    "blind_images": ("least cosine",),
    "hard_negatives": ("surcharge, shared", "gain in", "excess loss against"),
    "failure": (),
    "cures": ("text-only baseline", "gain in"),
}
"""What a metric says whose tolerance is derived, or that has none; all others are chosen."""


@pytest.fixture
def judged(measured):
    """A function from a study to its verdicts of encoders that were not trained."""
    return lambda name: STUDIES[name].verdicts(measured(name).rows, {})


@pytest.mark.parametrize("name", TRAINED)
def test_no_claim_survives_untrained_encoders(name, judged):
    found = defaultdict(list)
    for verdict in judged(name):
        if verdict.kind == "identity":
            # Accuracies stray further in samples as small as those of this test.
            assert verdict.holds or "accuracy" in verdict.metric, verdict.id
            continue
        unlearned = (name, verdict.setting) in UNLEARNED or "untrained" in verdict.metric
        if verdict.gates and not unlearned:
            # What is told apart from what, whichever setting it is of.
            found[verdict.claim, verdict.id.rsplit("/", 1)[1]].append(verdict.holds)
    assert found
    survivors = {
        about for about, held in found.items() if all(held) and (name, *about) not in ALTERED
    }
    assert survivors == set()


@pytest.mark.parametrize("name", TRAINED)
def test_bounds_and_tolerances_that_were_chosen_say_so(name, judged):
    for verdict in judged(name):
        derived = any(part in verdict.metric for part in DERIVED[name])
        # A study may choose one bound on a metric whose other verdicts are exact.
        assert derived or verdict.basis == "chosen", verdict.id


def test_all_claims_of_studies_are_asked_about():
    assert set(TRAINED) == set(ASKED)
    for name in TRAINED:
        study = STUDIES[name]
        claims = {claim for one in settings_asked(name) for claim in one.claims or study.claims}
        assert claims == set(study.claims) - NOT_ASKED.get(name, set())


@pytest.mark.parametrize("name", TRAINED)
def test_what_is_asked_of_a_seed_shares_one_world_one_table_and_one_sample(name, measured):
    found = measured(name)
    of_blocks = {"build_world", "probe_sample"}
    of_pairs = {"build_world", "caption_table", "from_captions", "draw"}
    shared = of_blocks if name in ("sentence", "tokens", "scenes") else of_pairs
    assert found.built == dict.fromkeys(shared, found.seeds)
