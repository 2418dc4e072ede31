"""Every change of an application: one function each, one transaction, nothing half done."""

from applications.lifecycle.acknowledging import acknowledge
from applications.lifecycle.answering import Saved, choose_lot, save_section, section_spec
from applications.lifecycle.clarifying import answer_clarification, ask_clarification, withdraw_clarification
from applications.lifecycle.filing import attach_file, begin_upload, finish_upload, remove_file, take_out_infected
from applications.lifecycle.reopening import bring_back, discard_changes, reopen_application
from applications.lifecycle.reusing import reuse_answers
from applications.lifecycle.starting import start_application
from applications.lifecycle.submitting import submit_application, withdraw_application

__all__ = [
    "Saved",
    "acknowledge",
    "answer_clarification",
    "ask_clarification",
    "attach_file",
    "begin_upload",
    "bring_back",
    "choose_lot",
    "discard_changes",
    "finish_upload",
    "remove_file",
    "reopen_application",
    "reuse_answers",
    "save_section",
    "section_spec",
    "start_application",
    "submit_application",
    "take_out_infected",
    "withdraw_application",
    "withdraw_clarification",
]
