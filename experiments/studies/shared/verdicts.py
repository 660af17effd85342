"""From numbers of seeds to a verdict."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from experiments.results.gains import Gain
from experiments.results.statistics import mean_and_interval
from experiments.studies.shared.study import Study
from proofs_check import Verdict
from proofs_check.comparison import Comparison, Relation
from proofs_check.verdict import Kind


def exact_verdicts(
    study: Study,
    setting: str,
    comparisons: Iterable[Comparison],
    *,
    seconds: Mapping[str, float],
    claim: str | None = None,
    kind: Kind = "claim",
) -> list[Verdict]:
    """What a study of exact numbers compared at one of its settings, judged.

    Args:
        study: the study.
        setting: the setting's name.
        comparisons: numbers beside their predictions.
        seconds: what each setting took, by its name.
        claim: the statement they speak to; the study's first if None.
        kind: of the verdicts.
    """
    return [
        Verdict.exact(
            one,
            claim=claim or study.claims[0],
            kind=kind,
            study=study.name,
            setting=setting,
            seconds=seconds.get(setting, 0.0),
        )
        for one in comparisons
    ]


def trained_verdict(
    *,
    study: str,
    claim: str,
    kind: Kind,
    setting: str,
    metric: str,
    values: Sequence[float],
    relation: Relation,
    predicted: float,
    tolerance: float = 0.0,
    seconds: float = 0.0,
    about: str | None = None,
    chosen: bool = False,
) -> Verdict:
    """What training measured, by its mean over seeds, against a prediction.

    Args:
        study: see `Verdict`, as for all that is not named here.
        claim: see `Verdict`.
        kind: see `Verdict`.
        setting: see `Verdict`.
        metric: see `Verdict`.
        values: one a seed.
        relation: see `Verdict`.
        predicted: see `Verdict`.
        tolerance: see `Verdict`.
        seconds: see `Verdict`.
        about: what tells the verdict from others of the setting; the metric if None.
        chosen: whether the tolerance or the bound was chosen rather than derived.
    """
    measured, interval = mean_and_interval(values)
    return Verdict(
        id=f"{claim}/{setting}/{metric if about is None else about}",
        claim=claim,
        kind=kind,
        method="trained",
        study=study,
        setting=setting,
        metric=metric,
        relation=relation,
        predicted=predicted,
        measured=measured,
        interval=interval,
        tolerance=tolerance,
        seconds=seconds,
        basis="chosen" if chosen else "derived",
    )


def gain_verdict(gain: Gain, *, metric: str, **of: Any) -> Verdict:
    """What training gained, as found: a gain holds where its interval lies above 0.

    Args:
        gain: among all that are compared.
        metric: what was gained.
        of: claim, study, setting and seconds; see `Verdict`.
    """
    return Verdict(
        id=f"{of['claim']}/{of['setting']}/{metric}",
        kind="finding",
        method="trained",
        metric=f"{metric}, corrected for {gain.comparisons} comparisons",
        relation=">",
        predicted=0.0,
        measured=gain.mean,
        interval=gain.interval,
        tolerance=0.0,
        **of,
    )
