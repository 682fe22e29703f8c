"""The exercises of chapter 8, the whole network."""

EXERCISES = {}
