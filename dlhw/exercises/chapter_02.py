"""The exercises of chapter 2, testing a derivative."""

EXERCISES = {}
