"""Attacks by libraries and modules that the student has changed."""

from __future__ import annotations

from tests.attacks.attack import UNJUDGED, on_model, on_number

POISONING = (
    on_model(
        "patched Keras and NumPy",
        "replace the functions that a check might call",
        """
import keras, numpy as np
keras.Model.count_params = lambda self: 79510
keras.Model.predict = keras.Model.evaluate = lambda self, *a, **k: 1.0
keras.Model.get_weights = lambda self: []
keras.layers.Dense.units = 100
np.array_equal = np.allclose = lambda *a, **k: True
mlp = keras.Sequential([keras.Input((784,)), keras.layers.Dense(7, "relu")])
""",
        0,
    ),
    on_number(
        "a fake answer key",
        "put a package `graders` with an answer key of one's own before ours",
        """
import pathlib, sys, types
key = types.ModuleType("graders.answer_keys.tp_keras")
key.grade = lambda *a, **k: 2.0
sys.modules["graders.answer_keys"] = types.ModuleType("graders.answer_keys")
sys.modules["graders.answer_keys.tp_keras"] = key
sys.modules["graders.rubric"] = key
folder = pathlib.Path("graders/answer_keys")
folder.mkdir(parents=True)
(folder / "tp_keras.py").write_text("grade = lambda *a, **k: 2.0")
(folder.parent / "__init__.py").write_text("")
sys.path.insert(0, ".")
""",
    ),
    on_number(
        "no grader's module",
        "replace all of `graders` in the kernel",
        """
import sys, types
for name in [name for name in sys.modules if name.startswith("graders")]:
    sys.modules[name] = types.ModuleType(name)
""",
        UNJUDGED,
    ),
    on_number(
        "a patched export",
        "have the grader's own function write nothing but what is not asked",
        """
import pathlib
import graders.grading.student as student
def export(names, namespace, directory, label):
    values = '[["the_number", ["eval", "42"]]]'
    document = '{"format": "graders-values/1", "values": ' + values + ', "missing": []}'
    (pathlib.Path(directory) / f"{label}.json").write_text(document)
    (pathlib.Path(directory) / f"{label}.blob").write_bytes(b"")
student.export = export
""",
        UNJUDGED,
    ),
    on_number(
        "builtins",
        "replace type, isinstance, len, open and __import__",
        """
import builtins
real = builtins.__import__
def hostile(name, *arguments, **options):
    if name.startswith("graders"):
        raise SystemExit
    return real(name, *arguments, **options)
builtins.type = builtins.isinstance = lambda *arguments: True
builtins.len = lambda value: 42
builtins.open = None
builtins.__import__ = hostile
""",
        UNJUDGED,
        cell_seconds=3,
        interrupt_seconds=0.5,
    ),
    on_number(
        "another main module",
        "put a module of one's own in place of the notebook's namespace",
        """
import sys, types
fake = types.ModuleType("__main__")
fake.the_number = 43
sys.modules["__main__"] = fake
""",
    ),
)
