"""The exercises of chapter 11, two hundred samples."""

EXERCISES = {}
