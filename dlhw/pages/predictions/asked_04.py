"""Chapter 4, data: its questions."""
