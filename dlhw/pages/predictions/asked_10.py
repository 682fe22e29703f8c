"""Chapter 10, GMM: its questions."""
