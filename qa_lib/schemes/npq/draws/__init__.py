"""What is drawn: scripts for national moderation."""
