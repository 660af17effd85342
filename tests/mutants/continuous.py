"""Mutants of T2 and T5 in continuous worlds: the Darmois map, the fold, L_AE."""

from __future__ import annotations

from tests.mutants.mutant import Mutant

DARMOIS = "tests/proofs_check/continuous/test_darmois.py"
STYLE_READERS = "tests/proofs_check/continuous/test_style_readers.py"

CONTINUOUS = (
    Mutant(
        "Darmois map without conditioning, Gaussian content",
        "proofs_check/continuous/darmois.py",
        "solve_triangular(self.factor, self.mechanism.noise(z).T, lower=True).T",
        "self.mechanism.noise(z) / jnp.linalg.norm(self.factor, axis=1)[None, :]",
        (f"{DARMOIS}::test_gaussian_content_has_the_conditional_laws_of_regression",),
    ),
    Mutant(
        "Darmois map without conditioning, content on a DAG",
        "proofs_check/continuous/darmois.py",
        "solve_triangular(self.factor, self.mechanism.noise(z).T, lower=True).T",
        "solve_triangular(self.factor, z.T, lower=True).T",
        (f"{DARMOIS}::test_content_on_a_dag_has_the_laws_of_its_equations",),
    ),
    Mutant(
        "a fold that is one-to-one",
        "proofs_check/continuous/fold.py",
        "4 * jnp.pi * uniform[:, 1]",
        "2 * jnp.pi * uniform[:, 1]",
        ("tests/proofs_check/continuous/test_fold.py::test_the_fold_doubles_volume",),
    ),
    Mutant(
        "L_AE without entropy",
        "proofs_check/quantities/alignment_entropy.py",
        "alignment + 0.5 * np.sum(",
        "alignment + 0.0 * np.sum(",
        (
            "tests/proofs_check/quantities/test_alignment_entropy.py::test_a_linear_shift_has_a_closed_form",
        ),
    ),
    Mutant(
        "codes turned towards style that lose as correlated uniform numbers do",
        "proofs_check/continuous/style_readers.py",
        "np.arcsin(correlation / 2) / np.pi",
        "correlation / 6",
        (f"{STYLE_READERS}::test_the_loss_of_a_turn_is_an_integral_over_two_normals",),
    ),
    Mutant(
        "encoders that are turned towards nothing",
        "proofs_check/continuous/style_readers.py",
        "np.cos(angle) * content[:, :m] + np.sin(angle) * style",
        "content[:, :m]",
        (f"{STYLE_READERS}::test_a_turn_keeps_codes_uniform",),
    ),
    Mutant(
        "style with what content causes",
        "scm/continuous/content.py",
        'noise = blocks[block] - blocks["z_inv"] @ self.style_weights[block].T',
        "noise = blocks[block]",
        (f"{STYLE_READERS}::test_what_is_read_is_standard_normal_and_independent",),
    ),
)
