"""The exercises of chapter 13, the original."""

EXERCISES = {}
