"""What every study is, and the list of studies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol, runtime_checkable

from experiments.results.record import Row
from experiments.training.run import FinishedRun, Run
from proofs_check import Verdict
from scm.registry import Registry

Preset = Literal["quick", "full"]


@dataclass(frozen=True)
class Setting:
    """One point of a study.

    Attributes:
        name: unique within the study.
        run: what is trained for it.
        parameters: columns of its rows that say what is special about it.
        claims: ids of the claims it speaks to, of those that its study speaks to; None for all.
    """

    name: str
    run: Run
    parameters: dict[str, Any]
    claims: tuple[str, ...] | None = None

    def row(
        self,
        study: Study,
        seed: int,
        metric: str,
        value: float,
        labels: dict[str, Any],
        *,
        claim: str | None = None,
    ) -> Row:
        """A measurement of a study at this point, labelled with its parameters too.

        Args:
            study: whose measurement it is.
            seed: of what was trained.
            metric: what was measured.
            value: the number.
            labels: what tells rows of the metric apart.
            claim: the statement that the row speaks to; the setting's first if None.
        """
        return Row(
            study=study.name,
            claim=(self.claims or study.claims)[0] if claim is None else claim,
            setting=self.name,
            seed=seed,
            metric=metric,
            value=value,
            labels=self.parameters | labels,
        )


@runtime_checkable
class Study(Protocol):
    """A question that training answers.

    Attributes:
        name: unique.
        version: raised by hand when the meaning of its rows changes.
        claims: ids of the claims it speaks to.
        figure: name of the figure that is drawn from its rows.
        title: what it asks, in a sentence.
    """

    name: str
    version: int
    claims: tuple[str, ...]
    figure: str
    title: str

    def settings(self, preset: Preset) -> Sequence[Setting]:
        """The points of a preset, in order."""
        ...

    def base(self) -> Setting:
        """The point that a sweep starts from."""
        ...

    def require(self, setting: Setting) -> None:
        """Refuse, before anything is trained, what `rows` cannot measure.

        Raises:
            ArgumentError: if its training, or its world, is none that the study can measure.
        """
        ...

    def rows(self, setting: Setting, finished: FinishedRun) -> list[Row]:
        """Probe what was trained for a setting."""
        ...

    def verdicts(self, rows: Sequence[Row], seconds: dict[str, float]) -> list[Verdict]:
        """Compare predictions with rows.

        Args:
            rows: of all settings that are there.
            seconds: what each setting took, by its name.
        """
        ...


def settings_speaking_to(only: Sequence[str], study: Study, preset: Preset) -> list[Setting]:
    """The points of a preset that speak to one of some claims; all if no claim is named."""
    return [
        setting
        for setting in study.settings(preset)
        if not only or set(setting.claims or study.claims) & set(only)
    ]


STUDIES: Registry[Study] = Registry("study", "token_scm.studies")
"""Studies by name, in the order they run."""
