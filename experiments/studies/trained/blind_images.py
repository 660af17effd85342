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

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Key

from experiments.encoders import DualEncoder, PatchPoolConfig, PatchTransformerConfig
from experiments.probes.embedding import embed_in_pieces
from experiments.probes.encoded_world import EncodedWorld
from experiments.probes.scene_images import orbits_of_scenes
from experiments.results.record import Row, by_setting, select, values
from experiments.results.statistics import less, mean
from experiments.studies.shared.operator_worlds import AWARE, LOSS_TOLERANCE, OPERATOR_WORLDS, K
from experiments.studies.shared.study import STUDIES, Preset, Setting
from experiments.studies.shared.verdicts import trained_verdict
from experiments.training.run import FinishedRun, Run
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

BLIND = "patch pool"

IMAGE_ENCODERS = {
    BLIND: PatchPoolConfig(patch=12, hidden=(128, 128)),
    "patch transformer": PatchTransformerConfig(patch=6, width=32, depth=1),
}

IMAGES = PixelImagesConfig(lighting=0.0, texture=0.0, sensor_noise=0.0)
"""Nothing in them but the objects tells a left half from a right one."""

WORLD = OPERATOR_WORLDS["SWAP"]


class BlindImagesStudy:
    """See the module."""

    name: str = "blind_images"
    version: int = 1
    claims: tuple[str, ...] = ("T14",)
    figure: str = "blind_images"
    title: str = "What does an image encoder lose that is blind to who is where?"

    def settings(self, preset: Preset) -> Sequence[Setting]:
        """Both encoders where one order of each pair is drawn, or both."""
        full = preset == "full"
        seeds, rhos = ((0, 1, 2, 3, 4), (0.0, 0.5, 1.0)) if full else ((0,), (0.0, 1.0))
        return [_setting(encoder, rho, seeds) for encoder in IMAGE_ENCODERS for rho in rhos]

    def base(self) -> Setting:
        """The blind encoder where both orders are drawn, seed 0."""
        return _setting(BLIND, 1.0, (0,))

    def require(self, setting: Setting) -> None:
        """Two objects change places."""
        most = scene_config_within(setting.run.config.world).grammar.space.max_objects
        require(most == 2, "max_objects", "2, which change places", most)

    def rows(self, setting: Setting, finished: FinishedRun) -> list[Row]:
        """Losses beside their optimum, and what becomes of images whose objects change places."""
        config, blind = finished.run.config, setting.parameters["encoder"] == BLIND
        found: list[Row] = []
        for role, seed, encoders in finished.encoders():
            row = partial(setting.row, self, seed)
            key = named_key(jax.random.key(seed), "probe")
            world = config.build_world(seed)
            encoded = EncodedWorld.create(
                world, encoders, [WORLD.operator], named_key(key, "pairs")
            )
            pictures = counterparts(encoded.world, named_key(key, "counterparts"))
            cosine = least_cosine(encoders, *pictures)
            found.append(row("fresh loss", encoded.loss(config.objective, K), {"role": role}))
            found.append(row("least cosine", cosine, {"role": role}))
            if role == "measured":
                optimum = optimal_loss(encoded.table, blind=blind)
                found.append(row("fresh loss", optimum, {"role": "predicted"}))
        return found

    def verdicts(self, rows: Sequence[Row], seconds: dict[str, float]) -> list[Verdict]:
        """Each loss at its own optimum, and their gap at the price; blindness is as built."""
        rows = [row for row in rows if "role" in row.labels]
        found = [
            verdict
            for name, here in by_setting(rows).items()
            for verdict in _verdicts(here, seconds.get(name, 0.0))
        ]
        for rho in dict.fromkeys(row.labels["rho"] for row in rows):
            found += _gaps(select(rows, rho=rho, metric="fresh loss"), rho)
        return found


def optimal_loss(table: FiniteWorld, *, blind: bool) -> float:
    """The best L_K of critics that see the text, and of the image all or its orbit alone."""
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
    """The least cosine of the embeddings of an image and its counterpart."""
    one, other = (unit(np.asarray(embed_in_pieces(encoders.image, x))) for x in (pictures, others))
    return float(np.sum(one * other, axis=1).min())


def _setting(encoder: str, rho: float, seeds: tuple[int, ...]) -> Setting:
    world = dataclasses.replace(WORLD.world(rho), images=IMAGES)
    config = WORLD.config(world, AWARE, "pixels", image_encoder=IMAGE_ENCODERS[encoder])
    return Setting(
        f"SWAP of images, rho = {rho:g}, {encoder}",
        Run(config, seeds),
        {"operator": "SWAP", "encoder": encoder, "rho": rho, "images": "pixels"},
    )


_judge = partial(trained_verdict, study=BlindImagesStudy.name, claim="T14")


def _verdicts(rows: Sequence[Row], seconds: float) -> Iterator[Verdict]:
    judge = partial(_judge, setting=rows[0].setting, seconds=seconds)
    yield judge(
        kind="claim",
        metric="fresh loss",
        values=values(rows, metric="fresh loss", role="measured"),
        relation="~=",
        predicted=mean(rows, metric="fresh loss", role="predicted"),
        tolerance=LOSS_TOLERANCE,
        chosen=True,
    )
    told = partial(
        judge,
        metric="least cosine of an image and its counterpart",
        values=values(rows, metric="least cosine", role="measured"),
    )
    # The first is so by architecture, trained or not; the second shows that training sees order.
    if rows[0].labels["encoder"] == BLIND:
        yield told(kind="identity", relation="~=", predicted=1.0, tolerance=TIE)
    else:
        yield told(kind="control", relation="<=", predicted=1.0 - SEEN, chosen=True)


def _gaps(rows: Sequence[Row], rho: float) -> Iterator[Verdict]:
    """Losses less those of the encoder that sees order, beside the price; all of one coverage."""
    blind = select(rows, encoder=BLIND)
    aware = [row for row in rows if row not in blind]
    gaps = less(select(blind, role="measured"), select(aware, role="measured"))
    price = less(select(blind, role="predicted"), select(aware, role="predicted"))
    judge = partial(_judge, setting=f"SWAP of images, rho = {rho:g}")
    yield judge(
        kind="claim",
        metric=f"loss of the {BLIND} above the patch transformer's",
        values=values(gaps),
        relation="~=",
        predicted=mean(price),
        tolerance=LOSS_TOLERANCE,
        chosen=True,
    )
    if rho > 0:
        yield judge(
            kind="control",
            metric="loss of the patch transformer against the optimum of blind critics",
            values=values(aware, role="measured"),
            relation="<=",
            predicted=mean(blind, role="predicted") - LOSS_TOLERANCE,
            chosen=True,
        )


STUDIES.register(BlindImagesStudy.name, BlindImagesStudy())
