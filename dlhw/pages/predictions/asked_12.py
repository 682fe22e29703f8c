"""Chapter 12, when training fails: its questions."""
