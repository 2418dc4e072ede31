"""What the pages of applications show, prepared, so that templates only print."""
