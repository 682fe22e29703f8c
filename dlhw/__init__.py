"""dlhw: deep learning coursework from first principles, one chapter a module."""
