"""Students' kernels read MNIST from this machine: three hundred do not download it at once.

Runs at the start of every kernel and imports nothing heavy; Keras is told once it is imported.
Keras would refuse the file, which holds the same arrays as its own under another checksum.
"""

import sys
from pathlib import Path
from types import ModuleType

import wrapt  # TensorFlow needs it, so it is there


@wrapt.when_imported("keras.src.datasets.mnist")
def _read_the_local_file(module: ModuleType) -> None:
    path = str(Path(sys.prefix) / "share" / "mnist" / "mnist.npz")
    module.get_file = lambda *_names, **_settings: path  # type: ignore[attr-defined]
