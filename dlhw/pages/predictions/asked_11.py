"""Chapter 11, two hundred samples: its questions."""
