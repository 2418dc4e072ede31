"""The pages of applications: parse, ask rules and queries, call the lifecycle, render."""
