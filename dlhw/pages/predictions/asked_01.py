"""Chapter 1, softmax regression: its questions."""
