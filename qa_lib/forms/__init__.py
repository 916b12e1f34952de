"""A form declared once: a workbook out, filled in, and read back with every fault."""
