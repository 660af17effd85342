"""Imports run one way: worlds, checks, experiments, figures, and the command line on top."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

FLOORS = {"scm": 0, "proofs_check": 1, "experiments": 2, "figures": 3}
"""Each package may import those on lower floors."""

EXPERIMENTS = {
    "encoders": 0,
    "objectives": 0,
    "probes": 0,
    "training": 1,
    "studies": 2,
    "commands": 3,
}
"""Parts of `experiments`. Parts not named here may stand anywhere, but not carry an arrow back."""

COMMAND_LINE = "experiments.commands"


def import_graph(root):
    """For each module below ``root``, the modules and names of ours that it imports, dotted."""
    modules = {}
    for package in FLOORS:
        for path in sorted((root / package).rglob("*.py")):
            parts = path.relative_to(root).with_suffix("").parts
            package_of = parts[:-1]
            name = ".".join(package_of if parts[-1] == "__init__" else parts)
            modules[name] = (package_of, ast.parse(path.read_text(encoding="utf-8")))
    graph = {}
    for name, (package_of, tree) in modules.items():
        graph[name] = set()
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                graph[name] |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                upwards = package_of[: len(package_of) - node.level + 1] if node.level else ()
                base = ".".join([*upwards, *([node.module] if node.module else [])])
                for alias in node.names:
                    full = f"{base}.{alias.name}"
                    graph[name].add(full if full in modules else base)
        graph[name] = {target for target in graph[name] if target.partition(".")[0] in FLOORS}
    return graph


def part_of(module):
    """The part of `experiments` that a module belongs to, or None."""
    parts = module.split(".")
    return parts[1] if parts[0] == "experiments" and len(parts) > 1 else None


def reached_parts(graph, part):
    """The parts of `experiments` that a part imports, through any other parts."""
    arrows = {}
    for module, targets in graph.items():
        arrows.setdefault(part_of(module), set()).update(part_of(target) for target in targets)
    reached, frontier = set(), {part}
    while frontier:
        reached |= frontier
        frontier = set().union(*(arrows.get(one, set()) for one in frontier)) - reached - {None}
    return reached


def arrows_back(graph):
    """Every import that runs against the rules, as a sentence."""
    found = []
    for module, targets in graph.items():
        package = module.partition(".")[0]
        for target in targets:
            onto = target.partition(".")[0]
            draws = module == COMMAND_LINE and onto == "figures"
            if FLOORS[onto] > FLOORS[package] and not draws:
                found.append(f"{module} imports {target}")
            if package == "figures" and part_of(target) in ("training", "encoders"):
                found.append(f"{module} imports {target}")
    for part, floor in EXPERIMENTS.items():
        found += [
            f"experiments.{part} reaches experiments.{other}"
            for other in sorted(reached_parts(graph, part))
            if EXPERIMENTS.get(other, floor) > floor
        ]
    return found


def test_no_import_runs_back():
    graph = import_graph(ROOT)
    assert len(graph) > 20
    assert arrows_back(graph) == []


@pytest.mark.parametrize(
    ("module", "line", "found"),
    [
        ("scm/a.py", "import proofs_check", "scm.a imports proofs_check"),
        ("proofs_check/a.py", "from experiments import x", "proofs_check.a imports experiments"),
        ("experiments/a.py", "import figures.price", "experiments.a imports figures.price"),
        ("experiments/studies/a.py", "import figures", "experiments.studies.a imports figures"),
        (
            "figures/a.py",
            "from experiments import training",
            "figures.a imports experiments.training",
        ),
        (
            "figures/a.py",
            "import experiments.encoders.mlp",
            "figures.a imports experiments.encoders.mlp",
        ),
        (
            "experiments/encoders/a.py",
            "from ..training import train",
            "experiments.encoders reaches experiments.training",
        ),
        (
            "experiments/probes/a.py",
            "def f():\n    from experiments.helper import x",
            "experiments.probes reaches experiments.studies",
        ),
    ],
)
def test_an_arrow_back_is_found(tmp_path, module, line, found):
    """Also one inside a function, one that is relative, and one through a part without a floor."""
    files = {
        "scm/__init__.py": "",
        "proofs_check/__init__.py": "import scm",
        "experiments/__init__.py": "",
        "experiments/training.py": "from experiments.objectives import x\nimport proofs_check.y",
        "experiments/helper.py": "import experiments.studies",
        "experiments/studies/__init__.py": "from experiments import training",
        "experiments/commands.py": "import figures\nimport experiments.studies",
        "figures/__init__.py": "from experiments.results import load",
    }
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    assert arrows_back(import_graph(tmp_path)) == []
    path = tmp_path / module
    path.parent.mkdir(exist_ok=True)
    path.write_text(line, encoding="utf-8")
    assert found in arrows_back(import_graph(tmp_path))
