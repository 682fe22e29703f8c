"""The exercises of chapter 9, Peaks."""

EXERCISES = {}
