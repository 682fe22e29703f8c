"""The exercises of chapter 0, derivatives of matrix functions."""

EXERCISES = {}
