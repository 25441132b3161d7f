"""Which names a test cell takes from the student's cells, found without running it."""

from __future__ import annotations

import ast
import builtins
import threading
from collections.abc import Iterable, Mapping
from types import MappingProxyType

PROVIDED_MODULES: Mapping[str, str] = MappingProxyType(
    {
        "keras": "keras",
        "math": "math",
        "matplotlib": "matplotlib",
        "np": "numpy",
        "numpy": "numpy",
        "pandas": "pandas",
        "pd": "pandas",
        "plt": "matplotlib.pyplot",
        "random": "random",
        "tensorflow": "tensorflow",
        "tf": "tensorflow",
        "time": "time",
    }
)
"""Names a test cell may use without importing them: they are never taken from the student."""

# CPython counts the depth of the trees it makes for all threads together: when two parse at once,
# one may end with “SystemError: AST constructor recursion depth mismatch”.
_ONE_AT_A_TIME = threading.Lock()

_ALWAYS_THERE = frozenset(dir(builtins)) | {"__name__", "display", "get_ipython"}


def names_used(source: str) -> frozenset[str]:
    """Names that are read before the source binds them; builtins are left out.

    A name bound in one branch counts as bound afterwards. Functions are taken to be called
    once the whole source has run.

    Raises:
        SyntaxError: the source is not Python.
    """
    with _ONE_AT_A_TIME:
        tree = ast.parse(source)
    cell = _Scope()
    cell.statements(tree.body)
    return frozenset((cell.read | (cell.read_later - cell.bound)) - _ALWAYS_THERE)


def names_needed(source: str) -> frozenset[str]:
    """Names to ask a student's kernel for: those used, less the modules the checker provides."""
    return names_used(source) - PROVIDED_MODULES.keys()


class _Scope(ast.NodeVisitor):
    """Names bound so far, read before being bound, and read by functions later on."""

    def __init__(self, bound: Iterable[str] = ()) -> None:
        self.bound = set(bound)
        self.read: set[str] = set()
        self.read_later: set[str] = set()

    def statements(self, nodes: Iterable[ast.AST]) -> None:
        for node in nodes:
            self.visit(node)

    def visit_Name(self, node: ast.Name) -> None:
        if isinstance(node.ctx, ast.Load):
            if node.id not in self.bound:
                self.read.add(node.id)
        else:
            self.bound.add(node.id)

    def visit_Assign(self, node: ast.Assign) -> None:
        self.visit(node.value)
        self.statements(node.targets)

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        if isinstance(node.target, ast.Name) and node.target.id not in self.bound:
            self.read.add(node.target.id)
        self.visit(node.value)
        self.visit(node.target)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        self.visit(node.annotation)
        if node.value is not None:
            self.visit(node.value)
            self.visit(node.target)

    def visit_NamedExpr(self, node: ast.NamedExpr) -> None:
        self.visit(node.value)
        self.visit(node.target)

    def visit_For(self, node: ast.For) -> None:
        self.visit(node.iter)
        self.statements([node.target, *node.body, *node.orelse])

    def visit_Import(self, node: ast.Import) -> None:
        self.bound |= {(item.asname or item.name).partition(".")[0] for item in node.names}

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        self.bound |= {item.asname or item.name for item in node.names}

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> None:
        self.bound |= {node.name} - {None}  # type: ignore[arg-type]
        self.generic_visit(node)

    def visit_MatchAs(self, node: ast.MatchAs) -> None:
        self.bound |= {node.name} - {None}  # type: ignore[arg-type]
        self.generic_visit(node)

    def visit_MatchStar(self, node: ast.MatchStar) -> None:
        self.bound |= {node.name} - {None}  # type: ignore[arg-type]

    def visit_MatchMapping(self, node: ast.MatchMapping) -> None:
        self.bound |= {node.rest} - {None}  # type: ignore[arg-type]
        self.generic_visit(node)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        self._function(node)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> None:
        self._function(node)

    def visit_Lambda(self, node: ast.Lambda) -> None:
        self._function(node)

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        self.statements([*node.decorator_list, *node.bases, *node.keywords])
        body = _Scope(self.bound)
        body.statements(node.body)
        self._inner(body, own=body.bound - self.bound)
        self.bound.add(node.name)

    def visit_ListComp(self, node: ast.ListComp) -> None:
        self._comprehension(node, [node.elt])

    def visit_SetComp(self, node: ast.SetComp) -> None:
        self._comprehension(node, [node.elt])

    def visit_GeneratorExp(self, node: ast.GeneratorExp) -> None:
        self._comprehension(node, [node.elt])

    def visit_DictComp(self, node: ast.DictComp) -> None:
        self._comprehension(node, [node.key, node.value])

    def _comprehension(
        self,
        node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp,
        results: list[ast.expr],
    ) -> None:
        inner = _Scope(self.bound)
        for part in node.generators:
            inner.statements([part.iter, part.target, *part.ifs])
        inner.statements(results)
        self._inner(inner, own=inner.bound - self.bound)

    def _function(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) -> None:
        arguments = node.args
        self.statements(
            [*arguments.defaults, *(default for default in arguments.kw_defaults if default)]
        )
        if not isinstance(node, ast.Lambda):
            self.statements(node.decorator_list)
            self.bound.add(node.name)
        body = _Scope(_own_names(node))
        body.statements(node.body if isinstance(node.body, list) else [node.body])
        self.read_later |= body.read | (body.read_later - body.bound)

    def _inner(self, scope: _Scope, own: set[str]) -> None:
        self.read |= scope.read
        self.read_later |= scope.read_later - own


def _own_names(function: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) -> set[str]:
    """Arguments, and every name the body binds, wherever it does (unless declared global)."""
    arguments = function.args
    named = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    named += [rest for rest in (arguments.vararg, arguments.kwarg) if rest is not None]
    body = _Scope()
    body.statements(function.body if isinstance(function.body, list) else [function.body])
    shared = {
        name
        for node in ast.walk(function)
        if isinstance(node, ast.Global | ast.Nonlocal)
        for name in node.names
    }
    return {argument.arg for argument in named} | (body.bound - shared)
