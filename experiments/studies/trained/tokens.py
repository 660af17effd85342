"""T5, continuous: which blocks contrastive encoders identify where a text is k tokens.

Command: ``tokenscm reproduce --only T5``. Worlds of 4 content, 4 style and 4 private dimensions,
k tokens of width 3, the sentence-level world of the same sizes beside them; content causes style
where T5 is claimed.
Expect R^2 of 0.98 or more between content and embedding both ways, style on its ceiling,
token noises at 0, and embeddings of one content by two seeds that tell each other.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from typing import Any

from experiments.studies.shared.agreement import agreement_verdicts
from experiments.studies.shared.block_study import BlockStudy
from experiments.studies.shared.judge import EXCESS, LOST_TOLERANCE, Judge
from experiments.studies.shared.study import STUDIES, Preset, Setting
from experiments.training.config import TrainingConfig
from experiments.training.run import Run
from experiments.vocabulary.encoders import IMAGE, TEXT
from proofs_check import Verdict
from proofs_check.verdict import Kind
from scm import SentenceConfig, ShuffledConfig, TokenConfig, WorldConfig, block_sides

BOUND = 0.97
"""Least R^2, of content from an embedding and of the embedding from content, that counts as
identified. The exact optimum scores 0.987 or so, as `sentence.CONTENT_BOUND` says; how far training
may fall short is chosen."""

CONTENT_SIZE = 4
"""Dimensions of content, and of every other block but token noise."""

SENTENCE = SentenceConfig(
    n_inv=CONTENT_SIZE, n_dp=CONTENT_SIZE, n_pr_img=CONTENT_SIZE, n_pr_txt=CONTENT_SIZE, causal=True
)
"""The sentence-level world of the same sizes."""

SHUFFLED_BOUND = {IMAGE: 1 / 3, TEXT: 2 / 3}
"""Most of the embedding's variance that content explains where nothing needs to be identified.

Parts that independent blocks explain of the same variance sum to at most 1. The image's three
blocks are of one size and law, and F treats them alike: a third each, on average over worlds. In
the tokens, 4 of 12 coordinates are content and 8 are noise that content moves by as much as the
noise's own deviation: (4 + 8 / 2) / 12."""

SHUFFLED_TOLERANCE = 0.05
"""How far one world may lie above the average: chosen after a run, in which blocks explained
between 0.18 and 0.25 of it."""

NUISANCES = {
    "tokens": {IMAGE: ("z_dp_img", "z_pr_img"), TEXT: ("token_noise",)},
    "sentence": {IMAGE: ("z_dp_img", "z_pr_img"), TEXT: ("z_dp_txt", "z_pr_txt")},
}
"""In either kind of world, the blocks of each side that are not content."""


class TokenStudy(BlockStudy):
    """See the module."""

    name = "tokens"
    version = 2
    claims = ("T5",)
    title = "Which latent blocks do contrastive encoders identify where texts are tokens?"

    def settings(self, preset: Preset) -> Sequence[Setting]:
        """Every setting, with five seeds or with one, two where k = 4 and in the sentence world."""
        seeds = tuple(range(5)) if preset == "full" else (0, 1)
        few = seeds if preset == "full" else (0,)
        partly = TokenConfig(law="dag", unwritten=1, unmentioned=0.5)
        never = dataclasses.replace(partly, unmentioned=1.0)
        return [
            self._setting("k = 2", "claim", TokenConfig(causal=True, n_tokens=2), few),
            self._setting("k = 4", "claim", TokenConfig(causal=True), seeds),
            self._setting("k = 8", "claim", TokenConfig(causal=True, n_tokens=8), few),
            self._setting("sentence level", "finding", SENTENCE, seeds),
            self._setting("partly mentioned", "finding", partly, few),
            self._setting("unwritten concept", "control", never, few, CONTENT_SIZE - 1),
            self._setting("shuffled pairs", "control", ShuffledConfig(TokenConfig()), few),
        ]

    def base(self) -> Setting:
        """Four tokens, seed 0."""
        return self._setting("k = 4", "claim", TokenConfig(causal=True), (0,))

    def _setting(
        self,
        name: str,
        kind: Kind,
        world: WorldConfig,
        seeds: tuple[int, ...],
        embedding_size: int = CONTENT_SIZE,
    ) -> Setting:
        config = TrainingConfig(world=world, embedding_size=embedding_size)
        if kind == "control":
            config = dataclasses.replace(config, steps=config.steps // 2)
        text = "tokens" if "token_noise" in block_sides(world) else "sentence"
        parameters: dict[str, Any] = {"kind": kind, "text": text, "outputs": embedding_size}
        return Setting(name, Run(config, seeds), parameters)

    def verdicts_of(self, judge: Judge) -> Iterator[Verdict]:
        """T5 in a setting, or the predicted failure of a control."""
        kind = judge.labels["kind"]
        for side, nuisances in NUISANCES[judge.labels["text"]].items():
            if judge.setting == "shuffled pairs":
                bound = SHUFFLED_BOUND[side]
                pair = ("z_inv", side)
                yield judge("control", pair, "<=", bound, SHUFFLED_TOLERANCE, chosen=True)
            elif judge.setting == "unwritten concept":
                yield judge.excess("control", (side, "lost"), "~=", LOST_TOLERANCE, "kept")
            else:
                yield judge(kind, (side, "z_inv"), ">=", BOUND, chosen=True)
                yield judge(kind, ("z_inv", side), ">=", BOUND, chosen=True)
                on = "~=" if kind == "claim" else "<="
                for block in nuisances:
                    yield judge.excess(kind, (side, block), on, EXCESS, "z_inv")
                if judge.setting == "partly mentioned":
                    # What is said now and then is told better than the other concepts tell it.
                    yield judge.excess(kind, (side, "lost"), ">=", 0.0, "kept")
        if kind == "claim":
            yield from agreement_verdicts(judge)


STUDIES.register(TokenStudy.name, TokenStudy())
