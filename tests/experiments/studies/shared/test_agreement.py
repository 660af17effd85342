"""Agreement of seeds: embeddings of one content in two worlds, against what a bijection tells."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from experiments.probes import sample
from experiments.results.record import select
from experiments.studies import STUDIES, Setting, probed
from experiments.studies.shared import agreement as agreement_module
from experiments.studies.shared.agreement import APART, BOUND, agreement, same_content
from experiments.training.config import TrainingConfig
from experiments.training.loop import Trained
from experiments.training.run import FinishedRun, Run
from scm import SentenceConfig, ShuffledConfig, TokenConfig

STUDY = STUDIES["sentence"]
SMALL = SentenceConfig(n_inv=2, n_dp=2, n_pr_img=2, n_pr_txt=2, causal=True)
PARAMETERS = {"kind": "claim", "law": "independent"}


@pytest.fixture(autouse=True)
def _small_probes(monkeypatch):
    for name, points in (("TRAIN", 512), ("VALIDATION", 256), ("TEST", 512)):
        monkeypatch.setattr(sample, name, points)


def probed_seeds(world, seeds):
    config = TrainingConfig(world=world, embedding_size=2, steps=1)
    encoders = tuple(config.build_encoders(seed + 10) for seed in seeds)
    trained = Trained(encoders, np.zeros((len(seeds), 1)), np.array([1]))
    return probed(FinishedRun(Run(config, seeds), trained, 0.0))


@pytest.mark.parametrize("config", [SMALL, TokenConfig(n_inv=2, n_dp=2, n_pr_img=2, causal=True)])
def test_seeds_share_content_and_nothing_else(config):
    key = jax.random.key(0)
    one, other = (same_content(config.build(jax.random.key(s)), key, s).latents for s in (1, 2))
    assert (one["z_inv"] == other["z_inv"]).all()
    assert np.std(one["z_inv"]) == pytest.approx(1.0, abs=0.1)
    for block in one.keys() - {"z_inv"}:
        both = np.corrcoef(np.asarray(one[block]).T, np.asarray(other[block]).T)
        own, across = one[block].shape[1], both[: one[block].shape[1], one[block].shape[1] :]
        if block.startswith("z_pr") or block == "token_noise":
            # 1,280 draws: four standard deviations of a correlation of 0.
            assert np.abs(across).max() < 4 / np.sqrt(1280)
        assert own > 0


def verdicts_of(monkeypatch, embed):
    """Verdicts of two seeds whose trained encoders embed latents by a function of seed and side."""
    seeds = probed_seeds(SMALL, (0, 1))
    trained = [seed.trained for seed in seeds]

    def embedded(encoders, batch):
        known = [seed for seed, those in enumerate(trained) if those is encoders]
        if not known:
            noise = jax.random.normal(jax.random.key(5), batch.latents["z_inv"].shape)
            return {"image": noise, "text": batch.latents["z_pr_txt"]}
        return {side: embed(known[0], batch.latents) for side in ("image", "text")}

    monkeypatch.setattr(agreement_module, "embed", embedded)
    one = Setting("one", None, PARAMETERS)
    rows = [STUDY.row(one, measurement) for measurement in agreement(seeds)]
    assert len(rows) == 8
    assert len(select(rows, role="measured", seed=0)) == 2
    return {v.id.rsplit("/")[-1]: v for v in STUDY.verdicts(rows, {}) if "another" in v.id}


def bijection(seed, latents):
    """Another one for each seed, into the cube."""
    turn = jnp.asarray([[0.8, 0.6], [-0.6, 0.8]]) if seed else jnp.eye(2)
    return jax.scipy.special.ndtr(latents["z_inv"] @ turn)


def test_bijections_of_content_tell_each_other(monkeypatch):
    found = verdicts_of(monkeypatch, bijection)
    assert len(found) == 4
    for name, verdict in found.items():
        assert verdict.basis == "chosen"
        if name.startswith("untrained image"):
            # The same noise for both seeds: a control that does not fail.
            assert not verdict.holds
        else:
            assert verdict.holds, name


@pytest.mark.parametrize(
    "embed",
    [
        # One output fewer: the seeds keep different coordinates of content.
        lambda seed, latents: latents["z_inv"][:, seed : seed + 1] * jnp.ones((1, 2)),
        # Style beside content.
        lambda seed, latents: bijection(seed, latents) + latents["z_pr_img"],
        # Content folded, differently for each seed.
        lambda seed, latents: jnp.abs(latents["z_inv"] - seed),
    ],
)
def test_what_is_no_bijection_of_content_alone_fails(monkeypatch, embed):
    found = verdicts_of(monkeypatch, embed)
    claims = [verdict for verdict in found.values() if verdict.kind == "claim"]
    assert len(claims) == 2
    assert not any(verdict.holds for verdict in claims)
    assert BOUND > APART


@pytest.mark.parametrize(
    ("world", "seeds"),
    [
        (SMALL, (0,)),
        (SentenceConfig(n_inv=2, n_dp=2, n_pr_img=2, n_pr_txt=2, law="gaussian"), (0, 1)),
        (SentenceConfig(n_inv=2, n_dp=2, n_pr_img=2, n_pr_txt=2, law="dag"), (0, 1)),
    ],
)
def test_nothing_is_compared_where_content_has_no_common_law(world, seeds):
    assert list(agreement(probed_seeds(world, seeds))) == []
    assert not [v for v in STUDY.verdicts([], {}) if "another" in v.id]


def test_shuffled_pairs_are_true_ones_here():
    assert len(list(agreement(probed_seeds(ShuffledConfig(SMALL), (0, 1))))) == 8
