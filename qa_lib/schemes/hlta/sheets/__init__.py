"""What goes to people: feedback for assessors and PoPs, the joint report."""
