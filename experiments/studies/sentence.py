"""T2: which blocks contrastive encoders identify in sentence-level worlds.

Command: ``tokenscm reproduce --only T2``. Settings of the reference simulation [daunhawer2023]:
5 content, 5 style and 5 private dimensions, mixings of depth 3. Expect, under Assumption 1, R^2 of
about 0.99 between content and embedding in both directions, and style on its ceiling.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any, get_args

import jax
import numpy as np

from experiments.encoders import DualEncoder
from experiments.probes.identifiability import block_r2, embed, probe_sample, shuffled
from experiments.rows import Row, mean_and_interval, select
from experiments.run import FinishedRun, Run
from experiments.studies.study import STUDIES, Preset, Setting
from experiments.training import TrainingConfig
from proofs_check import Verdict
from proofs_check.comparison import Relation
from proofs_check.verdict import Kind
from scm import SentenceConfig, named_key
from scm.content import Law

CONTENT_BOUND = {"independent": 0.98, "gaussian": 0.95, "dag": 0.95}
"""Least R^2 of content from an embedding that counts as identified. Exact recovery would be 1; a
trained encoder of finite width falls short of it, more so where content is dependent, since its
weakest direction carries less variance."""

EMBEDDING_BOUND = 0.97
"""Least R^2 of the embedding from content that counts as nothing but content."""

EXCESS = 0.03
"""How far style or a private block may lie above its ceiling. R^2 on 4,096 fresh points has a
standard deviation of at most 2 (1 - R^2) sqrt(R^2 / 4096) < 0.013 for one coordinate; 0.03 is
that times 2.4, the 0.05 / 6 quantile of a normal, for six comparisons a setting."""

SHARED_BOUND = 0.8
"""R^2 above which shared style counts as identified, though independent of content."""

LOST_TOLERANCE = 0.05
"""How far the R^2 of a lost coordinate may lie from that of its best prediction by the others:
`EXCESS` for each of the two probes compared, rounded down."""


def recipe(world: SentenceConfig, embedding_size: int, steps: int = 8000) -> TrainingConfig:
    """The recipe that every setting shares: the default of `TrainingConfig`."""
    return TrainingConfig(world=world, embedding_size=embedding_size, steps=steps)


class SentenceStudy:
    """See the module."""

    name: str = "sentence"
    version: int = 1
    claims: tuple[str, ...] = ("T2",)
    figure: str = "block_identifiability"
    title: str = "Which latent blocks do contrastive encoders identify in sentence-level worlds?"

    def settings(self, preset: Preset) -> Sequence[Setting]:
        """All settings with five seeds, or the four of the quick preset with two."""
        full = preset == "full"
        seeds = tuple(range(5)) if full else (0, 1)
        control_seeds = seeds if full else (0,)
        laws: list[tuple[Law, bool]] = [
            (law, causal) for law in get_args(Law) for causal in (False, True)
        ]
        few: list[tuple[Law, bool]] = [("independent", False), ("gaussian", True), ("dag", True)]
        found = [
            self._setting(
                f"{law} content{', causal style' if causal else ''}",
                "claim",
                SentenceConfig(law=law, causal=causal),
                seeds,
            )
            for law, causal in (laws if full else few)
        ]
        dependent = SentenceConfig(law="gaussian", causal=True, style="copy")
        found += [
            self._setting(
                f"perturbed copy, pi = {change:g}",
                "finding",
                dataclasses.replace(dependent, style_change=change),
                seeds,
            )
            for change in ((1.0, 0.75) if full else (1.0,))
        ]
        correlated = SentenceConfig(law="dag")
        controls: list[tuple[str, Kind, SentenceConfig, int]] = [
            ("shared style", "control", SentenceConfig(style="copy", style_change=0.0), 10),
            ("unwritten coordinate", "control", dataclasses.replace(correlated, unwritten=1), 4),
            ("unseen coordinate", "control", dataclasses.replace(correlated, unseen=1), 4),
            ("too few outputs", "control", SentenceConfig(), 3),
            ("too many outputs", "finding", SentenceConfig(), 8),
        ]
        return found + [
            self._setting(name, kind, world, control_seeds, size)
            for name, kind, world, size in controls
        ]

    def base(self) -> Setting:
        """Independent content under Assumption 1, seed 0."""
        return self._setting("independent content", "claim", SentenceConfig(), (0,))

    def _setting(
        self,
        name: str,
        kind: Kind,
        world: SentenceConfig,
        seeds: tuple[int, ...],
        embedding_size: int = 5,
    ) -> Setting:
        steps = 4000 if kind == "control" else 8000
        parameters: dict[str, Any] = {
            "kind": kind,
            "law": world.law,
            "causal": world.causal,
            "style": world.style,
            "style_change": world.style_change,
            "outputs": embedding_size,
        }
        return Setting(name, Run(recipe(world, embedding_size, steps), seeds), parameters)

    def rows(self, setting: Setting, finished: FinishedRun) -> list[Row]:
        """R^2 of every block from both embeddings and back, with chance, baseline and ceiling."""
        run = finished.run
        return [
            Row(
                study=self.name,
                claim="T2",
                setting=setting.name,
                seed=seed,
                metric="r2",
                value=float(found.pop("value")),
                labels=setting.parameters | found,
            )
            for seed, encoders in zip(run.seeds, finished.trained.encoders, strict=True)
            for found in self._measure(run.config, seed, encoders)
        ]

    def _measure(
        self, config: TrainingConfig, seed: int, encoders: DualEncoder
    ) -> list[dict[str, Any]]:
        key = named_key(jax.random.key(seed), "probe")
        batch = probe_sample(config.build_world(seed), named_key(key, "sample"))
        latents = dict(batch.latents)
        content = latents["z_inv"]
        found: list[dict[str, Any]] = []

        def measure(role: str, predictor: str, points: Any, targets: dict[str, Any]) -> None:
            child = named_key(key, f"{role} {predictor}")
            scores = block_r2(points, targets, child, report=role == "measured")
            found.extend({"role": role, "predictor": predictor, **score} for score in scores)

        embeddings = embed(encoders, batch)
        fresh = embed(config.build_encoders(seed), batch)
        lost = _lost_coordinates(config.world)
        for name, embedding in embeddings.items():
            own = {block: latents[block] for block in ("z_inv", *_nuisances(name))}
            if lost:
                own["lost"] = content[:, -lost:]
            measure("measured", name, embedding, own)
            measure("baseline", name, fresh[name], {"z_inv": content})
            mixed = shuffled(embedding, named_key(key, f"shuffle {name}"))
            measure("chance", name, mixed, {"z_inv": content})
        measure("measured", "z_inv", content, embeddings)
        nuisances = {block: latents[block] for block in latents if block != "z_inv"}
        measure("ceiling", "z_inv", content, nuisances)
        if lost:
            measure("ceiling", "kept", content[:, :-lost], {"lost": content[:, -lost:]})
        return found

    def verdicts(self, rows: Sequence[Row], seconds: dict[str, float]) -> list[Verdict]:
        """T2 in every setting that is there, and the predicted failure of every control."""
        rows = [row for row in rows if row.labels.get("probe") == "kernel"]
        found: list[Verdict] = []
        for name in dict.fromkeys(row.setting for row in rows):
            here = select(rows, setting=name)
            judge = _Judge(self.name, name, here, seconds.get(name, 0.0))
            found += _judged(judge, here[0].labels)
        return found


def _judged(judge: _Judge, labels: dict[str, Any]) -> list[Verdict]:
    name, kind = judge.setting, labels["kind"]
    verdicts: list[Verdict] = []
    for side in ("image", "text"):
        content = (side, "z_inv")
        style, private = ((side, block) for block in _nuisances(side))
        if name == "shared style":
            verdicts.append(judge("control", style, ">=", SHARED_BOUND, 0.0))
        elif name == "too few outputs":
            # A smooth map to fewer dimensions loses some: content falls short of T2's bound.
            verdicts.append(judge("control", content, "<=", 0.9, 0.0))
        elif name in ("unwritten coordinate", "unseen coordinate"):
            verdicts.append(judge.excess("control", (side, "lost"), "~=", LOST_TOLERANCE, "kept"))
        elif kind == "finding":
            verdicts.append(judge("finding", content, ">=", CONTENT_BOUND[labels["law"]], 0.0))
            verdicts += [
                judge.excess("finding", pair, "<=", EXCESS, "z_inv") for pair in (style, private)
            ]
        else:
            verdicts.append(judge("claim", content, ">=", CONTENT_BOUND[labels["law"]], 0.0))
            verdicts.append(judge("claim", ("z_inv", side), ">=", EMBEDDING_BOUND, 0.0))
            verdicts += [
                judge.excess("claim", pair, "<=", EXCESS, "z_inv") for pair in (style, private)
            ]
    return verdicts


class _Judge:
    """Makes the verdicts of one setting."""

    def __init__(self, study: str, setting: str, rows: Sequence[Row], seconds: float) -> None:
        self.study, self.setting, self.rows, self.seconds = study, setting, rows, seconds

    def values(self, role: str, predictor: str, target: str) -> list[float]:
        found = select(self.rows, role=role, predictor=predictor, target=target)
        return [row.value for row in found]

    def __call__(
        self,
        kind: Kind,
        pair: tuple[str, str],
        relation: Relation,
        predicted: float,
        tolerance: float,
    ) -> Verdict:
        """R^2 of a pair (predictor, target) against a prediction."""
        return self._verdict(
            kind, pair, "R2", self.values("measured", *pair), relation, predicted, tolerance
        )

    def excess(
        self,
        kind: Kind,
        pair: tuple[str, str],
        relation: Relation,
        tolerance: float,
        ceiling: str,
    ) -> Verdict:
        """R^2 of a pair less that of its target's ceiling, seed by seed, against 0."""
        ceilings = self.values("ceiling", ceiling, pair[1])
        values = self.values("measured", *pair)
        paired = len(values) == len(ceilings)
        measured = np.subtract(values, ceilings) if paired else np.array([])
        name = f"R2 above ceiling {mean_and_interval(ceilings)[0]:.3f},"
        return self._verdict(kind, pair, name, measured.tolist(), relation, 0.0, tolerance)

    def _verdict(
        self,
        kind: Kind,
        pair: tuple[str, str],
        metric: str,
        values: Sequence[float],
        relation: Relation,
        predicted: float,
        tolerance: float,
    ) -> Verdict:
        measured, interval = mean_and_interval(values)
        arrow = f"{pair[0]} to {pair[1]}"
        return Verdict(
            id=f"T2/{self.setting}/{arrow}",
            claim="T2",
            kind=kind,
            method="trained",
            study=self.study,
            setting=self.setting,
            metric=f"{metric} {arrow}",
            relation=relation,
            predicted=predicted,
            measured=measured,
            interval=interval,
            tolerance=tolerance,
            seconds=self.seconds,
        )


def _nuisances(side: str) -> tuple[str, str]:
    suffix = {"image": "img", "text": "txt"}[side]
    return f"z_dp_{suffix}", f"z_pr_{suffix}"


def _lost_coordinates(world: Any) -> int:
    return max(getattr(world, "unwritten", 0), getattr(world, "unseen", 0))


STUDIES.register(SentenceStudy.name, SentenceStudy())
