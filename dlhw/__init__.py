"""dlhw: deep learning coursework from first principles, one chapter a module."""

from .datasets import load, load_mat
from .derivative_tests.four_tests import (
    adjoint_test,
    gradient_test,
    jacobian_test,
    jacobian_transpose_test,
)

__all__ = [
    "adjoint_test",
    "gradient_test",
    "jacobian_test",
    "jacobian_transpose_test",
    "load",
    "load_mat",
]
