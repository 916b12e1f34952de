"""What the pages of the NPQ show, and what a provider returns and publishes."""
