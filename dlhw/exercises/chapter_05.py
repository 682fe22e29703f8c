"""The exercises of chapter 5, training a classifier."""

EXERCISES = {}
