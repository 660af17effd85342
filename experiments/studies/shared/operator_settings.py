"""Points of training in the world of an operator, which several studies ask about."""

from __future__ import annotations

from experiments.studies.shared.operator_worlds import OPERATOR_WORLDS
from experiments.studies.shared.study import Setting
from experiments.training.run import Run
from experiments.vocabulary.images import PIXELS, VECTORS, ImageKind


def setting(
    operator: str,
    encoder: str,
    rho: float,
    seeds: tuple[int, ...],
    *,
    theta: float = 0.5,
    images: ImageKind = VECTORS,
) -> Setting:
    """Training of a text encoder in the world of an operator, at a coverage and odds.

    Studies that ask of one point, with the same seeds, train it once. All encoders of a world, a
    coverage, odds and images share the parameter ``point``.

    Args:
        operator: a name of `OPERATOR_WORLDS`.
        encoder: of texts, by its name in `experiments.vocabulary.encoders`.
        rho: fraction of orbits that are covered, in [0, 1].
        seeds: what is trained.
        theta: probability of the first scene of a covered orbit, in (0, 1); 0.5 where orbits have
            more than two scenes.
        images: of vectors or of pixels.
    """
    point = OPERATOR_WORLDS[operator]
    config = point.config(point.world(rho, theta, images), encoder, images)
    name = f"{operator}, rho = {rho:g}"
    name += f", theta = {theta:g}" if theta != 0.5 else ""
    name += ", pixels" if images == PIXELS else ""
    parameters = {
        "point": name,
        "operator": operator,
        "encoder": encoder,
        "rho": rho,
        "theta": theta,
        "images": images,
    }
    return Setting(f"{name}, {encoder}", Run(config, seeds), parameters)
