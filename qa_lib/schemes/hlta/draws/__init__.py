"""What a month and a year of HLTA moderation hand to the draw, and what the rules say of it."""
