"""Measure the kernels against named peers in the same run: ``python -m tests.benchmarks``."""

import os

# One thread for everybody, before any library starts its own.
for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"):
    os.environ.setdefault(_name, "1")
