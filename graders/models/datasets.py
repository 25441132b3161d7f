"""MNIST, read from the repository's own file: nothing is downloaded."""

from __future__ import annotations

import hashlib
import io
import os
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

MNIST_SHA256 = "06af5dfe73b70e3bc1c36439982b18a8d76803db9b544f6fdf838a37fbb01b64"
MNIST_VARIABLE = "GRADERS_MNIST"

Floats = npt.NDArray[np.float32]
Bytes = npt.NDArray[np.uint8]


@dataclass(frozen=True)
class Mnist:
    """The arrays of the practical session, read-only; all but labels are made when first used.

    `raw_train` (60000, 28, 28) and `raw_test` (10000, 28, 28) are grey levels in uint8,
    `y_train` (60000,) and `y_test` (10000,) digits in uint8, as Keras gives them.
    """

    raw_train: Bytes
    y_train: Bytes
    raw_test: Bytes
    y_test: Bytes

    def __post_init__(self) -> None:
        for array in (self.raw_train, self.y_train, self.raw_test, self.y_test):
            array.setflags(write=False)

    @cached_property
    def x_train(self) -> Floats:
        """(60000, 784) float32 from 0 to 1."""
        return _scaled(self.raw_train)

    @cached_property
    def x_test(self) -> Floats:
        """(10000, 784) float32 from 0 to 1."""
        return _scaled(self.raw_test)

    @property
    def x_train_images(self) -> Floats:
        """(60000, 28, 28, 1): a view of `x_train`."""
        return self.x_train.reshape(-1, 28, 28, 1)

    @property
    def x_test_images(self) -> Floats:
        """(10000, 28, 28, 1): a view of `x_test`."""
        return self.x_test.reshape(-1, 28, 28, 1)

    @cached_property
    def y_train_one_hot(self) -> npt.NDArray[np.float64]:
        """(60000, 10) float64, as `keras.utils.to_categorical` gives it."""
        return _one_hot(self.y_train)

    @cached_property
    def y_test_one_hot(self) -> npt.NDArray[np.float64]:
        """(10000, 10) float64, as `keras.utils.to_categorical` gives it."""
        return _one_hot(self.y_test)


def mnist_path() -> Path:
    """Where MNIST's file is: `$GRADERS_MNIST`, or else `data/mnist.npz` in the repository."""
    chosen = os.environ.get(MNIST_VARIABLE)
    return Path(chosen) if chosen else Path(__file__).parents[2] / "data" / "mnist.npz"


def mnist() -> Mnist:
    """MNIST, read once a process.

    Raises:
        FileNotFoundError: its file is missing.
        ValueError: the file is not MNIST's.
    """
    return _load(mnist_path())


def write_uncompressed(path: Path) -> None:
    """Write MNIST as `load_data()` reads it, the same arrays, in a file that opens at once.

    Raises:
        FileNotFoundError, ValueError: as `mnist`.
        OSError: the file cannot be written.
    """
    digits = mnist()
    np.savez(
        path,
        x_train=digits.raw_train,
        y_train=digits.y_train,
        x_test=digits.raw_test,
        y_test=digits.y_test,
    )


def use_local_mnist(path: Path | None = None) -> None:
    """Make Keras's own `mnist.load_data()` read `path` (as `mnist_path` by default).

    Only the download is replaced: Keras checks a file against the checksum of its own copy,
    and would download it again. A missing file is an error when `load_data` is called.
    """
    from keras.src.datasets import mnist as keras_mnist  # noqa: PLC0415 - Keras takes seconds

    chosen = mnist_path() if path is None else Path(path)

    def local_file(*_names: Any, **_settings: Any) -> str:
        _refuse_missing(chosen)
        return str(chosen)

    keras_mnist.get_file = local_file


@cache
def _load(path: Path) -> Mnist:
    _refuse_missing(path)
    content = path.read_bytes()
    digest = hashlib.sha256(content).hexdigest()
    if digest != MNIST_SHA256:
        raise ValueError(
            f"The file {path} is not MNIST. Received sha256: {digest}, expected: {MNIST_SHA256}."
        )
    with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
        return Mnist(arrays["x_train"], arrays["y_train"], arrays["x_test"], arrays["y_test"])


def _refuse_missing(path: Path) -> None:
    if not path.is_file():
        raise FileNotFoundError(
            f"MNIST is expected in {path}, which is no file. Set {MNIST_VARIABLE} to where it is."
        )


def _scaled(images: Bytes) -> Floats:
    flat = images.reshape(len(images), -1).astype(np.float32)
    flat /= 255
    flat.setflags(write=False)
    return flat


def _one_hot(labels: Bytes) -> npt.NDArray[np.float64]:
    rows = np.eye(10)[labels]
    rows.setflags(write=False)
    return rows
