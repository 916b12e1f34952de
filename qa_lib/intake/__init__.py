"""Data sets: files in, validated tables out, every fault named by file, sheet, row and column."""
