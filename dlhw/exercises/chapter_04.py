"""The exercises of chapter 4, data."""

EXERCISES = {}
