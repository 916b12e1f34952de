"""Data that is laid out in another way, read as tables of HLTA."""
