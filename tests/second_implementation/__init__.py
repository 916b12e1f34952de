"""The draw protocol written a second time, from docs/protocol.md alone."""
