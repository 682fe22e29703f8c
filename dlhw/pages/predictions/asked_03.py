"""Chapter 3, descent: its questions."""
