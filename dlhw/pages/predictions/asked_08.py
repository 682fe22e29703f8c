"""Chapter 8, the whole network: its questions."""
