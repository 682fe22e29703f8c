"""Chapter 5, training a classifier: its questions."""
