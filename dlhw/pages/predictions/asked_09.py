"""Chapter 9, Peaks: its questions."""
