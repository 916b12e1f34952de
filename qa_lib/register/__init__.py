"""The database of record: freezes, draws, selected files, and one draw chain per provider."""
