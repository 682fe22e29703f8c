"""The exercises of chapter 1, softmax regression."""

EXERCISES = {}
