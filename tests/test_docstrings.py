"""Public functions say what their parameters are, and name the errors that they raise."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parent.parent

PACKAGES = ("scm", "proofs_check", "experiments", "figures")
"""Those whose docstrings are complete."""

SECTION = re.compile(r"^(Args|Returns|Yields|Raises|Attributes|Source):", re.MULTILINE)

CHECK = re.compile(r"require(_\w+)?")
"""Names of the functions of `scm.arguments`, which raise `ArgumentError`."""

FUNCTIONS = ast.FunctionDef | ast.AsyncFunctionDef


class Function(NamedTuple):
    """A public function or method at the top of its module or class, and where it stands."""

    module: ast.Module
    owner: ast.ClassDef | None
    node: ast.FunctionDef | ast.AsyncFunctionDef

    @property
    def name(self):
        return f"{self.owner.name}.{self.node.name}" if self.owner else self.node.name

    @property
    def parameters(self):
        """Names of all but self or cls."""
        of = self.node.args
        every = [*of.posonlyargs, *of.args, of.vararg, *of.kwonlyargs, of.kwarg]
        names = [one.arg for one in every if one is not None]
        is_static = "staticmethod" in names_of(self.node.decorator_list)
        return tuple(names if self.owner is None or is_static else names[1:])

    @property
    def described(self):
        """The parameters that its docstring names under Args."""
        return entries(self.node, "Args")


def names_of(expressions):
    """The last name of each: that of a decorator, a base, or an error."""
    found = []
    for expression in expressions:
        while isinstance(expression, ast.Call | ast.Subscript):
            expression = expression.func if isinstance(expression, ast.Call) else expression.value
        if isinstance(expression, ast.Attribute):
            found.append(expression.attr)
        elif isinstance(expression, ast.Name):
            found.append(expression.id)
    return found


def entries(node, section):
    """What a section of a docstring has an entry for; several may share one."""
    _, *parts = SECTION.split(ast.get_docstring(node) or "")
    body = dict(zip(parts[::2], parts[1::2], strict=True)).get(section, "")
    found = re.findall(r"^    (\*{0,2}\w+(?:, \*{0,2}\w+)*):", body, re.MULTILINE)
    return tuple(name.lstrip("*") for entry in found for name in entry.split(", "))


def is_public(name):
    return not name.startswith("_")


def classes(module):
    return [node for node in module.body if isinstance(node, ast.ClassDef) and is_public(node.name)]


def functions(module):
    """Public ones that are not nested; what only says a type of an overloaded one is none."""
    for owner in (None, *classes(module)):
        for node in (owner or module).body:
            if not isinstance(node, FUNCTIONS) or not is_public(node.name):
                continue
            if "overload" not in names_of(node.decorator_list):
                yield Function(module, owner, node)


def inherited(modules):
    """Methods that say their parameters for others: name and parameters of each.

    A class that meets a protocol, or has a base, need not say again what parameters mean that a
    method of that name and with those parameters describes there.
    """
    every = [owner for module in modules for owner in classes(module)]
    bases = {name for owner in every for name in names_of(owner.bases)}
    return {
        (one.node.name, one.parameters)
        for module in modules
        for one in functions(module)
        if one.owner is not None
        and (one.owner.name in bases or "Protocol" in names_of(one.owner.bases))
        and set(one.parameters) == set(one.described)
    }


def badly_described(modules):
    """Functions whose docstring does not name their parameters, each with those that differ.

    Two or more have to be named, by the function or, where all functions of a module share them,
    by the module's docstring; and whatever is named must be there.
    """
    known = inherited(modules)
    for module in modules:
        shared = set(entries(module, "Args"))
        for one in functions(module):
            described = set(one.described)
            wanted = set(one.parameters) - shared
            is_exempt = (one.node.name, one.parameters) in known
            if not described and (is_exempt or len(one.parameters) < 2):
                continue
            if described - shared != wanted:
                yield one.name, sorted(wanted ^ (described - shared))


def raised(node, module):
    """Errors that a function raises itself, not by what it calls, except by `require` and kin.

    An error that another function of the module makes is what that one says that it returns.
    """
    makers = {
        one.name: names_of([one.returns]) for one in module.body if isinstance(one, FUNCTIONS)
    }
    stack, found = list(node.body), set()
    while stack:
        inner = stack.pop()
        if isinstance(inner, FUNCTIONS | ast.Lambda | ast.ClassDef):
            continue
        if isinstance(inner, ast.Raise) and isinstance(inner.exc, ast.Call):
            for name in names_of([inner.exc]):
                found |= set(makers.get(name) or [name])
        if isinstance(inner, ast.Call) and isinstance(inner.func, ast.Name):
            found |= {"ArgumentError"} if CHECK.fullmatch(inner.func.id) else set()
        stack.extend(ast.iter_child_nodes(inner))
    return found


def unnamed_errors(modules):
    """Functions and classes whose docstring does not name an error that they raise, with those.

    A class speaks for what checks it on creation.
    """
    for module in modules:
        for one in functions(module):
            missing = raised(one.node, module) - set(entries(one.node, "Raises"))
            if missing:
                yield one.name, sorted(missing)
        for owner in classes(module):
            for node in owner.body:
                if isinstance(node, FUNCTIONS) and node.name in ("__init__", "__post_init__"):
                    missing = raised(node, module) - set(entries(owner, "Raises"))
                    if missing:
                        yield owner.name, sorted(missing)


def parsed(package):
    return [
        ast.parse(path.read_text(encoding="utf-8"), str(path))
        for path in sorted((ROOT / package).rglob("*.py"))
        if is_public(path.stem) or path.stem == "__init__"
    ]


@pytest.fixture(scope="module")
def modules():
    return [module for package in PACKAGES for module in parsed(package)]


def test_functions_say_what_their_parameters_are(modules):
    assert sum(1 for module in modules for _ in functions(module)) > 600
    assert list(badly_described(modules)) == []


def test_functions_name_the_errors_that_they_raise(modules):
    assert list(unnamed_errors(modules)) == []


def test_the_error_that_is_named_is_ours(modules):
    """Users catch `ArgumentError`; the `ValueError` that it is says less.

    A function that raises a plain `ValueError` itself names that.
    """
    for module in modules:
        for one in functions(module):
            named = set(entries(one.node, "Raises")) - raised(one.node, module)
            assert "ValueError" not in named, one.name
        for owner in classes(module):
            assert "ValueError" not in entries(owner, "Raises"), owner.name


ARGS = '"""F.\n\n    Args:\n        x: of x.\n        y: of y.\n    """'


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ('def f(x):\n    """F."""', []),
        ('def f(x, y):\n    """F."""', [("f", ["x", "y"])]),
        (f"def f(x, y):\n    {ARGS}", []),
        (f"def f(x, y, *, z=1, **others):\n    {ARGS}", [("f", ["others", "z"])]),
        (f"def f(x):\n    {ARGS}", [("f", ["y"])]),
        ('def f(x, y):\n    """F.\n\n    Args:\n        x, y: both.\n    """', []),
        ('def _f(x, y):\n    """F."""', []),
        ('class A:\n    def f(self, x, y):\n        """F."""', [("A.f", ["x", "y"])]),
        ('class A:\n    @staticmethod\n    def f(x, y):\n        """F."""', [("A.f", ["x", "y"])]),
        ('"""M.\n\nArgs:\n    x: of x.\n    y: of y.\n"""\n\ndef f(x, y):\n    """F."""', []),
        ("@overload\ndef f(x, y): ...", []),
    ],
)
def test_a_parameter_that_is_not_named_is_found(source, found):
    assert list(badly_described([ast.parse(source)])) == found


def test_a_method_need_not_say_again_what_its_protocol_says():
    """Of the same name and parameters; a class that no other is made after says nothing for it."""
    method = ARGS.replace("\n    ", "\n        ")
    protocol = f"class P(Protocol[T]):\n    def f(self, x, y):\n        {method}"
    for head, found in (("P(Protocol[T])", []), ("Q", [("A.f", ["x", "y"])])):
        first = ast.parse(protocol.replace("P(Protocol[T])", head))
        second = ast.parse('class A:\n    def f(self, x, y):\n        """See P."""')
        assert list(badly_described([first, second])) == found
    renamed = ast.parse('class A:\n    def f(self, x, z):\n        """See P."""')
    assert list(badly_described([ast.parse(protocol), renamed])) == [("A.f", ["x", "z"])]


RAISES = '"""F.\n\n    Raises:\n        ArgumentError: for x.\n    """'
MAKER = "def _bad(x) -> ArgumentError:\n    return ArgumentError(x)"


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ('def f(x):\n    """F."""\n    require_integer("x", x, 1)', [("f", ["ArgumentError"])]),
        (f'def f(x):\n    {RAISES}\n    require(x > 1, "x", "more", x)', []),
        (f"def f(x):\n    {RAISES}\n    raise ConditionError(x)", [("f", ["ConditionError"])]),
        ('def f(x):\n    """F."""\n    def g():\n        raise ArgumentError(x)', []),
        ('def f(x):\n    """F."""\n    return requirements(x)', []),
        (f'def f(x):\n    """F."""\n    raise _bad(x)\n{MAKER}', [("f", ["ArgumentError"])]),
        (f"def f(x):\n    {RAISES}\n    raise _bad(x)\n{MAKER}", []),
        (
            'class A:\n    """A."""\n    def __post_init__(self):\n        require(x, "x", "x", x)',
            [("A", ["ArgumentError"])],
        ),
    ],
)
def test_an_error_that_is_not_named_is_found(source, found):
    assert list(unnamed_errors([ast.parse(source)])) == found
