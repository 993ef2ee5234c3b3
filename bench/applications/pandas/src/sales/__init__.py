"""Sales: which region sold how much."""
