"""Published and other data, read as tables of the NPQ."""
