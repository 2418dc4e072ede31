"""Questions and answers of a call: asking, drafting, publishing, declining, correcting, and the pages of these."""
