"""The evaluation grid of a stage as staff write it, all on one page: scale, sections, criteria, threshold, ties."""
