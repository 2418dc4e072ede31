"""Between the database and plain values: a call's rows as a ``CallSpec``, and a ``CallSpec`` as rows."""

from calls.transfer.reading import CONTENT, evaluation_spec, spec_of, stage_spec
from calls.transfer.writing import CallIsFixed, WritingRefused, rule_values, write_call, write_content

__all__ = [
    "CONTENT",
    "CallIsFixed",
    "WritingRefused",
    "evaluation_spec",
    "rule_values",
    "spec_of",
    "stage_spec",
    "write_call",
    "write_content",
]
