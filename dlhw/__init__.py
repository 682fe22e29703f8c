"""dlhw: deep learning coursework from first principles, one room a chapter.

In reading order:

- `arrays`: nested arrays as one vector space
- `arguments`: what comes in at a door is right, or gets one clear error
- `softmax`: the affine map, softmax, cross-entropy, and their derivatives
- `derivative_tests`: the tests that tell a right derivative from a wrong one
- `optimizers`: SGD, momentum, Nesterov, schedules
- `matfiles`: the course's files
- `datasets`: Peaks, GMM, SwissRoll: their rules and the best possible accuracy
- `training_arguments`: what a training is given: right, or one clear error
- `training`: the one loop
- `layers`: layers and activations
- `network`: layers in sequence under the cross-entropy
- `study`: experiments, their runs, their results, what these prove
- `exercises`: what checks a reader's answer
- `pages`: what only the site shows
"""

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
