"""What an encoder's embedding tells of every latent block, and every block of it, by role.

A measurement has one of four roles: ``measured``, of the trained encoders; ``baseline``, of the
untrained ones; ``chance``, of shuffled embeddings; ``ceiling``, what the true ``z_inv`` tells of
the target, which is what an embedding that holds content and nothing else tells of it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import jax
from jaxtyping import Array, Key

from experiments.encoders import DualEncoder
from experiments.probes.embedding import embed, shuffled
from experiments.probes.identifiability import block_r2
from experiments.probes.sample import probe_sample
from experiments.results.record import Row
from experiments.studies.shared.study import Setting, Study
from experiments.training.config import TrainingConfig
from experiments.training.run import FinishedRun
from scm import Batch, innermost, named_key
from scm.capabilities import lost_content, require_block_sides

Found = dict[str, Any]
"""A measurement: ``metric``, ``value`` and the labels ``role``, ``predictor``, ``target``, ..."""

Measure = Callable[[TrainingConfig, int, DualEncoder], list[Found]]
"""Probes the encoders that a config trained with a seed."""


def measured_rows(
    study: Study, setting: Setting, finished: FinishedRun, measure: Measure
) -> list[Row]:
    """A row for each measurement of each seed's encoders."""
    run = finished.run
    return [
        setting.row(study, seed, str(found.pop("metric")), float(found.pop("value")), found)
        for seed, encoders in zip(run.seeds, finished.trained.encoders, strict=True)
        for found in measure(run.config, seed, encoders)
    ]


def probe_batch(config: TrainingConfig, seed: int) -> tuple[Key[Array, ""], Batch]:
    """The key of a seed's probes, and the pairs they are asked about.

    Those are fresh true pairs, also where encoders were trained on shuffled or fixed ones.
    """
    key = named_key(jax.random.key(seed), "probe")
    world = innermost(config.build_world(seed))
    return key, probe_sample(world, named_key(key, "sample"))


def measure_blocks(config: TrainingConfig, seed: int, encoders: DualEncoder) -> list[Found]:
    """R^2 between embeddings and the blocks of a world whose latents are all real vectors.

    From each embedding: content, and the blocks of its own side. Where text or image lose
    coordinates of content, those are a block ``lost`` beside, with the ceiling that the ``kept``
    ones predict.
    """
    key, batch = probe_batch(config, seed)
    latents = dict(batch.latents)
    content = latents["z_inv"]
    found: list[Found] = []

    def measure(role: str, predictor: str, points: Array, targets: Mapping[str, Array]) -> None:
        child = named_key(key, f"{role} {predictor}")
        scores = block_r2(points, targets, child, report=role == "measured")
        labels = {"metric": "r2", "role": role, "predictor": predictor}
        found.extend(labels | score for score in scores)

    embeddings = embed(encoders, batch)
    fresh = embed(config.build_encoders(seed), batch)
    lost, sides = lost_content(config.world), require_block_sides(config.world)
    nuisances = {block: latents[block] for block in latents if sides[block] != "shared"}
    for name, embedding in embeddings.items():
        own = {"z_inv": content}
        own |= {block: nuisances[block] for block in nuisances if sides[block] == name}
        if lost:
            own["lost"] = content[:, -lost:]
        measure("measured", name, embedding, own)
        measure("baseline", name, fresh[name], {"z_inv": content})
        mixed = shuffled(embedding, named_key(key, f"shuffle {name}"))
        measure("chance", name, mixed, {"z_inv": content})
    measure("measured", "z_inv", content, embeddings)
    measure("ceiling", "z_inv", content, nuisances)
    if lost:
        measure("ceiling", "kept", content[:, :-lost], {"lost": content[:, -lost:]})
    return found
