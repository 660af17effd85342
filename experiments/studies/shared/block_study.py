"""What studies share that probe blocks and judge setting by setting."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Sequence

from experiments.results.record import Measurement, Row
from experiments.studies.shared.agreement import agreement
from experiments.studies.shared.blocks import above_ceilings, measure_blocks
from experiments.studies.shared.judge import Judge, judges
from experiments.studies.shared.probed import ProbedSeed
from experiments.studies.shared.study import Setting, Study
from proofs_check import Verdict


class ProbingStudy(Study):
    """A study that compares probes with their ceilings, each setting by itself."""

    def derive(self, rows: Sequence[Row]) -> Iterator[Row]:
        """R^2 above the ceiling."""
        return above_ceilings(rows)

    def verdicts(self, rows: Sequence[Row], seconds: dict[str, float]) -> list[Verdict]:
        """Those of each setting that is there."""
        return [
            verdict for judge in judges(self, rows, seconds) for verdict in self.verdicts_of(judge)
        ]

    @abstractmethod
    def verdicts_of(self, judge: Judge) -> Iterator[Verdict]:
        """What is claimed of a setting, or of the failure that is predicted for it."""


class BlockStudy(ProbingStudy):
    """A study of worlds whose latents are all real vectors."""

    def measure(self, setting: Setting, seeds: Sequence[ProbedSeed]) -> Iterator[Measurement]:
        """R^2 of every block from both embeddings and back, with chance, baseline and ceiling.

        And of embeddings from those of another seed.
        """
        del setting
        for seed in seeds:
            yield from measure_blocks(seed)
        yield from agreement(seeds)
