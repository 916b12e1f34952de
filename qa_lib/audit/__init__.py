"""An audit: what is looked at, on which day, by which rules; and the findings, whichever scheme it is of."""
