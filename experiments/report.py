"""From claims and studies to a report on disk: what `tokenscm check` and `reproduce` do."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from experiments.collected import StudyRows
from experiments.compilation import Compilations, compilations
from experiments.job import perform
from experiments.measuring import require_measurable, require_whole
from experiments.plan import Plan, every_setting, make_plan
from experiments.results.files import PAGE, REPORT, require_files, write_json
from experiments.results.provenance import manifest
from experiments.results.record import Row
from experiments.results.table import write_rows
from experiments.results.units import Units
from experiments.studies import (
    STUDIES,
    Preset,
    Setting,
    Study,
    settings_speaking_to,
    studies_speaking_to,
)
from experiments.training.hosts import follow, follows, leading
from experiments.training.run import Run, lineage, train_along
from experiments.workers import HERE, Crew
from proofs_check import CLAIMS, Verdict, run_checks
from scm.arguments import require_choice

Draw = Callable[[Sequence[Row], Sequence[str]], None]
"""Draws rows of studies beside the figures of others, which are named."""


def check(directory: Path, only: Sequence[str] = ()) -> list[Verdict]:
    """`reproduce` without the points that train; everything is computed, whatever is stored.

    Args:
        directory: where ``verdicts.json``, ``results.csv``, ``manifest.json`` and ``units`` go.
        only: ids of claims; empty for all.

    Raises:
        ArgumentError: for an unknown claim, or a directory that cannot be written to; nothing is
            written then.
    """
    return reproduce(directory, None, only, force=True)


def reproduce(
    directory: Path,
    preset: Preset | None = "quick",
    only: Sequence[str] = (),
    force: bool = False,
    *,
    crew: Crew = HERE,
    draw: Draw = lambda *_: None,
) -> list[Verdict]:
    """Check some claims exactly, run their studies, and write verdicts, rows and manifest.

    Of a study only the settings that speak to the claims are run, and their rows are all written.
    Whenever a study has all its rows, the files are written anew with those that have by then; the
    manifest names those that are missing.

    Args:
        directory: where ``verdicts.json``, ``results.csv``, ``manifest.json`` and ``units`` go.
            Units that are complete there are not computed again.
        preset: ``quick`` thins grids and seeds, never claims; None trains nothing.
        only: ids of claims; empty for all.
        force: compute everything again.
        crew: who trains and measures. Bits do not depend on it where machines are alike.
        draw: called with the rows of studies that are whole by now, and the names of those that it
            was called with before.

    Returns:
        All verdicts: those of claims, then those of studies in their order. A process that follows
        another, see `experiments.training.hosts`, trains along, writes nothing and returns none.

    Raises:
        ArgumentError: for an unknown claim, devices that a batch does not divide over, a directory
            that cannot be written to, a damaged unit, or workers that cannot be reached; nothing is
            computed or written then. Also if workers do not share the directory.
        NonFiniteLossError: if training diverges.
        WorkersLostError: if workers die at one task again and again.
    """
    asked = _asked(only, preset)
    if follows():
        follow({run.key: run for run in _runs(asked)}, train_along)
        return []
    with leading(), crew.team() as team:
        require_files("out", *(directory / name for name in (*REPORT, PAGE)))
        units = Units.create(directory)
        plan = _plan(asked, units, force=force)
        report = _Report(directory, preset, only, units, [study.name for study, _ in asked], draw)
        studies = perform(
            plan,
            units,
            team,
            force=force,
            meanwhile=lambda: report.checks.extend(run_checks(only)),
            whole=report.write,
        )
    return report.write(studies)


def planned(
    directory: Path,
    preset: Preset = "quick",
    only: Sequence[str] = (),
    force: bool = False,
) -> Plan:
    """What `reproduce` would do; nothing is computed or written.

    Args:
        directory: see `reproduce`, as for the others.
        preset: see there.
        only: see there.
        force: see there.

    Raises:
        ArgumentError: as of `reproduce`, but for the directory, which need not be there.
    """
    return _plan(_asked(only, preset), Units(directory / "units"), force=force)


def _asked(only: Sequence[str], preset: Preset | None) -> list[tuple[Study, list[Setting]]]:
    """The studies that speak to some claims, each with the settings that do."""
    for claim in only:
        require_choice("only", claim, CLAIMS)
    asked = [
        (study, settings)
        for study in studies_speaking_to(only)
        if (settings := _settings(only, study, preset))
    ]
    for study, settings in asked:
        require_measurable(study, settings)
    return asked


def _runs(asked: Sequence[tuple[Study, list[Setting]]]) -> Iterator[Run]:
    """All that may be trained, what others start from included."""
    return (run for _, settings in asked for setting in settings for run in lineage(setting.run))


def _plan(asked: Sequence[tuple[Study, list[Setting]]], units: Units, *, force: bool) -> Plan:
    if not force:
        for study, settings in asked:
            require_whole(units, study, settings)
    every = [one for study, settings in asked for one in every_setting(study, settings)]
    return make_plan(every, units, force=force)


def _settings(only: Sequence[str], study: Study, preset: Preset | None) -> list[Setting]:
    """The points that are asked about; without a preset those that train nothing."""
    found = settings_speaking_to(only, study, preset or "quick")
    return found if preset else [setting for setting in found if setting.run is None]


@dataclass(frozen=True)
class _Report:
    """Where a report is written, and what it says beside the studies.

    Attributes:
        names: of all studies that are asked for.
        checks: verdicts of exact checks.
        before: what had been compiled before.
        judged: verdicts of each study that is whole, which is judged and drawn once.
    """

    directory: Path
    preset: Preset | None
    only: Sequence[str]
    units: Units
    names: Sequence[str]
    draw: Draw
    checks: list[Verdict] = field(default_factory=list)
    before: Compilations = field(default_factory=compilations)
    judged: dict[str, list[Verdict]] = field(default_factory=dict)

    def write(self, studies: Mapping[str, StudyRows]) -> list[Verdict]:
        """Write what there is, and return the verdicts."""
        rows = [row for found, _ in studies.values() for row in found]
        before = list(self.judged)
        new = {name: study for name, study in studies.items() if name not in self.judged}
        for name, (found, seconds) in new.items():
            self.judged[name] = STUDIES[name].judged(found, seconds)
        verdicts = [*self.checks, *(one for name in studies for one in self.judged[name])]
        if self.only:
            verdicts = [verdict for verdict in verdicts if verdict.claim in self.only]
        write_rows(self.directory / "results.csv", rows)
        write_json(self.directory / "verdicts.json", [verdict.to_json() for verdict in verdicts])
        missing = [name for name in self.names if name not in studies]
        provenances = self.units.provenances()
        compiled = asdict(compilations() - self.before)
        made = manifest(self.preset or "exact", self.only, provenances, missing, compiled)
        write_json(self.directory / "manifest.json", made)
        if new:
            self.draw([row for found, _ in new.values() for row in found], before)
        return verdicts


def passed(verdicts: Sequence[Verdict]) -> bool:
    """Whether every claim, control and identity holds."""
    return all(verdict.holds for verdict in verdicts if verdict.gates)
