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
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Key

from experiments.encoders import DualEncoder, PatchPoolConfig, PatchTransformerConfig
from experiments.probes.encoded_world import EncodedWorld
from experiments.probes.identifiability import embed_in_pieces
from experiments.probes.scene_images import orbits_of_scenes
from experiments.rows import Row, differences, mean_and_interval, select
from experiments.run import FinishedRun, Run
from experiments.studies.judge import trained_verdict
from experiments.studies.operator_worlds import AWARE, OPERATOR_WORLDS, K
from experiments.studies.study import STUDIES, Preset, Setting
from proofs_check import FiniteWorld, Verdict
from proofs_check.contrastive import exact_loss
from proofs_check.directions import TIE, unit
from proofs_check.exchanged import exchanged
from proofs_check.pairs import Pairs
from scm import PixelImagesConfig, SceneSCM, named_key
from scm.orbits import Edges

NEAR = 0.06
"""How far a trained loss may lie from its optimum, in nats."""

GAP = 0.05
"""How far the gap of two trained losses may lie from that of their optima, in nats."""

SEEN = 0.01
"""How far below 1 the least cosine of an image and its counterpart is where order is seen."""

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

    def rows(self, setting: Setting, finished: FinishedRun) -> list[Row]:
        """Losses beside their optimum, and what becomes of images whose objects change places."""
        config, blind = finished.run.config, setting.parameters["encoder"] == BLIND
        found: list[Row] = []
        for seed, trained in zip(finished.run.seeds, finished.trained.encoders, strict=True):
            key = named_key(jax.random.key(seed), "probe")
            world, untrained = config.build_world(seed), config.build_encoders(seed)
            for role, encoders in (("measured", trained), ("baseline", untrained)):
                encoded = EncodedWorld.create(
                    world, encoders, [WORLD.operator], named_key(key, "pairs")
                )
                values = {"fresh loss": encoded.loss(config.objective, K)}
                pictures = counterparts(encoded.world, named_key(key, "counterparts"))
                values["least cosine"] = least_cosine(encoders, *pictures)
                if role == "measured":
                    optimum = {"role": "predicted"}
                    value = optimal_loss(encoded.table, blind=blind)
                    found.append(setting.row(self, seed, "fresh loss", value, optimum))
                found += [
                    setting.row(self, seed, metric, value, {"role": role})
                    for metric, value in values.items()
                ]
        return found

    def verdicts(self, rows: Sequence[Row], seconds: dict[str, float]) -> list[Verdict]:
        """Each loss at its own optimum, their gap at the price, and blindness as built."""
        rows = [row for row in rows if "role" in row.labels]
        found = [
            verdict
            for name in dict.fromkeys(row.setting for row in rows)
            for verdict in _verdicts(select(rows, setting=name), seconds.get(name, 0.0))
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
    world: SceneSCM, key: Key[Array, ""], pictures: int = PICTURES
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


def _judge(name: str, kind: Any, about: str, values: Sequence[float], relation: Any, **bound: Any):
    return trained_verdict(
        study=BlindImagesStudy.name,
        claim="T14",
        kind=kind,
        setting=name,
        metric=about,
        values=values,
        relation=relation,
        **bound,
    )


def _verdicts(rows: Sequence[Row], seconds: float) -> Iterator[Verdict]:
    name, blind = rows[0].setting, rows[0].labels["encoder"] == BLIND
    loss, optimum, cosine = (
        [row.value for row in select(rows, metric=metric, role=role)]
        for metric, role in (
            ("fresh loss", "measured"),
            ("fresh loss", "predicted"),
            ("least cosine", "measured"),
        )
    )
    best = {"predicted": mean_and_interval(optimum)[0], "tolerance": NEAR, "seconds": seconds}
    yield _judge(name, "claim", "fresh loss", loss, "~=", **best)
    about = "least cosine of an image and its counterpart"
    if blind:
        one = {"predicted": 1.0, "tolerance": TIE, "seconds": seconds}
        yield _judge(name, "claim", about, cosine, "~=", **one)
    else:
        apart = {"predicted": 1.0 - SEEN, "seconds": seconds}
        yield _judge(name, "control", about, cosine, "<=", **apart)


def _gaps(rows: Sequence[Row], rho: float) -> Iterator[Verdict]:
    """Losses less those of the encoder that sees order, beside the price; all of one coverage."""
    gaps = {}
    for role in ("measured", "predicted"):
        here = select(rows, role=role)
        blind = select(here, encoder=BLIND)
        gaps[role] = differences(blind, [row for row in here if row not in blind])
    name = f"SWAP of images, rho = {rho:g}"
    price = mean_and_interval(gaps["predicted"])[0]
    about = f"loss of the {BLIND} above the patch transformer's"
    yield _judge(name, "claim", about, gaps["measured"], "~=", predicted=price, tolerance=GAP)
    if rho > 0:
        measured, predicted = select(rows, role="measured"), select(rows, role="predicted")
        aware = [row.value for row in measured if row.labels["encoder"] != BLIND]
        blind = [row.value for row in select(predicted, encoder=BLIND)]
        bound = mean_and_interval(blind)[0] - NEAR
        about = "loss of the patch transformer against the optimum of blind critics"
        yield _judge(name, "control", about, aware, "<=", predicted=bound)


STUDIES.register(BlindImagesStudy.name, BlindImagesStudy())
