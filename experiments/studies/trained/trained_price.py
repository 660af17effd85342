"""T10: what blindness costs encoders that are trained, against what it must cost.

Command: ``tokenscm reproduce --only T10``. For each operator and coverage one text encoder reads
everything and one is blind to the operator by architecture. Expect each loss within 0.02 nats of
its own optimum at the batch size, and their gap within 0.02 of the price there; 0.04 are allowed,
of which 0.027 are the sampling error of single seeds.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import jax

from experiments.encoders import DualEncoder, as_text_encoder
from experiments.probes.encoded_world import EncodedWorld, require_fresh_batch
from experiments.results.record import Row, by_setting, select, values
from experiments.results.statistics import differences, mean
from experiments.studies.shared.operator_worlds import (
    ATOMIC,
    AWARE,
    BAG,
    LOSS_TOLERANCE,
    OPERATOR_WORLDS,
    K,
    setting,
)
from experiments.studies.shared.study import STUDIES, Preset, Setting
from experiments.studies.shared.verdicts import trained_verdict
from experiments.training.config import TrainingConfig
from experiments.training.run import FinishedRun, Run
from proofs_check import Verdict
from proofs_check.finite.pairs import Pairs
from proofs_check.quantities.contrastive import exact_loss
from proofs_check.quantities.information import price
from scm import named_key

HALF_TRAINED = 100
"""Steps of the control: an encoder that has not converged."""


class TrainedPriceStudy:
    """See the module."""

    name: str = "trained_price"
    version: int = 1
    claims: tuple[str, ...] = ("T10",)
    figure: str = "trained_price"
    title: str = "Do trained encoders pay what blindness to an operator must cost?"

    def settings(self, preset: Preset) -> Sequence[Setting]:
        """Each operator by coverage, SWAP by odds and once with pixels, and the controls."""
        full = preset == "full"
        seeds = tuple(range(5)) if full else (0, 1)
        rhos = (0.0, 0.25, 0.5, 0.75, 1.0) if full else (0.0, 0.5, 1.0)
        pixel_seeds = seeds[:3] if full else seeds[:1]
        found = []
        for name in ATOMIC:
            for encoder in (AWARE, OPERATOR_WORLDS[name].blind):
                found += [setting(name, encoder, rho, seeds) for rho in rhos]
        for encoder in (AWARE, OPERATOR_WORLDS["SWAP"].blind):
            thetas = (0.1, 0.2, 0.35) if full else (0.2,)
            found += [setting("SWAP", encoder, 1.0, seeds, theta=theta) for theta in thetas]
            found.append(setting("SWAP", encoder, 1.0, pixel_seeds, images="pixels"))
        found += [setting("SWAP of phrases", encoder, 0.0, seeds) for encoder in (AWARE, BAG)]
        return [*found, _half_trained(seeds)]

    def base(self) -> Setting:
        """SWAP with all orbits covered, by the encoder that reads everything; seed 0."""
        return setting("SWAP", AWARE, 1.0, (0,))

    def require(self, setting: Setting) -> None:
        """Losses are measured on fresh batches of the same size."""
        require_fresh_batch(setting.run.config.batch_size)

    def rows(self, setting: Setting, finished: FinishedRun) -> list[Row]:
        """The loss on fresh pairs, trained and untrained, and the least that it can be."""
        return [
            setting.row(self, seed, metric, value, {"role": of})
            for role, seed, encoders in finished.encoders()
            for metric, of, value in measure_loss(
                finished.run.config, seed, encoders, role, setting.parameters
            )
        ]

    def verdicts(self, rows: Sequence[Row], seconds: dict[str, float]) -> list[Verdict]:
        """Each loss beside its optimum, each gap beside the price, and the controls."""
        return [*_losses(self, rows, seconds), *_gaps(self, rows, seconds)]


def _half_trained(seeds: tuple[int, ...]) -> Setting:
    point = setting("SWAP", AWARE, 1.0, seeds)
    config = dataclasses.replace(point.run.config, steps=HALF_TRAINED)
    return Setting(
        f"{point.name}, {HALF_TRAINED} steps",
        Run(config, seeds),
        point.parameters | {"point": f"{point.parameters['point']}, {HALF_TRAINED} steps"},
    )


def measure_loss(
    config: TrainingConfig,
    seed: int,
    encoders: DualEncoder,
    role: str,
    parameters: Mapping[str, Any],
) -> Iterator[tuple[str, str, float]]:
    """Metric, role and value of the loss on fresh pairs, and of the price of what is not seen.

    Beside the ``held-out loss`` that is measured stand the least L_K of any critic that sees what
    the text encoder sees, as predicted, and the ``price`` of seeing no more, at this K as
    predicted, and in the limit.
    """
    key = named_key(jax.random.key(seed), "probe")
    world, K = OPERATOR_WORLDS[parameters["operator"]], config.batch_size
    encoded = EncodedWorld.create(config.build_world(seed), encoders, [world.operator], key)
    yield "held-out loss", role, encoded.loss(config.objective, K)
    if role != "measured":
        return
    table = encoded.table
    label = as_text_encoder(config.text_encoder).sees(encoded.captions)
    whole, seen = exact_loss(Pairs.of(table), K), exact_loss(Pairs.of(table, label), K)
    yield "held-out loss", "predicted", seen
    yield "realised coverage", "exact", encoded.world.realised_coverage(world.operator)
    yield "price", "predicted", seen - whole
    yield "price", "limit", price(table, label)


def _losses(
    study: TrainedPriceStudy, rows: Sequence[Row], seconds: dict[str, float]
) -> Iterator[Verdict]:
    for name, here in by_setting(select(rows, metric="held-out loss")).items():
        optimum = mean(here, role="predicted")
        half_trained = str(here[0].labels["point"]).endswith("steps")
        yield trained_verdict(
            study=study.name,
            claim="T10",
            kind="control" if half_trained else "claim",
            setting=name,
            metric=f"L_{K} of fresh pairs",
            values=values(here, role="measured"),
            relation=">=" if half_trained else "~=",
            predicted=optimum + LOSS_TOLERANCE if half_trained else optimum,
            tolerance=0.0 if half_trained else LOSS_TOLERANCE,
            chosen=True,
            seconds=seconds.get(name, 0.0),
        )


def _gaps(
    study: TrainedPriceStudy, rows: Sequence[Row], seconds: dict[str, float]
) -> Iterator[Verdict]:
    for point in dict.fromkeys(row.labels["point"] for row in select(rows, metric="price")):
        here = select(rows, point=point)
        blind = next((r.labels["encoder"] for r in here if r.labels["encoder"] != AWARE), None)
        if blind is None:
            continue
        is_bag = blind == BAG
        # Of a bag of words no orbit of SWAP is covered: blind to SWAP alone it would pay nothing.
        yield trained_verdict(
            study=study.name,
            claim="T10",
            kind="control" if is_bag else "claim",
            setting=f"{point}, {blind}",
            values=price_gaps(here, blind),
            metric=f"price at K = {K}",
            relation="~=",
            predicted=mean(here, metric="price", role="predicted", encoder=blind),
            tolerance=LOSS_TOLERANCE,
            chosen=True,
            seconds=sum(seconds.get(name, 0.0) for name in {row.setting for row in here}),
        )


def price_gaps(rows: Sequence[Row], blind: str) -> list[float]:
    """The loss of a blind encoder above that of the one that reads everything, seed by seed."""
    losses = select(rows, metric="held-out loss", role="measured")
    return differences(select(losses, encoder=blind), select(losses, encoder=AWARE))


STUDIES.register(TrainedPriceStudy.name, TrainedPriceStudy())
