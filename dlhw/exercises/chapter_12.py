"""The exercises of chapter 12, when training fails."""

EXERCISES = {}
