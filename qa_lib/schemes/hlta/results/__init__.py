"""What moderation says: overturned outcomes, agreement, assessors and PoPs side by side, and what cannot be told."""
