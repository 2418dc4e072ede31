"""The forms of an application: reading what was posted, and showing what is kept with what is wrong with it."""

from applications.forms.reading import posted_answers, without_row
from applications.forms.section import SectionForm
from applications.forms.starting import LotChoice, StartForm

__all__ = ["LotChoice", "SectionForm", "StartForm", "posted_answers", "without_row"]
