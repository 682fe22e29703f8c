"""The exercises of chapter 7, the residual block."""

EXERCISES = {}
