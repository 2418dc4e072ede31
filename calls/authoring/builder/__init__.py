"""The form of a stage as staff build it: sections, questions of every kind, conditions, and previews of all that."""
