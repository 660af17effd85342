"""T14, image and text exchanged: image encoders that are blind to where an object is.

Command: ``tokenscm reproduce --only T14``. Two shapes side by side fill the two halves of an image
of 24 x 24 pixels, so a mean over patches of 12 x 12 is blind to SWAP of images; lighting, texture
and sensor noise would show which half a patch is, and are off. Expect its loss at the optimum of
critics that see the text and the orbit of the image: that of a patch transformer where one order of
each pair is drawn, 0.55 nats above it where both are. The text encoder reads everything.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from functools import partial

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Key

from experiments.encoders import DualEncoder, PatchPoolConfig, PatchTransformerConfig
from experiments.probes.embedding import embed_in_pieces
from experiments.probes.encoded_world import FreshPairs
from experiments.probes.scene_images import orbits_of_scenes
from experiments.results.record import Measurement, Row, by_setting, select, values
from experiments.results.statistics import less, mean
from experiments.studies.shared.operator_worlds import OPERATOR_WORLDS, K
from experiments.studies.shared.probed import ProbedSeed
from experiments.studies.shared.study import STUDIES, Preset, Setting, Study
from experiments.studies.shared.verdicts import trained_verdict
from experiments.training.run import Run
from experiments.vocabulary import metrics, roles
from experiments.vocabulary.encoders import AWARE, PATCH_POOL, PATCH_TRANSFORMER
from experiments.vocabulary.images import PIXELS
from experiments.vocabulary.operators import SWAP
from experiments.vocabulary.tolerances import LOSS_TOLERANCE
from proofs_check import FiniteWorld, Verdict
from proofs_check.finite.exchanged import exchanged
from proofs_check.finite.pairs import Pairs
from proofs_check.quantities.contrastive import exact_loss
from proofs_check.quantities.directions import TIE, unit
from scm import PixelImagesConfig, SceneWorld, named_key, scene_config_within
from scm.arguments import require
from scm.operators.orbits import Edges

SEEN = 0.01
"""How far below 1 the least cosine of an image and its counterpart is where order is seen: chosen,
a thousand times the tolerance of ties and more."""

PICTURES = 512
"""Images whose counterparts are compared."""

IMAGE_ENCODERS = {
    PATCH_POOL: PatchPoolConfig(patch=12, hidden=(128, 128)),
    PATCH_TRANSFORMER: PatchTransformerConfig(patch=6, width=32, depth=1),
}

IMAGES = PixelImagesConfig(lighting=0.0, texture=0.0, sensor_noise=0.0)
"""Nothing in them but the objects tells a left half from a right one."""

WORLD = OPERATOR_WORLDS[SWAP]


class BlindImagesStudy(Study):
    """See the module."""

    name = "blind_images"
    version = 1
    claims = ("T14",)
    title = "What does an image encoder lose that is blind to who is where?"

    def settings(self, preset: Preset) -> Sequence[Setting]:
        """Both encoders where one order of each pair is drawn, or both."""
        full = preset == "full"
        seeds, rhos = ((0, 1, 2, 3, 4), (0.0, 0.5, 1.0)) if full else ((0,), (0.0, 1.0))
        return [_setting(encoder, rho, seeds) for encoder in IMAGE_ENCODERS for rho in rhos]

    def base(self) -> Setting:
        """The blind encoder where both orders are drawn, seed 0."""
        return _setting(PATCH_POOL, 1.0, (0,))

    def require(self, setting: Setting) -> None:
        """Two objects change places.

        Raises:
            ArgumentError: if the most objects of a scene are not two.
        """
        most = scene_config_within(setting.trained.config.world).grammar.space.max_objects
        require(most == 2, "max_objects", "2, which change places", most)

    def measure(self, setting: Setting, seeds: Sequence[ProbedSeed]) -> Iterator[Measurement]:
        """Losses beside their optimum, and what becomes of images whose objects change places."""
        blind = setting.parameters["encoder"] == PATCH_POOL
        for seed in seeds:
            found = partial(Measurement, seed=seed.seed)
            fresh = FreshPairs.draw(seed.world, [WORLD.operator], named_key(seed.key, "pairs"))
            pictures = counterparts(fresh.world, named_key(seed.key, "counterparts"))
            for role, encoders in seed.encoders():
                loss = fresh.encode(encoders).loss(seed.config.objective, K)
                yield found(metrics.FRESH_LOSS, loss, role)
                yield found(metrics.LEAST_COSINE, least_cosine(encoders, *pictures), role)
                if role == roles.MEASURED:
                    optimum = optimal_loss(fresh.table, blind=blind)
                    yield found(metrics.FRESH_LOSS, optimum, roles.PREDICTED)

    def derive(self, rows: Sequence[Row]) -> Iterator[Row]:
        """Images apart, and what blindness is paid and must pay."""
        for row in select(rows, metric=metrics.LEAST_COSINE):
            yield dataclasses.replace(row, metric=metrics.COUNTERPARTS_APART, value=1.0 - row.value)
        losses = select(rows, metric=metrics.FRESH_LOSS)
        for rho in dict.fromkeys(row.labels["rho"] for row in losses):
            for role, metric in (
                (roles.MEASURED, metrics.PRICE_PAID),
                (roles.PREDICTED, metrics.PRICE),
            ):
                here = select(losses, rho=rho, role=role)
                blind, aware = (
                    select(here, encoder=encoder) for encoder in (PATCH_POOL, PATCH_TRANSFORMER)
                )
                yield from less(blind, aware, metric=metric)

    def verdicts(self, rows: Sequence[Row], seconds: dict[str, float]) -> list[Verdict]:
        """Each loss at its own optimum, and their gap at the price; blindness is as built."""
        found = [
            verdict
            for name, here in by_setting(rows).items()
            for verdict in _verdicts(here, seconds.get(name, 0.0))
        ]
        for rho in dict.fromkeys(row.labels["rho"] for row in rows):
            found += _gaps(select(rows, rho=rho), rho)
        return found


def optimal_loss(table: FiniteWorld, *, blind: bool) -> float:
    """The best L_K of critics that see the text, and of the image all or its orbit alone.

    Args:
        table: the exact law of the world, with SWAP.
        blind: whether the orbit of an image is all that is seen of it.
    """
    edges = {name: Edges(table.said[y], table.said[z]) for name, (y, z) in table.edges}
    images = exchanged(table, edges)
    return exact_loss(Pairs.of(images, images.orbit if blind else None), K)


def counterparts(
    world: SceneWorld, key: Key[Array, ""], pictures: int = PICTURES
) -> tuple[Float[Array, "n rows columns 3"], Float[Array, "n rows columns 3"]]:
    """Images, and those in which the two objects change places, each as it is.

    Each object keeps its offset, scale and rotation, which are its part of ``z_dp_img``.

    Args:
        world: one of two objects side by side, in images of pixels.
        key: random key.
        pictures: how many.
    """
    space, images = world.grammar.space, world.images
    members = orbits_of_scenes(world, WORLD.operator)
    chosen = np.arange(pictures) % members.size
    one, other = (
        space.arrays(jnp.asarray(space.concepts[of.reshape(-1)[chosen]]))
        for of in (members, members[:, ::-1])
    )
    latents = images.latents(named_key(key, "latents"), one)
    style = latents["z_dp_img"]
    exchanged_style = style.reshape(pictures, 2, -1)[:, ::-1].reshape(style.shape)
    private = latents["z_pr_img"]
    return images.render(one, style, private), images.render(other, exchanged_style, private)


def least_cosine(
    encoders: DualEncoder,
    pictures: Float[Array, "n rows columns 3"],
    others: Float[Array, "n rows columns 3"],
) -> float:
    """The least cosine of the embeddings of an image and its counterpart.

    Args:
        encoders: f and g, of which f is asked.
        pictures: images, one a row.
        others: the counterpart of each.
    """
    one, other = (unit(np.asarray(embed_in_pieces(encoders.image, x))) for x in (pictures, others))
    return float(np.sum(one * other, axis=1).min())


def _setting(encoder: str, rho: float, seeds: tuple[int, ...]) -> Setting:
    world = dataclasses.replace(WORLD.world(rho), images=IMAGES)
    config = WORLD.config(world, AWARE, PIXELS, image_encoder=IMAGE_ENCODERS[encoder])
    return Setting(
        f"SWAP of images, rho = {rho:g}, {encoder}",
        Run(config, seeds),
        {"operator": SWAP, "encoder": encoder, "rho": rho, "images": PIXELS},
    )


_judge = partial(trained_verdict, study=BlindImagesStudy.name, claim="T14")


def _verdicts(rows: Sequence[Row], seconds: float) -> Iterator[Verdict]:
    judge = partial(_judge, setting=rows[0].setting, seconds=seconds)
    yield judge(
        kind="claim",
        metric=metrics.FRESH_LOSS,
        values=values(rows, metric=metrics.FRESH_LOSS, role=roles.MEASURED),
        relation="~=",
        predicted=mean(rows, metric=metrics.FRESH_LOSS, role=roles.PREDICTED),
        tolerance=LOSS_TOLERANCE,
        chosen=True,
    )
    told = partial(
        judge,
        metric="least cosine of an image and its counterpart",
        values=values(rows, metric=metrics.LEAST_COSINE, role=roles.MEASURED),
    )
    # The first is so by architecture, trained or not; the second shows that training sees order.
    if rows[0].labels["encoder"] == PATCH_POOL:
        yield told(kind="identity", relation="~=", predicted=1.0, tolerance=TIE)
    else:
        yield told(kind="control", relation="<=", predicted=1.0 - SEEN, chosen=True)


def _gaps(rows: Sequence[Row], rho: float) -> Iterator[Verdict]:
    """Losses less those of the encoder that sees order, beside the price; all of one coverage."""
    losses = select(rows, metric=metrics.FRESH_LOSS)
    blind, aware = (select(losses, encoder=encoder) for encoder in (PATCH_POOL, PATCH_TRANSFORMER))
    judge = partial(_judge, setting=f"SWAP of images, rho = {rho:g}")
    yield judge(
        kind="claim",
        metric=f"loss of the {PATCH_POOL} above the {PATCH_TRANSFORMER}'s",
        values=values(rows, metric=metrics.PRICE_PAID),
        relation="~=",
        predicted=mean(rows, metric=metrics.PRICE),
        tolerance=LOSS_TOLERANCE,
        chosen=True,
    )
    if rho > 0:
        yield judge(
            kind="control",
            metric=f"loss of the {PATCH_TRANSFORMER} against the optimum of blind critics",
            values=values(aware, role=roles.MEASURED),
            relation="<=",
            predicted=mean(blind, role=roles.PREDICTED) - LOSS_TOLERANCE,
            chosen=True,
        )


STUDIES.register(BlindImagesStudy.name, BlindImagesStudy())
