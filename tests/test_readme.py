"""README's snippets run from a plain folder, however the package was installed."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import venv
from pathlib import Path

import pytest

from experiments.commands.parse import load, parse
from scm.version import VERSION

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
EXAMPLES = (ROOT / ".github" / "EXAMPLES.md").read_text(encoding="utf-8")
GALLERY = (ROOT / "figures" / "gallery" / "README.md").read_text(encoding="utf-8")

PACKAGES = tuple(path.parent.name for path in ROOT.glob("*/py.typed"))
"""Ours say that they are typed."""

PIP = ("-m", "pip", "--quiet")
INSTALL = ("install", "--no-deps", "--no-index", "--no-build-isolation")
"""Offline: the build backend and what we depend on are those of this environment."""

PRINTED = (
    "'a white cat' and 'a black dog' in one orbit",
    "",
    "z_inv",
    "novel image",
    "z_inv",
    "",
)
"""What the snippets print, among other things: those of README, then the longer ones."""

LINES, WORDS = 150, 35
"""Most lines of README, and most words of a sentence of it or of the gallery."""

RUN = """
import json, sys
for code in json.loads(sys.argv[1]):
    exec(compile(code, "README.md", "exec"), {"__name__": "readme"})
    print(sys.argv[2])
"""
"""Runs snippets in turn, and prints a line after each."""

LINE = "--- next ---"


def code_blocks(language: str, text: str = README) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)


def sentences(text: str) -> list[str]:
    """Sentences of the prose, cells of tables, captions of pictures."""
    prose = re.sub(r"```.*?```", "\n\n", text, flags=re.DOTALL)
    prose = re.sub(r"\[([^\[\]]*)\]\([^)]*\)", r"\1", prose)
    blocks = re.split(r"\n\s*\n|\n(?=[-|#*!])", prose)
    return [one for block in blocks for one in re.split(r"(?<=[.!?])\s+|\|", block)]


@pytest.fixture(scope="module", params=("editable", "wheel"))
def environment(request, tmp_path_factory):
    """A fresh environment where the package is installed, and nothing that hides how."""
    directory = tmp_path_factory.mktemp(request.param)
    venv.create(directory)
    (packages,) = directory.glob("lib/python*/site-packages")
    ours = [path for path in sys.path if Path(path).name in ("site-packages", "dist-packages")]
    (packages / "dependencies.pth").write_text("\n".join(ours) + "\n")
    source = ("--editable", ROOT) if request.param == "editable" else (ROOT,)
    run(sys.executable, *PIP, "--python", directory / "bin" / "python", *INSTALL, *source, cwd=ROOT)
    return request.param, directory


@pytest.fixture
def plain_folder(tmp_path):
    """A folder with results of a user's own, in folders called as our packages are."""
    for name in PACKAGES:
        (tmp_path / name).mkdir()
        (tmp_path / name / "notes.txt").write_text("not a package")
    return tmp_path


def run(*command, cwd):
    # As a user has it: under CI Hypothesis would have no deadline.
    hidden = ("PYTHONPATH", "CI")
    kept = {name: value for name, value in os.environ.items() if name not in hidden}
    done = subprocess.run(
        list(map(str, command)),
        cwd=cwd,
        env=kept,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_snippets_run_beside_plain_folders(environment, plain_folder):
    """All where the wheel is installed; where the source is, one: the modules are the same."""
    kind, directory = environment
    snippets = code_blocks("python") + code_blocks("python", EXAMPLES)
    wanted = PRINTED if kind == "wheel" else PRINTED[:1]
    command = (directory / "bin" / "python", "-c", RUN, json.dumps(snippets[: len(wanted)]), LINE)
    outputs = run(*command, cwd=plain_folder).split(LINE)
    assert len(PRINTED) == len(snippets)
    for output, printed in zip(outputs[:-1], wanted, strict=True):
        assert printed in output


def test_packages_are_ours_beside_plain_folders(environment, plain_folder):
    kind, directory = environment
    (installed,) = directory.glob("lib/python*/site-packages")
    program = "import sys; [print(__import__(name).__file__) for name in sys.argv[1:]]"
    found = run(directory / "bin" / "python", "-c", program, *PACKAGES, cwd=plain_folder)
    folder = installed if kind == "wheel" else ROOT
    assert found.splitlines() == [str(folder / name / "__init__.py") for name in PACKAGES]


def test_the_command_runs_beside_plain_folders(environment, plain_folder):
    _, directory = environment
    said = run(directory / "bin" / "tokenscm", "--version", cwd=plain_folder)
    assert said == f"tokenscm {VERSION}\n"


def test_what_is_installed_is_our_packages_and_no_tests(environment):
    kind, directory = environment
    (record,) = directory.glob("lib/python*/site-packages/token_scm-*.dist-info/RECORD")
    names = [line.partition(",")[0] for line in record.read_text().splitlines()]
    modules = {name for name in names if name.endswith(".py")}
    wanted = {
        str(path.relative_to(ROOT))
        for package in PACKAGES
        for path in (ROOT / package).rglob("*.py")
    }
    assert len(PACKAGES) == 4
    assert modules == (wanted if kind == "wheel" else set())
    typed = {name.partition("/")[0] for name in names if name.endswith("py.typed")}
    assert typed == (set(PACKAGES) if kind == "wheel" else set())
    assert not any(name.endswith(".png") for name in names)
    read = {name for name in names if name.endswith((".md", ".j2", ".css", ".js"))}
    page = ("page.html.j2", "parts.html.j2", "page.css", "page.js")
    wanted = {"proofs_check/THEORY.md", *(f"figures/page/{name}" for name in page)}
    assert read == (wanted if kind == "wheel" else set())


def test_ci_runs_the_test_command():
    command = next(code for code in code_blocks("bash") if "pytest" in code).strip()
    assert command in (ROOT / ".ci" / "run").read_text().splitlines()


def test_readme_is_short():
    assert len(README.splitlines()) <= LINES
    assert len(code_blocks("python")) + len(code_blocks("bash")) - 2 <= 5


@pytest.mark.parametrize("text", [README, GALLERY], ids=["README", "gallery"])
def test_sentences_can_be_read_aloud(text):
    assert [
        one
        for one in sentences(text)
        if len(re.findall(r"[\w']+", one.replace("\u2019", "'"))) > WORDS
    ] == []


def test_the_gallery_has_two_sentences_a_figure():
    shown = re.findall(r"^!\[.+\]\((\w+)\.png\)\n\n- .+\n- \*\*Measured", GALLERY, re.MULTILINE)
    kept = {path.stem for path in (ROOT / "figures" / "gallery").glob("*.png")}
    assert sorted(shown) == sorted(kept)
    assert GALLERY.count("\n- **") == 2 * len(kept)


@pytest.mark.parametrize("page", ["README.md", ".github/EXAMPLES.md", "figures/gallery/README.md"])
def test_pages_link_to_what_is_there(page):
    text = (ROOT / page).read_text(encoding="utf-8")
    targets = [target for target in re.findall(r"\]\(([^)]+)\)", text) if "://" not in target]
    folder = (ROOT / page).parent
    assert [one for one in targets if not (folder / one.partition("#")[0]).exists()] == []


def test_commands_of_readme_parse():
    """Each is known with its options; what they do is tested elsewhere."""
    said = re.findall(r"tokenscm (\w+)([^#&\n]*)", "\n".join(code_blocks("bash")))
    assert {name for name, _ in said} >= {"reproduce", "show", "sweep", "captions", "probe"}
    for name, rest in said:
        words = rest.split(">")[0].split()
        assert parse(load([name]), [name, *words]) is not None
