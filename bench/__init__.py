"""What lists, submissions and letters cost, held against the least that they could cost (``make bench``)."""
