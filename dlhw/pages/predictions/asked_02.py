"""Chapter 2, testing a derivative: its questions."""
