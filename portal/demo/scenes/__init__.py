"""The three calls of the demonstration: one decided, one open, one being evaluated."""
