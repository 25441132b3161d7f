"""The images in data/ are MNIST itself, to the byte."""

import hashlib
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).parents[2]
MNIST = ROOT / "data" / "mnist.npz"
README = ROOT / "data" / "README.md"

SHA256 = "06af5dfe73b70e3bc1c36439982b18a8d76803db9b544f6fdf838a37fbb01b64"
# Array in the file, and MD5 of the original IDX file it was read from.
ORIGINALS = [
    ("x_train", "6bbc9ace898e44ae57da46a324031adb"),
    ("y_train", "a25bea736e30d166cdddb491f175f624"),
    ("x_test", "2646ac647ad5339dbf082846283269ea"),
    ("y_test", "27ae3e4e09519cfbb04c329615203637"),
]


def idx_bytes(array: np.ndarray[tuple[int, ...], np.dtype[np.uint8]]) -> bytes:
    """The array in MNIST's own format: two zeros, type, dimensions, big-endian sizes, values."""
    unsigned_byte = 8
    sizes = b"".join(size.to_bytes(4, "big") for size in array.shape)
    return bytes([0, 0, unsigned_byte, array.ndim]) + sizes + array.tobytes()


def test_the_file_has_the_published_checksum() -> None:
    assert hashlib.sha256(MNIST.read_bytes()).hexdigest() == SHA256


@pytest.mark.parametrize(("name", "checksum"), ORIGINALS)
def test_each_array_is_the_original_file_byte_for_byte(name: str, checksum: str) -> None:
    with np.load(MNIST, allow_pickle=False) as file:
        assert file[name].dtype == np.uint8
        rebuilt = idx_bytes(file[name])
    assert hashlib.md5(rebuilt, usedforsecurity=False).hexdigest() == checksum


def test_the_readme_states_every_checksum() -> None:
    text = README.read_text("utf-8")
    for checksum in [SHA256, *(checksum for _, checksum in ORIGINALS)]:
        assert checksum in text
