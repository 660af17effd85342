"""Mutants of T14 and T15: novel pairs, and the image side."""

from __future__ import annotations

from tests.mutants.mutant import Mutant

SCENE_LAWS = "tests/proofs_check/finite/test_scene_laws.py"

VISION = (
    Mutant(
        "novel pairs counted with repeats",
        "proofs_check/finite/negatives.py",
        "return Edges(*found.edges_from(np.arange(world.captions)))",
        "family, said = world.family, world.said\n"
        "    hard = said[family.source] != said[family.target]\n"
        "    return Edges(family.source[hard], family.target[hard])",
        ("tests/proofs_check/finite/test_novel_pairs.py::test_pairs_are_those_of_the_definition",),
    ),
    Mutant(
        "novel pairs with the image of the familiar caption",
        "proofs_check/finite/novel_pairs.py",
        "first_image[world.said[negative]]",
        "first_image[world.said[caption]]",
        ("tests/proofs_check/finite/test_novel_pairs.py::test_pairs_are_those_of_the_definition",),
    ),
    Mutant(
        "p(q, z) for p(q | z)",
        "proofs_check/finite/scene_laws.py",
        "return np.divide(joint, total, out=joint, where=total > 0)",
        "return joint",
        (f"{SCENE_LAWS}::test_laws_are_those_of_fractions",),
    ),
    Mutant(
        "scenes tie that share their orbits, whatever the odds",
        "proofs_check/finite/scene_laws.py",
        'pdist(logs, "chebyshev")',
        'pdist(laws > 0, "chebyshev")',
        (f"{SCENE_LAWS}::test_laws_are_those_of_fractions",),
    ),
)
