"""What checks a reader's answer, and says in a sentence what it is. In reading order:

- `labels`: which code is a tool, and which is what a coursework assesses
- `judging`: from an answer to its sentence
- `bodies`: the bodies of a starter: what to say of each
- `bodies_softmax`: those of softmax regression, and mistakes in them
- `bodies_optimizers`: those of the update rules
- `bodies_models`: those of squared error, of a model's gradient and of evaluation
- `bodies_training`: those of the loop, from a step to a run
- `bodies_layers`: those of the layers
- `bodies_network`: those of the whole network
- `chapter_00`: the exercises of chapter 0, derivatives of matrix functions
- `chapter_01`: the exercises of chapter 1, softmax regression
- `chapter_02`: the exercises of chapter 2, testing a derivative
- `chapter_03`: the exercises of chapter 3, descent
- `chapter_04`: the exercises of chapter 4, data
- `chapter_05`: the exercises of chapter 5, training a classifier
- `chapter_06`: the exercises of chapter 6, the tanh layer
- `chapter_07`: the exercises of chapter 7, the residual block
- `chapter_08`: the exercises of chapter 8, the whole network
- `chapter_09`: the exercises of chapter 9, Peaks
- `chapter_10`: the exercises of chapter 10, GMM
- `chapter_11`: the exercises of chapter 11, two hundred samples
- `chapter_12`: the exercises of chapter 12, when training fails
- `chapter_13`: the exercises of chapter 13, the original
- `asking`: the exercises by their numbers
- `grading`: many submissions graded, each alone in a process
"""

from .asking import check

__all__ = ["check"]
