"""Receipts that anyone can check: what they say, the seal on it, their files, and the checking of them."""
