"""The names a test cell takes from the student are found by reading it."""

from __future__ import annotations

import gc
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from graders.grading.checking.cell_names import names_needed, names_used

CASES = {
    "an attribute": ("mlp.count_params()", {"mlp"}),
    "bound before": ("x = 1\nx", set()),
    "read before being bound": ("x = x", {"x"}),
    "changed in place": ("x += 1", {"x"}),
    "annotated": ("x: int = y\nx", {"y"}),
    "deleted": ("x = 1\ndel x", set()),
    "a builtin": ("print(len(scores))", {"scores"}),
    "imported": ("import keras.layers\nfrom a import b as c\nkeras, c, b", {"b"}),
    "a loop": ("for i in rows: i\nprint(i)", {"rows"}),
    "a context": ("with open(path) as file: file", {"path"}),
    "an exception": ("try: pass\nexcept Error as e: e", {"Error"}),
    "a comprehension": ("[i * k for i in l if i]", {"k", "l"}),
    "a dictionary of them": ("{a: b for a, b in z.items()}", {"z"}),
    "a walrus": ("if (n := len(m)) > 1: n", {"m"}),
    "a formatted text": ("f'{v!r:>{w}}'", {"v", "w"}),
    "a lambda": ("lambda u: u + v", {"v"}),
    "an argument's default": ("def f(a, *b, c=d, **e): return a, b, c, e", {"d"}),
    "functions in any order": ("def f(): return g()\ndef g(): return h\nf()", {"h"}),
    "a name of an outer function": ("def f():\n def g(): return t\n t = 1\n return g", set()),
    "a recursive function": ("def f(n): return f(n - 1)", set()),
    "a class": ("class A(B):\n y = 1\n def m(self): return self.y + q", {"B", "q"}),
    "a pattern": ("match s:\n case {'a': a, **r}: a, r\n case [*t] as u: t, u", {"s"}),
    "a function in a comprehension": ("[(lambda: q + i) for i in r]", {"q", "r"}),
}


@pytest.mark.parametrize(("source", "names"), CASES.values(), ids=CASES.keys())
def test_names_read_before_being_bound_are_used(source: str, names: set[str]) -> None:
    assert names_used(source) == names


def test_modules_that_everybody_imports_are_not_asked_of_the_student() -> None:
    source = "np.mean(scores), tf.constant(0), keras, plt.show()"
    assert names_used(source) == {"np", "scores", "tf", "keras", "plt"}
    assert names_needed(source) == {"scores"}


def test_what_is_not_python_is_refused() -> None:
    with pytest.raises(SyntaxError):
        names_used("%matplotlib inline")


def test_many_threads_may_ask_at_once() -> None:
    def others_may_go_on(_phase: str, _info: object) -> None:
        time.sleep(0)

    source = "[" * 40 + "x" + "]" * 40 + "\ny = [z for z in w]\n" * 20
    threshold = gc.get_threshold()
    # Threads change places in the middle of a tree only when Python code runs there: in the
    # callbacks of a collection, which Dask has too.
    gc.callbacks.append(others_may_go_on)
    gc.set_threshold(50)
    try:
        with ThreadPoolExecutor(4) as threads:
            found = list(threads.map(names_used, [source] * 40))
    finally:
        gc.set_threshold(*threshold)
        gc.callbacks.remove(others_may_go_on)
    assert set(found) == {frozenset({"x", "w"})}
