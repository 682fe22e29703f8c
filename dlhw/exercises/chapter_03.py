"""The exercises of chapter 3, descent."""

EXERCISES = {}
