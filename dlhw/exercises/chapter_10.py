"""The exercises of chapter 10, GMM."""

EXERCISES = {}
