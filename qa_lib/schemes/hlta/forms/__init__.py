"""The moderation return: out with a drawn sample, filled in, read back with every fault."""
