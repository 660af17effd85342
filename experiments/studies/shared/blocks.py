"""What an encoder's embedding tells of every latent block, and every block of it, by role.

A measurement has one of four roles: ``measured``, of the trained encoders; ``baseline``, of the
untrained ones; ``chance``, of shuffled embeddings; ``ceiling``, what the true ``z_inv`` tells of
the target, which is what an embedding that holds content and nothing else tells of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from jaxtyping import Array

from experiments.probes.embedding import embed, shuffled
from experiments.probes.identifiability import block_r2
from experiments.probes.sample import probe_sample
from experiments.results.record import Measurement, Row, by_setting, select
from experiments.studies.shared.probed import ProbedSeed
from experiments.vocabulary import metrics, roles
from scm import Batch, innermost, named_key
from scm.capabilities import lost_content, require_block_sides

R2Score = dict[str, str | float]
"""A score of `block_r2`: ``target``, ``probe`` and ``value``."""


def r2(score: R2Score, role: str, predictor: str, seed: int) -> Measurement:
    """A score of `block_r2` as a measurement.

    Args:
        score: the score.
        role: what kind of number it is.
        predictor: what predicts.
        seed: of what was trained.
    """
    labels = {"predictor": predictor, "target": score["target"], "probe": score["probe"]}
    return Measurement(metrics.R2, float(score["value"]), role, labels, seed)


def probe_batch(seed: ProbedSeed) -> Batch:
    """The pairs that encoders are asked about.

    Those are fresh true pairs, also where encoders were trained on shuffled or fixed ones.
    """
    return probe_sample(innermost(seed.world), named_key(seed.key, "sample"))


def measure_blocks(seed: ProbedSeed) -> list[Measurement]:
    """R^2 between embeddings and the blocks of a world whose latents are all real vectors.

    From each embedding: content, and the blocks of its own side. Where text or image lose
    coordinates of content, those are a block ``lost`` beside, with the ceiling that the ``kept``
    ones predict.

    Raises:
        ArgumentError: if the world does not state its blocks.
    """
    batch = probe_batch(seed)
    latents = dict(batch.latents)
    content = latents["z_inv"]
    found: list[Measurement] = []

    def measure(role: str, predictor: str, points: Array, targets: Mapping[str, Array]) -> None:
        child = named_key(seed.key, f"{role} {predictor}")
        scores = block_r2(points, targets, child, report=role == roles.MEASURED)
        found.extend(r2(score, role, predictor, seed.seed) for score in scores)

    embeddings = embed(seed.trained, batch)
    fresh = embed(seed.untrained, batch)
    config = seed.config.world
    lost, sides = lost_content(config), require_block_sides(config)
    nuisances = {block: latents[block] for block in latents if sides[block] != "shared"}
    for name, embedding in embeddings.items():
        own = {"z_inv": content}
        own |= {block: nuisances[block] for block in nuisances if sides[block] == name}
        if lost:
            own["lost"] = content[:, -lost:]
        measure(roles.MEASURED, name, embedding, own)
        measure(roles.BASELINE, name, fresh[name], {"z_inv": content})
        mixed = shuffled(embedding, named_key(seed.key, f"shuffle {name}"))
        measure(roles.CHANCE, name, mixed, {"z_inv": content})
    measure(roles.MEASURED, "z_inv", content, embeddings)
    measure(roles.CEILING, "z_inv", content, nuisances)
    if lost:
        measure(roles.CEILING, "kept", content[:, :-lost], {"lost": content[:, -lost:]})
    return found


def above_ceilings(rows: Sequence[Row]) -> Iterator[Row]:
    """R^2 of each target less its ceiling, setting by setting and seed by seed.

    Args:
        rows: of a study; those of other probes than kernel ridge do not count.
    """
    scores = select(rows, metric=metrics.R2, probe="kernel")
    for here in by_setting(scores).values():
        ceilings = {
            (row.labels["target"], row.seed): row.value for row in select(here, role=roles.CEILING)
        }
        for row in select(here, role=roles.MEASURED):
            ceiling = ceilings.get((row.labels["target"], row.seed))
            if ceiling is not None:
                yield replace(row, metric=metrics.R2_ABOVE_CEILING, value=row.value - ceiling)
