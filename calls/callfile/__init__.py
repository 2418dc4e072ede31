"""The call file: reading it with every error line it deserves, and writing it back. See docs/call-file.md."""

from calls.callfile.checks import problems
from calls.callfile.problems import CallFileErrors, Fault, Problem
from calls.callfile.reader import Reading, load_file, load_text, read, read_file

__all__ = ["CallFileErrors", "Fault", "Problem", "Reading", "load_file", "load_text", "problems", "read", "read_file"]
