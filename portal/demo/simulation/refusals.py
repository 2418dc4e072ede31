"""Why nothing is simulated."""


class Refusal(Exception):
    """Simulating is not possible as asked; the text says why and what to do. Nothing was written."""
