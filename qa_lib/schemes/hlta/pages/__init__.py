"""What the pages of HLTA show: first screens, tables, sheets to print."""
