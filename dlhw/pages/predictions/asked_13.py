"""Chapter 13, the original: its questions."""
