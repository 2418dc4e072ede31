"""The parts of a call, each in its module: its form and how it is listed. Importing this registers them."""

from calls.authoring.kinds import documents, lots, priorities, rules, sheets, stages

__all__ = ["documents", "lots", "priorities", "rules", "sheets", "stages"]
