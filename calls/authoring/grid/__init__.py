"""The evaluation grid of a stage as staff write it: scale, sections, criteria, threshold, ties, selection, on one page."""
