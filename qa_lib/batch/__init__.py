"""A run: one report per provider and month from a run file, written whole, with a manifest that proves it."""
