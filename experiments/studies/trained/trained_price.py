"""T10: what blindness costs encoders that are trained, against what it must cost.

Command: ``tokenscm reproduce --only T10``. For each operator and coverage one text encoder reads
everything and one is blind to the operator by architecture. Expect each loss within 0.02 nats of
its own optimum at the batch size, and their gap within 0.02 of the price there; 0.04 are allowed,
of which 0.027 are the sampling error of single seeds.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from experiments.encoders import as_text_encoder
from experiments.probes.encoded_world import FreshPairs, require_fresh_batch
from experiments.results.record import Measurement, Row, by_setting, select, values
from experiments.results.statistics import above_optimum, less, mean
from experiments.studies.shared.operator_settings import setting
from experiments.studies.shared.operator_worlds import OPERATOR_WORLDS, K
from experiments.studies.shared.probed import ProbedSeed
from experiments.studies.shared.study import STUDIES, Preset, Setting, Study
from experiments.studies.shared.verdicts import trained_verdict
from experiments.training.run import Run
from experiments.vocabulary import metrics, roles
from experiments.vocabulary.encoders import AWARE, BAG
from experiments.vocabulary.images import PIXELS
from experiments.vocabulary.operators import ATOMIC, SWAP, SWAP_OF_PHRASES
from experiments.vocabulary.tolerances import LOSS_TOLERANCE
from proofs_check import Pairs, Verdict
from proofs_check.quantities.contrastive import exact_loss
from proofs_check.quantities.information import price

HALF_TRAINED = 100
"""Steps of the control: an encoder that has not converged."""


class TrainedPriceStudy(Study):
    """See the module."""

    name = "trained_price"
    version = 1
    claims = ("T10",)
    title = "Do trained encoders pay what blindness to an operator must cost?"

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
        for encoder in (AWARE, OPERATOR_WORLDS[SWAP].blind):
            thetas = (0.1, 0.2, 0.35) if full else (0.2,)
            found += [setting(SWAP, encoder, 1.0, seeds, theta=theta) for theta in thetas]
            found.append(setting(SWAP, encoder, 1.0, pixel_seeds, images=PIXELS))
        found += [setting(SWAP_OF_PHRASES, encoder, 0.0, seeds) for encoder in (AWARE, BAG)]
        return [*found, _half_trained(seeds)]

    def base(self) -> Setting:
        """SWAP with all orbits covered, by the encoder that reads everything; seed 0."""
        return setting(SWAP, AWARE, 1.0, (0,))

    def require(self, setting: Setting) -> None:
        """Losses are measured on fresh batches of the same size.

        Raises:
            ArgumentError: if a batch has more pairs than are drawn afresh.
        """
        require_fresh_batch(setting.trained.config.batch_size)

    def measure(self, setting: Setting, seeds: Sequence[ProbedSeed]) -> Iterator[Measurement]:
        """The loss on fresh pairs, trained and untrained, and the least that it can be."""
        for seed in seeds:
            yield from measure_loss(seed, setting.parameters)

    def derive(self, rows: Sequence[Row]) -> Iterator[Row]:
        """Each loss above its optimum, and what each blind encoder paid."""
        losses = select(rows, metric=metrics.HELD_OUT_LOSS)
        for here in by_setting(losses).values():
            yield from above_optimum(here)
        for point in dict.fromkeys(row.labels["point"] for row in losses):
            measured = select(losses, point=point, role=roles.MEASURED)
            aware = select(measured, encoder=AWARE)
            blind = [row for row in measured if row.labels["encoder"] != AWARE]
            yield from less(blind, aware, metric=metrics.PRICE_PAID)

    def verdicts(self, rows: Sequence[Row], seconds: dict[str, float]) -> list[Verdict]:
        """Each loss beside its optimum, each gap beside the price, and the controls."""
        return [*_losses(self, rows, seconds), *_gaps(self, rows, seconds)]


def _half_trained(seeds: tuple[int, ...]) -> Setting:
    point = setting(SWAP, AWARE, 1.0, seeds)
    config = dataclasses.replace(point.trained.config, steps=HALF_TRAINED)
    name = f"{point.parameters['point']}, {HALF_TRAINED} steps"
    return Setting(
        f"{point.name}, {HALF_TRAINED} steps",
        Run(config, seeds),
        point.parameters | {"point": name, "steps": HALF_TRAINED},
    )


def measure_loss(seed: ProbedSeed, parameters: Mapping[str, Any]) -> Iterator[Measurement]:
    """The loss on fresh pairs, and the price of what is not seen.

    Beside the ``held-out loss`` that is measured stand the least L_K of any critic that sees what
    the text encoder sees, as predicted, and the ``price`` of seeing no more, at this K as
    predicted, and in the limit.

    Args:
        seed: what was trained.
        parameters: of the setting.
    """
    world, K = OPERATOR_WORLDS[parameters["operator"]], seed.config.batch_size
    found = partial(Measurement, seed=seed.seed)
    pairs = FreshPairs.draw(seed.world, [world.operator], seed.key)
    for role, encoders in seed.encoders():
        loss = pairs.encode(encoders).loss(seed.config.objective, K)
        yield found(metrics.HELD_OUT_LOSS, loss, role)
        if role == roles.MEASURED:
            table = pairs.table
            label = as_text_encoder(seed.config.text_encoder).sees(pairs.tokens)
            whole, seen = exact_loss(Pairs.of(table), K), exact_loss(Pairs.of(table, label), K)
            coverage = pairs.world.realised_coverage(world.operator)
            yield found(metrics.HELD_OUT_LOSS, seen, roles.PREDICTED)
            yield found(metrics.REALISED_COVERAGE, coverage, roles.EXACT)
            yield found(metrics.PRICE, seen - whole, roles.PREDICTED)
            yield found(metrics.PRICE, price(table, label), roles.LIMIT)


def _losses(
    study: TrainedPriceStudy, rows: Sequence[Row], seconds: dict[str, float]
) -> Iterator[Verdict]:
    for name, here in by_setting(select(rows, metric=metrics.HELD_OUT_LOSS)).items():
        optimum = mean(here, role=roles.PREDICTED)
        half_trained = here[0].labels.get("steps") == HALF_TRAINED
        yield trained_verdict(
            study=study.name,
            claim="T10",
            kind="control" if half_trained else "claim",
            setting=name,
            metric=f"L_{K} of fresh pairs",
            values=values(here, role=roles.MEASURED),
            relation=">=" if half_trained else "~=",
            predicted=optimum + LOSS_TOLERANCE if half_trained else optimum,
            tolerance=0.0 if half_trained else LOSS_TOLERANCE,
            chosen=True,
            seconds=seconds.get(name, 0.0),
        )


def _gaps(
    study: TrainedPriceStudy, rows: Sequence[Row], seconds: dict[str, float]
) -> Iterator[Verdict]:
    prices = select(rows, metric=metrics.PRICE_PAID)
    for point, blind in dict.fromkeys((r.labels["point"], r.labels["encoder"]) for r in prices):
        here = select(rows, point=point)
        paid = select(prices, point=point, encoder=blind)
        is_bag = blind == BAG
        # Of a bag of words no orbit of SWAP is covered: blind to SWAP alone it would pay nothing.
        yield trained_verdict(
            study=study.name,
            claim="T10",
            kind="control" if is_bag else "claim",
            setting=f"{point}, {blind}",
            values=values(paid),
            metric=f"price at K = {K}",
            relation="~=",
            predicted=mean(here, metric=metrics.PRICE, role=roles.PREDICTED, encoder=blind),
            tolerance=LOSS_TOLERANCE,
            chosen=True,
            seconds=sum(seconds.get(name, 0.0) for name in {row.setting for row in here}),
        )


STUDIES.register(TrainedPriceStudy.name, TrainedPriceStudy())
