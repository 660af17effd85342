"""Uniqueness: the embeddings of two seeds tell each other, as bijections of one content do.

T2 and T5 say that an optimum embeds content by a bijection, so what two encoders make of one
content are bijections of each other. Each seed has a world of its own: mixing, style and private
noise differ, yet where the coordinates of content are independent all worlds of a run draw it from
one law. The same content is drawn in the worlds of two seeds, all else afresh in each, so nothing
but content is common to what is embedded.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import jax
from jaxtyping import Array, Float, Key

from experiments.probes.embedding import embed
from experiments.probes.identifiability import block_r2
from experiments.probes.sample import probe_points
from experiments.results.record import Measurement
from experiments.studies.shared.blocks import r2
from experiments.studies.shared.judge import Judge
from experiments.studies.shared.probed import ProbedSeed
from experiments.vocabulary import roles
from experiments.vocabulary.encoders import IMAGE, TEXT, another_seed
from proofs_check import Verdict
from scm import Batch, named_key
from scm.capabilities import GenerativeWorld, generative_world, has_one_content_law

BOUND = 0.97
"""Least R^2, both ways, of embeddings of two seeds that count as bijections of each other: chosen,
as for content and embedding."""

APART = 0.9
"""Most R^2 of embeddings of two seeds that are no such bijections: chosen, well below `BOUND`; of
untrained encoders it is 0.2 at most."""


def agreement(seeds: Sequence[ProbedSeed]) -> Iterator[Measurement]:
    """R^2 of each seed's embeddings, trained and untrained, from those of the seed that follows it.

    The last is followed by the first, so two seeds tell each other both ways. None where there is
    but one seed, or where the law of content is not one and the same.

    Args:
        seeds: what was trained in the worlds of one config.
    """
    if len(seeds) < 2 or not has_one_content_law(seeds[0].config.world):
        return
    key = named_key(jax.random.key(seeds[0].seed), "agreement")
    found: dict[tuple[str, int], dict[str, Float[Array, "n d"]]] = {}
    for seed in seeds:
        batch = same_content(generative_world(seed.world), key, seed.seed)
        for role, encoders in seed.encoders():
            found[role, seed.seed] = embed(encoders, batch)
    numbers = [seed.seed for seed in seeds]
    for role in (roles.MEASURED, roles.BASELINE):
        for number, other in zip(numbers, (*numbers[1:], numbers[0]), strict=True):
            for side, embedding in found[role, number].items():
                for score in block_r2(found[role, other][side], {side: embedding}, key):
                    yield r2(score, role, another_seed(side), number)


def agreement_verdicts(judge: Judge) -> Iterator[Verdict]:
    """That the trained embeddings of two seeds tell each other, and untrained ones do not.

    Args:
        judge: of a setting; none of one without the rows.
    """
    for side in (IMAGE, TEXT):
        pair = (another_seed(side), side)
        if judge.measures(pair):
            yield judge("claim", pair, ">=", BOUND, chosen=True)
            yield judge("control", pair, "<=", APART, role=roles.BASELINE, chosen=True)


def same_content(world: GenerativeWorld, key: Key[Array, ""], seed: int) -> Batch:
    """Pairs whose content is the same for all seeds, and all else the seed's own.

    Args:
        world: of the seed, with independent coordinates of content.
        key: of the content.
        seed: of the world.
    """
    points = probe_points()
    own = world.noise(named_key(jax.random.key(seed), "agreement"), points)
    return _generate(world, own | {"z_inv": world.noise(key, points)["z_inv"]})


@jax.jit
def _generate(world: GenerativeWorld, noise: dict[str, Float[Array, "n _"]]) -> Batch:
    return world.generate(noise)
