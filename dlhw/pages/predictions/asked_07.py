"""Chapter 7, the residual block: its questions."""
