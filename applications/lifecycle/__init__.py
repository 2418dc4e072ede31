"""Every change of an application: one function each, one transaction, nothing half done."""

from applications.lifecycle.acknowledging import acknowledge
from applications.lifecycle.answering import Saved, choose_lot, save_section, section_spec
from applications.lifecycle.filing import attach_file, begin_upload, finish_upload, remove_file
from applications.lifecycle.starting import start_application
from applications.lifecycle.submitting import submit_application, withdraw_application

__all__ = [
    "Saved",
    "acknowledge",
    "attach_file",
    "begin_upload",
    "choose_lot",
    "finish_upload",
    "remove_file",
    "save_section",
    "section_spec",
    "start_application",
    "submit_application",
    "withdraw_application",
]
