"""What a student kernel finds in its environment: a short list, nothing of the grader's own."""

from __future__ import annotations

import sys
from pathlib import Path

_FIXED = {
    "LANG": "C.UTF-8",
    "KERAS_BACKEND": "tensorflow",
    "MPLBACKEND": "module://matplotlib_inline.backend_inline",
    "PYTHONDONTWRITEBYTECODE": "1",
    "PYTHONNOUSERSITE": "1",
    # The order of a set would otherwise change from one run to the next.
    "PYTHONHASHSEED": "0",
    # TensorFlow's remarks would land among the student's outputs.
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "CUDA_VISIBLE_DEVICES": "-1",
    # Clearing huge pages for arrays of MNIST's size takes longer than all that is done with them.
    "NUMPY_MADVISE_HUGEPAGE": "0",
    # Results depend on the number of threads, and one thread is another, slower path.
    "OMP_NUM_THREADS": "2",
    "OPENBLAS_NUM_THREADS": "2",
    "TF_NUM_INTRAOP_THREADS": "2",
    "TF_NUM_INTEROP_THREADS": "2",
}


def student_environment(home: str) -> dict[str, str]:
    """Environment variables of a kernel whose home directory is `home`."""
    path = f"{Path(sys.executable).parent}:/usr/local/bin:/usr/bin:/bin"
    return {**_FIXED, "HOME": home, "PATH": path}
