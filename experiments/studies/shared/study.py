"""What a study is, and the list of studies."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar, Literal

from experiments.results.record import Measurement, Row
from experiments.studies.shared.probed import ProbedSeed
from experiments.training.run import Run
from experiments.vocabulary import metrics
from proofs_check import Verdict
from scm.arguments import ArgumentError
from scm.registry import Registry

Preset = Literal["quick", "full"]


@dataclass(frozen=True)
class Setting:
    """One point of a study.

    Attributes:
        name: unique within the study.
        run: what is trained for it; None where all is exact.
        parameters: columns of its rows that say what is special about it.
        claims: ids of the claims it speaks to, of those that its study speaks to; None for all.
    """

    name: str
    run: Run | None = None
    parameters: dict[str, Any] = field(default_factory=dict)
    claims: tuple[str, ...] | None = None

    @property
    def trained(self) -> Run:
        """What is trained for it.

        Raises:
            ArgumentError: if all is exact.
        """
        if self.run is None:
            raise ArgumentError(f"setting: expected one that trains, got {self.name!r}")
        return self.run


class Study(ABC):
    """A question, the points at which it is asked, and what is made of the answers.

    Class attributes:
        name: unique.
        version: raised by hand when the meaning of its rows changes.
        claims: ids of the claims it speaks to.
        title: what it asks, in a sentence.
        headlines: ids of the verdicts that a reader should see first, of those that there may be.

    The figure that is drawn from its rows is registered under the same name.
    """

    name: ClassVar[str]
    version: ClassVar[int]
    claims: ClassVar[tuple[str, ...]]
    title: ClassVar[str]
    headlines: ClassVar[tuple[str, ...]] = ()

    @abstractmethod
    def settings(self, preset: Preset) -> Sequence[Setting]:
        """The points of a preset, in order."""

    def base(self) -> Setting:
        """The point that a sweep starts from.

        Raises:
            ArgumentError: if nothing is trained.
        """
        raise ArgumentError(f"study: expected one that trains, got {self.name!r}")

    def require(self, setting: Setting) -> None:
        """Refuse, before anything is trained, what `measure` cannot measure.

        Raises:
            ArgumentError: if its training, or its world, is none that the study can measure.
        """
        del setting

    @abstractmethod
    def measure(self, setting: Setting, seeds: Sequence[ProbedSeed]) -> Iterable[Measurement]:
        """What there is to measure at a point.

        Args:
            setting: the point.
            seeds: what was trained for it; empty where all is exact.
        """

    def derive(self, rows: Sequence[Row]) -> Iterable[Row]:
        """Rows that follow from others, such as differences; each is computed here and only here.

        Args:
            rows: of all settings that are there.
        """
        del rows
        return ()

    @abstractmethod
    def verdicts(self, rows: Sequence[Row], seconds: dict[str, float]) -> list[Verdict]:
        """Compare predictions with rows.

        Args:
            rows: of all settings that are there, derived ones included.
            seconds: what each setting took, by its name.
        """

    def judged(self, rows: Sequence[Row], seconds: dict[str, float]) -> list[Verdict]:
        """`verdicts`, of which those that a reader should see first are marked.

        Args:
            rows: see there.
            seconds: see there.
        """
        found = self.verdicts(rows, seconds)
        return [replace(one, headline=one.id in self.headlines) for one in found]

    def row(self, setting: Setting, measurement: Measurement) -> Row:
        """A measurement at a point as a row, labelled with the point's parameters too.

        Args:
            setting: the point.
            measurement: what was measured there.
        """
        role = {} if measurement.role is None else {"role": measurement.role}
        claim = measurement.claim or (setting.claims or self.claims)[0]
        return Row(
            study=self.name,
            claim=claim,
            setting=setting.name,
            seed=measurement.seed,
            metric=measurement.metric,
            value=measurement.value,
            labels=setting.parameters | role | dict(measurement.labels),
        )

    def rows(self, setting: Setting, seeds: Sequence[ProbedSeed] = ()) -> list[Row]:
        """`measure`, as rows; with the loss curve of what was trained, and the hash of its run.

        Args:
            setting: the point.
            seeds: what was trained for it; empty where all is exact.
        """
        found = [*self.measure(setting, seeds), *(m for seed in seeds for m in loss_curve(seed))]
        rows = [self.row(setting, one) for one in found]
        if setting.run is not None:
            key = setting.run.key
            for row in rows:
                row.labels["run"] = key
        return rows


def loss_curve(seed: ProbedSeed) -> Iterable[Measurement]:
    """The mean loss of each chunk of training, by the step at its end."""
    for step, loss in seed.losses.items():
        yield Measurement(metrics.LOSS, loss, role=None, labels={"step": step}, seed=seed.seed)


def studies_speaking_to(only: Sequence[str]) -> list[Study]:
    """The studies that speak to one of some claims; all if no claim is named."""
    return [study for study in STUDIES.values() if not only or set(study.claims) & set(only)]


def settings_speaking_to(only: Sequence[str], study: Study, preset: Preset) -> list[Setting]:
    """The points of a preset that speak to one of some claims; all if no claim is named.

    Args:
        only: ids of claims.
        study: whose points.
        preset: which of them.
    """
    return [
        setting
        for setting in study.settings(preset)
        if not only or set(setting.claims or study.claims) & set(only)
    ]


STUDIES: Registry[Study] = Registry("study", "token_scm.studies")
"""Studies by name, in the order they run: those that train nothing come first."""
