"""The moderation return on its way back: read, checked as a whole with every fault named, and recorded once."""
