"""Plausible applications and assessments for trials: the demonstration, load tests, training."""

from portal.demo.simulation.refusals import Refusal
from portal.demo.simulation.run import Result, Wish, simulate

__all__ = ["Refusal", "Result", "Wish", "simulate"]
