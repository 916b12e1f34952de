"""What the made-up data of every scheme are made with: chance that is the same everywhere, facts, writing."""
