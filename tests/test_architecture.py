"""Imports run one way: downhill by package, and by room inside each."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

FLOORS = {
    "scm": 0,
    "scm.language": 1,
    "scm.continuous": 1,
    "scm.operators": 2,
    "scm.images": 2,
    "scm.scenes": 3,
    "scm.wrappers": 4,
    "proofs_check": 10,
    "proofs_check.finite": 11,
    "proofs_check.quantities": 12,
    "proofs_check.continuous": 13,
    "proofs_check.strategies": 14,
    "proofs_check.theorems": 14,
    "proofs_check.check": 15,
    "experiments.vocabulary": 20,
    "experiments.configs": 20,
    "experiments.stopped": 20,
    "experiments.results": 21,
    "experiments.captions": 22,
    "experiments.corpus": 23,
    "experiments.iterated": 23,
    "experiments.user_encoders": 23,
    "experiments.encoders": 22,
    "experiments.objectives": 22,
    "experiments.training": 23,
    "experiments.probes": 23,
    "experiments.studies.shared": 24,
    "experiments.studies.exact": 25,
    "experiments.studies.trained": 25,
    "experiments.exploring": 25,
    "experiments.studies": 26,
    "experiments": 27,
    "experiments.bench": 28,
    "figures": 30,
    "experiments.notebooks": 31,
    "figures.page": 31,
    "experiments.commands": 32,
    "experiments.cli": 33,
}
"""Each room, or module with a floor of its own, may import what is on lower floors, and itself."""

FACES = ("scm", "proofs_check", "experiments")
"""What their ``__init__`` shows comes from all rooms, so the rooms import modules instead."""

SEEN_BY_FIGURES = (
    "scm",
    "proofs_check",
    "experiments.vocabulary",
    "experiments.results",
    "figures",
)
"""All that figures are drawn with: what is on disk, and names."""


def import_graph(root):
    """For each module below ``root``, the modules and names of ours that it imports, dotted."""
    packages = {name.partition(".")[0] for name in FLOORS}
    modules = {}
    for package in packages:
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
        graph[name] = {target for target in graph[name] if target.partition(".")[0] in packages}
    return graph


def room_of(module):
    """The room on the list that a module stands in, or the module where it is on the list."""
    return next(
        room
        for room in sorted(FLOORS, key=len, reverse=True)
        if module == room or module.startswith(f"{room}.")
    )


def arrows_back(graph):
    """Every import that runs against the rules, as a sentence."""
    found = []
    for module, targets in graph.items():
        here = room_of(module)
        for target in targets:
            there = room_of(target)
            runs_back = FLOORS[there] >= FLOORS[here] and there != here
            # The face of a package stands above its rooms, of which what is below it imports none.
            if module in FACES:
                runs_back = FLOORS[there] >= FLOORS[here] + 10
            elif target in FACES:
                runs_back = module.startswith(f"{target}.") or FLOORS[there] > FLOORS[here]
            unseen = here.startswith("figures") and not target.startswith(SEEN_BY_FIGURES)
            if runs_back or unseen:
                found.append(f"{module} imports {target}")
    return found


def test_no_import_runs_back():
    graph = import_graph(ROOT)
    assert len(graph) > 20
    assert arrows_back(graph) == []


def test_every_room_has_a_floor():
    """A folder with modules is a room, of which a parent's floor does not speak."""
    packages = {name.partition(".")[0] for name in FLOORS}
    rooms = {
        ".".join(path.parent.relative_to(ROOT).parts)
        for package in packages
        for path in (ROOT / package).rglob("*.py")
    }
    assert rooms <= FLOORS.keys()


@pytest.mark.parametrize(
    ("module", "line", "found"),
    [
        ("scm/a.py", "import proofs_check", "scm.a imports proofs_check"),
        ("scm/a.py", "from scm import scenes", "scm.a imports scm.scenes"),
        ("scm/a.py", "from scm import World", "scm.a imports scm"),
        ("scm/language/a.py", "import scm.continuous.b", "scm.language.a imports scm.continuous.b"),
        ("proofs_check/a.py", "from experiments import x", "proofs_check.a imports experiments"),
        ("experiments/a.py", "import figures.price", "experiments.a imports figures.price"),
        ("experiments/studies/a.py", "import figures", "experiments.studies.a imports figures"),
        ("figures/a.py", "from experiments import x", "figures.a imports experiments"),
        (
            "figures/a.py",
            "from experiments.training import loop",
            "figures.a imports experiments.training.loop",
        ),
        (
            "experiments/encoders/a.py",
            "from ..training.loop import train",
            "experiments.encoders.a imports experiments.training.loop",
        ),
        (
            "experiments/probes/a.py",
            "def f():\n    from experiments.training.loop import x",
            "experiments.probes.a imports experiments.training.loop",
        ),
        (
            "experiments/studies/exact/a.py",
            "import experiments.studies.trained.b",
            "experiments.studies.exact.a imports experiments.studies.trained.b",
        ),
    ],
)
def test_an_arrow_back_is_found(tmp_path, module, line, found):
    """Also one inside a function, one that is relative, and one between rooms on one floor."""
    files = {
        "scm/__init__.py": "import scm.scenes.worlds",
        "scm/scenes/__init__.py": "import scm.arguments",
        "proofs_check/__init__.py": "import scm",
        "experiments/__init__.py": "from experiments.training import loop",
        "experiments/training/__init__.py": "",
        "experiments/training/loop.py": "import experiments.objectives\nimport proofs_check.y",
        "experiments/report.py": "import experiments.studies",
        "experiments/studies/__init__.py": "from experiments.training import loop",
        "experiments/commands.py": "import figures\nimport experiments.studies",
        "figures/__init__.py": "from experiments.results import table",
    }
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    assert arrows_back(import_graph(tmp_path)) == []
    path = tmp_path / module
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(line, encoding="utf-8")
    assert found in arrows_back(import_graph(tmp_path))
