"""Working with Keras without the student's next cell noticing."""

from __future__ import annotations

import io
import random
import warnings
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout

import keras
import numpy as np
from keras.src.backend.common import global_state  # No public way to read a name counter.

NAME_COUNTERS = "object_name_uids"
SEED_GENERATOR = "global_seed_generator"


@contextmanager
def no_trace() -> Iterator[None]:
    """Puts back, on leaving, what making layers and calling models changes around them.

    That is the random state of Python, NumPy and Keras, and the counters that number the
    names of layers and tensors. What is printed and warned of meanwhile is dropped.
    """
    with redirect_stdout(io.StringIO()), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        python_state, numpy_state = random.getstate(), np.random.get_state()
        counters = global_state.get_global_attribute(NAME_COUNTERS)
        counts = None if counters is None else defaultdict(int, counters)
        generator = global_state.get_global_attribute(SEED_GENERATOR)
        seed = None if generator is None else keras.ops.convert_to_numpy(generator.state)
        try:
            yield
        finally:
            random.setstate(python_state)
            np.random.set_state(numpy_state)
            global_state.set_global_attribute(NAME_COUNTERS, counts)
            if generator is not None:
                generator.state.assign(seed)
            global_state.set_global_attribute(SEED_GENERATOR, generator)
