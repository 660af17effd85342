"""What studies and figures share they call by one name, which is written down once."""

from __future__ import annotations

import ast
import importlib
import pkgutil
from pathlib import Path

import experiments.vocabulary as vocabulary

ROOT = Path(__file__).parents[2]

SPEAKERS = ("experiments/studies", "experiments/probes", "figures")

NAMED = {
    "metric",
    "role",
    "encoder",
    "operator",
    "negative",
    "negatives",
    "tested",
    "family",
    "seen",
    "images",
    "part",
}
"""Columns whose values have names of their own; the constant of the column itself may stand."""


def values():
    """All text of the vocabulary, by the name of its constant."""
    found = {}
    for module in pkgutil.iter_modules(vocabulary.__path__):
        names = vars(importlib.import_module(f"experiments.vocabulary.{module.name}"))
        for name, value in names.items():
            if isinstance(value, str) and not name.startswith("_"):
                found[f"{module.name}.{name}"] = value
    return found


def spelled_out(tree):
    """Text that a module spells out where a name of the vocabulary would say it, by its line."""
    words = set(values().values())
    phrases = {word for word in words if " " in word}
    docstrings = {node.value for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.keyword) and node.arg in NAMED:
            if isinstance(node.value, ast.Constant) and node.value.value in words:
                yield node.value.lineno, node.value.value
        elif isinstance(node, ast.Dict):
            for key, value in zip(node.keys, node.values, strict=True):
                is_column = isinstance(key, ast.Constant) and key.value in NAMED
                if is_column and isinstance(value, ast.Constant) and value.value in words:
                    yield value.lineno, value.value
        elif isinstance(node, ast.Constant) and node.value in phrases and node not in docstrings:
            yield node.lineno, node.value


def test_no_label_is_spelled_out():
    found = [
        (str(path.relative_to(ROOT)), *where)
        for folder in SPEAKERS
        for path in sorted((ROOT / folder).rglob("*.py"))
        for where in spelled_out(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert found == []


def test_what_is_spelled_out_is_found():
    for text in (
        'select(rows, role="measured")',
        '{"metric": "price"}',
        'FINDINGS = {"novel image": 1}',
    ):
        assert list(spelled_out(ast.parse(text))), text
    for text in ('"""novel image"""', 'COLOURS["image"]', "select(rows, role=roles.MEASURED)"):
        assert not list(spelled_out(ast.parse(text))), text


def test_no_two_modules_say_the_same():
    """A name may be shown again by another module, as the same object."""
    found = values()
    for name, value in found.items():
        same = [other for other in found if found[other] == value and other != name]
        assert all(other.partition(".")[2] == name.partition(".")[2] for other in same), name
