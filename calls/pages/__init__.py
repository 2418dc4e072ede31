"""What the pages of calls show, prepared: every text chosen, every amount written, so that templates only print."""
