"""What a survey of captions says beside the paper: findings, never gates."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from experiments.captions.survey import CLAIM, STUDY
from experiments.results.record import Row, select
from experiments.vocabulary import captions as words
from proofs_check import Verdict

LEAST_AGREEMENT = 0.95
"""Least agreement with a category that names an operator; chosen, as two annotators might."""

BY_CHANCE = 0.05
"""Most random pairs that may be read as one operation; chosen, as a test of 5 % has it."""


def findings(rows: Sequence[Row], seconds: float) -> list[Verdict]:
    """Shares beside the paper's, agreement with categories, and what is read of random pairs.

    Args:
        rows: of a survey.
        seconds: that it took.
    """
    whole = select(rows, category=words.ALL)
    found = []
    for row in select(whole, metric=words.ONE_OPERATION):
        control = row.labels.get("pairs")
        if control is None:
            found.append(_finding(row, ">=", words.PAPER, seconds))
        elif control == words.RANDOM:
            found.append(_finding(row, "<=", BY_CHANCE, seconds))
    agreement = select(rows, metric=words.AGREEMENT)
    return found + [_finding(row, ">=", LEAST_AGREEMENT, seconds) for row in agreement]


def _finding(row: Row, relation: Literal[">=", "<="], bound: float, seconds: float) -> Verdict:
    return Verdict.of_data(
        claim=CLAIM,
        study=STUDY,
        setting=row.setting,
        metric=row.metric,
        relation=relation,
        predicted=bound,
        measured=row.value,
        interval=(row.labels["low"], row.labels["high"]),
        seconds=seconds,
        basis="chosen",
    )


def where_paper_lies(rows: Sequence[Row], dataset: str) -> str:
    """Where on the curve over definitions the paper's share lies, in words.

    Args:
        rows: of a survey.
        dataset: whose pairs.
    """
    curve = select(rows, metric=words.BY_DEFINITION, dataset=dataset, pairs=words.PAIRS)
    said = []
    for counted in dict.fromkeys(row.labels["counted"] for row in curve):
        here = select(curve, counted=counted)
        reached = [row.labels["atom_words"] for row in here if row.value >= words.PAPER]
        most = f"at most {max(row.value for row in here):.2f}"
        said.append(f"{counted}: {f'atoms of {reached[0]} words' if reached else most}")
    return "; ".join(said)
