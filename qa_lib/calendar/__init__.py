"""The calendar: months as text, working days, and by when something is due."""
