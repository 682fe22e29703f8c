"""Chapter 0, derivatives of matrix functions: its questions."""
