"""What the host runs in a student's kernel: settings before a cell, values after it.

With `VISIBLE_IN_SANDBOX` this is all of the project that student code can read. It is written to
read a right answer rightly, whatever the student redefined; nothing it says is believed.
"""

from __future__ import annotations

import gc
import importlib
import random
import sys
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from graders.grading.values.encoding import Encoder, Node, aligned, encode, short, type_name

VISIBLE_IN_SANDBOX = (
    "graders/__init__.py",
    "graders/grading/__init__.py",
    "graders/grading/student.py",
    "graders/grading/values/__init__.py",
    "graders/grading/values/encoding.py",
    "graders/grading/trainings/__init__.py",
    "graders/grading/trainings/frames.py",
    "graders/grading/trainings/requests.py",
    "graders/grading/trainings/fit_request.py",
    "graders/grading/trainings/inference_request.py",
    "graders/grading/trainings/hooks.py",
    "graders/models",
)
"""Paths below the project's root; nothing else of it is shown to student code."""

DOCUMENT, BLOB = "{label}.json", "{label}.blob"
"""Names of the two files that `export` writes."""


def prepare(seed: int, mnist: str | None = None, *, with_keras: bool = True) -> None:
    """Sets the random seeds a cell starts from, and where `load_data()` reads MNIST.

    Without Keras, which takes seconds to import, where no answer names it.
    """
    if not with_keras and "keras" not in sys.modules:
        random.seed(seed)
        np.random.seed(seed)
        return
    keras = _imported_keras()
    keras.utils.set_random_seed(seed)
    if mnist is not None:
        from graders.models.datasets import use_local_mnist  # noqa: PLC0415

        use_local_mnist(Path(mnist))


def _imported_keras() -> Any:
    """Keras, imported at the first call, as the one who reads this module need not.

    Its import makes a million objects that stay: looking for garbage among them, now and at
    every later collection, would take a fifth of its time.
    """
    if "keras" in sys.modules:
        return sys.modules["keras"]
    enabled = gc.isenabled()
    gc.disable()
    try:
        return importlib.import_module("keras")
    finally:
        gc.freeze()
        if enabled:
            gc.enable()


def prepare_line(seed: int, mnist: str | None = None, *, with_keras: bool = True) -> str:
    """What the host runs before a cell: `prepare`, without leaving a name behind."""
    call = f"prepare({seed!r}, {mnist!r}, with_keras={with_keras!r})"
    return f"__import__({__name__!r}, fromlist=['prepare']).{call}"


def ask_host(path: str) -> None:
    """Has Keras ask for its work at the socket `path`."""
    _imported_keras()
    from graders.grading.trainings.hooks import install_socket  # noqa: PLC0415 - it takes Keras

    install_socket(path)


def trainings_line(path: str) -> str:
    """What the host runs in a kernel, once: `ask_host`."""
    return f"__import__({__name__!r}, fromlist=['ask_host']).ask_host({path!r})"


def export_line(names: Iterable[str], directory: str, label: str) -> str:
    """What the host runs for a test cell: `export` of the notebook's names."""
    call = f"export({sorted(names)!r}, None, {directory!r}, {label!r})"
    return f"__import__({__name__!r}, fromlist=['export']).{call}"


def present_line(names: Iterable[str], directory: str, file: str) -> str:
    """What the host runs after a cell: `present` for the notebook's names."""
    call = f"present({sorted(names)!r}, {directory!r}, {file!r})"
    return f"__import__({__name__!r}, fromlist=['present']).{call}"


def present(names: Iterable[str], directory: str, file: str) -> None:
    """Writes which of `names` the notebook defines now, one a line."""
    namespace = vars(sys.modules["__main__"])
    found = "\n".join(name for name in names if name in namespace)
    (Path(directory) / file).write_text(found)


def export(
    names: Iterable[str],
    namespace: Mapping[str, object] | None,
    directory: str,
    label: str = "values",
) -> None:
    """Writes the values of `names` that exist to `<label>.json` and `<label>.blob`.

    A namespace of None is the notebook's own.
    """
    namespace = vars(sys.modules["__main__"]) if namespace is None else namespace
    wanted = list(names)
    values = {name: namespace[name] for name in wanted if name in namespace}
    missing = [name for name in wanted if name not in values]
    encoded = encode(values, missing, special=_keras_node)
    folder = Path(directory)
    with (folder / BLOB.format(label=label)).open("wb") as blob:
        blob.writelines(aligned(encoded.chunks))
    (folder / DOCUMENT.format(label=label)).write_bytes(encoded.document)


def _keras_node(value: Any, encoder: Encoder, depth: int) -> Node | None:
    keras = sys.modules.get("keras")
    if keras is None:  # Then nothing can be an object of it.
        return None
    kind = type(value)
    if issubclass(kind, keras.Model):
        return _model(value, encoder)
    if kind is keras.callbacks.History:
        return _history(value, encoder, depth)
    if issubclass(kind, keras.initializers.Initializer):
        return ["keras_object", type_name(kind)]
    if issubclass(kind, keras.Variable):
        value = value.value
    if keras.ops.is_tensor(value):
        return encoder.array(keras.ops.convert_to_numpy(value), "tensor")
    return None


def _history(value: Any, encoder: Encoder, depth: int) -> Node | None:
    parts = [getattr(value, name, None) for name in ("params", "epoch", "history")]
    if type(parts[0]) is not dict or type(parts[1]) is not list or type(parts[2]) is not dict:
        return None
    return ["history", *(encoder.node(part, depth + 1) for part in parts)]


def _model(model: Any, encoder: Encoder) -> Node:
    from graders.models.portable import PortableError, dump  # noqa: PLC0415
    from graders.models.reading import NotReadable, read_snapshot  # noqa: PLC0415
    from graders.models.snapshot import Snapshot  # noqa: PLC0415

    try:
        snapshot = read_snapshot(model)
        finite = _finite(snapshot)
        tag = "model" if finite is snapshot else "diverged_model"
        return [tag, *_chunks(dump(finite), encoder)]
    except PortableError as error:
        reason, detail, architecture = "TOO_LARGE", str(error), None
    except NotReadable as error:
        reason, detail, architecture = error.reason.name, error.detail, error.architecture
    try:
        partial = architecture and dump(Snapshot(architecture, None))
    except PortableError:
        partial = None
    sizes = _chunks(partial, encoder) if partial else [None, None]
    return ["unreadable_model", reason, short(detail, 200), *sizes]


def _finite(snapshot: Any) -> Any:
    """The same snapshot with zeros for weights where training has lost itself to NaN."""
    record = snapshot.training
    measures = [value for _, values in record.history for value in values] if record else []
    weights = snapshot.weights or ()
    if np.isfinite(measures).all() and all(np.isfinite(array).all() for array in weights):
        return snapshot
    return replace(
        snapshot,
        weights=snapshot.weights and tuple(np.zeros_like(array) for array in weights),
        training=record and replace(record, history=()),
    )


def _chunks(portable: Any, encoder: Encoder) -> list[int]:
    return [encoder.chunk(portable.header), encoder.chunk(portable.blob)]
