"""The pages of the form builder: the form of a stage, its questions, what is asked before a grave change."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from calls.authoring import saving
from calls.authoring.builder import lifecycle, order, page
from calls.authoring.builder.conditions import Broken, broken, editor_words
from calls.authoring.builder.kinds import KINDS
from calls.authoring.builder.order import Order
from calls.authoring.builder.questions import QuestionForm
from calls.authoring.builder.rest import arranged, without
from calls.authoring.builder.stages import stage_of, tabs, title_of
from calls.authoring.desk import Desk, desk, writing_desk
from calls.authoring.parts import part_named
from calls.authoring.saving import NotDraft
from calls.authoring.sent import key_sent
from calls.authoring.views import found_row
from calls.models import FormSection, Question, Stage
from calls.transfer.reading import form_spec
from portal.accounts.staff import only_post


def not_a_draft() -> str:
    """What is said where the call was published while somebody worked on it."""
    return _("The call is no longer a draft, so its content stays as it is.")


def nothing_saved() -> str:
    """What is said beside the typed text where the call was published meanwhile."""
    return _("The call is no longer a draft, so nothing was saved. Your text is still here: copy what you need.")


# The form of a stage


def form_page(request: HttpRequest, pk: int, stage: int, *, admin: Any) -> HttpResponseBase:
    """Sections and questions in their order; what is sent to it is a new order."""
    here = desk(request, admin, pk)
    row = stage_of(here.call, stage)
    if request.method == "POST":
        return _arrange(here, row)
    sections = page.sections_of(row, here.call, here.voice, here.at)
    return here.show(
        "builder/form",
        _("Form: %(stage)s") % {"stage": title_of(row)},
        crumbs=_stages(here),
        stage=row,
        sections=sections,
        fixed=page.fixed_of(here.call, here.voice, here.at),
        counted=page.counted(sections),
        order=order.written([(card.pk, [one.pk for one in card.questions]) for card in sections]),
        tabs=tabs(here, row, "form"),
        add_section=f"{here.at('setup_add', 'section')}?parent={row.pk}",
        copy=here.at("setup_form_copy", row.pk),
    )


def _stages(here: Desk) -> list[tuple[str, str]]:
    return [(here.at("setup_list", "stage"), _("Stages"))]


def _arrange(here: Desk, stage: Stage) -> HttpResponseBase:
    """Take a new order; where conditions would no longer hold in it, ask first what becomes of them."""
    sent, back = here.request.POST, here.at("setup_stage_form", stage.pk)
    present = lifecycle.order_of(stage)
    wanted = _wanted(present, sent)
    if not order.same_rows(wanted, present):
        messages.error(here.request, _("The form has changed meanwhile; here it is as it stands now."))
        return redirect(back)
    lost = _broken_by_order(here, stage, wanted)
    if lost and "drop" not in sent:
        hidden = {"order": order.written(wanted), "drop": "1"}
        return _ask(here, _("Move"), lost, back, hidden=hidden)
    try:
        if not lifecycle.arrange(stage, here.call, wanted, [one.key for one in lost]):
            messages.error(here.request, _("The form has changed meanwhile; here it is as it stands now."))
    except NotDraft:
        messages.error(here.request, not_a_draft())
    return redirect(f"{back}{_anchor(sent)}")


def _wanted(present: Order, sent: Any) -> Order:
    """The order that was sent: whole, as a step of a question or a section, or as a place for a question."""
    act, _colon, moved = str(sent.get("move", "")).partition(":")
    if act and (key := key_sent(moved)) is not None:
        step = -1 if act.endswith("up") else 1
        move = order.section_stepped if act.startswith("section") else order.stepped
        return move(present, key, step)
    question, section, before = map(key_sent, f"{sent.get('place', '')}::".split(":")[:3])
    if question is not None and section is not None:
        return order.placed(present, question, section, before)
    return order.read(str(sent.get("order", "")))


def _anchor(sent: Any) -> str:
    """Where the page goes on: at what was moved."""
    act, _colon, key = str(sent.get("move", "")).partition(":")
    if key.isdecimal():
        return f"#{'section' if act.startswith('section') else 'question'}-{key}"
    question = str(sent.get("place", "")).partition(":")[0]
    return f"#question-{question}" if question.isdecimal() else ""


def _broken_by_order(here: Desk, stage: Stage, wanted: Order) -> list[Broken]:
    form = form_spec(stage, here.call.languages)
    codes = {row.pk: row.code for row in stage.form_sections.all()}
    keys = {row.pk: row.key for section in stage.form_sections.all() for row in section.questions.all()}
    structure = [(codes[section], [keys[key] for key in questions]) for section, questions in wanted]
    return broken(form, arranged(form, structure), here.voice)


def _ask(
    here: Desk, title: str, lost: list[Broken], back: str, *, hidden: dict[str, str], goes: str = ""
) -> HttpResponseBase:
    """Say what becomes of conditions before something is done."""
    return here.show("builder/ask", title, lost=lost, back=back, hidden=hidden, goes=goes)


def move_page(request: HttpRequest, pk: int, row: int, *, admin: Any) -> HttpResponseBase:
    """Every place of the form to which a question can go; the form's page takes the choice."""
    here = writing_desk(request, admin, pk)
    question = found_row(here, part_named("question"), row)
    stage = _with_call(here, question.section).stage
    sections = page.sections_of(stage, here.call, here.voice, here.at)
    return here.show(
        "builder/move",
        _("Move: %(question)s") % {"question": here.voice.text(_label(question)) or question.key},
        crumbs=[*_stages(here), _form_crumb(here, stage)],
        question=question,
        sections=sections,
        back=here.at("setup_stage_form", stage.pk),
    )


@only_post
def duplicate(request: HttpRequest, pk: int, row: int, *, admin: Any) -> HttpResponseBase:
    """Make a second question like one that there is, and open it."""
    here = writing_desk(request, admin, pk)
    question = found_row(here, part_named("question"), row)
    try:
        second = lifecycle.duplicate(question, here.call)
    except NotDraft:
        messages.error(request, not_a_draft())
        return redirect(here.at("setup_stage_form", question.section.stage_id))
    messages.success(request, _("This is the second one. Its key is %(key)s.") % {"key": second.key})
    return redirect(here.at("setup_part", "question", second.pk))


# Questions


def kinds_page(request: HttpRequest, pk: int, *, admin: Any) -> HttpResponseBase:
    """Add a question: first its kind, then its form."""
    here = writing_desk(request, admin, pk)
    section = _section(here)
    if request.GET.get("kind") in KINDS or request.method == "POST":
        return _question_page(here, section, None)
    return here.show(
        "builder/kinds",
        _("Add a question"),
        crumbs=[*_stages(here), _form_crumb(here, section.stage)],
        kinds=[(kind, f"{request.get_full_path()}&kind={kind.name}") for kind in KINDS.values()],
        section=section,
        back=here.at("setup_stage_form", section.stage_id),
    )


def _section(here: Desk) -> FormSection:
    given = key_sent(here.request.GET.get("parent", ""))
    if given is None:
        raise Http404
    return _with_call(here, found_row(here, part_named("section"), given))


def _with_call(here: Desk, section: FormSection) -> FormSection:
    section.stage.call = here.call
    return section


def _form_crumb(here: Desk, stage: Stage) -> tuple[str, str]:
    return (here.at("setup_stage_form", stage.pk), _("Form: %(stage)s") % {"stage": title_of(stage)})


def question_page(request: HttpRequest, pk: int, row: int, *, admin: Any) -> HttpResponseBase:
    """Show and take one question."""
    here = desk(request, admin, pk)
    question = found_row(here, part_named("question"), row)
    return _question_page(here, _with_call(here, question.section), question)


@transaction.atomic
def _question_page(here: Desk, section: FormSection, question: Question | None) -> HttpResponseBase:
    """The form of a question; what is sent is written under the lock of the call."""
    request, fixed = here.request, False
    row = question or Question(section=section, settings={})
    kind = request.GET.get("kind", "")
    initial = {"kind": kind} if kind in KINDS else None
    if request.method != "POST":
        return _show_question(
            here, section, QuestionForm(call=here.call, parent=section, instance=row, initial=initial)
        )
    try:
        saving.locked(here.call)
        row = (question and Question.objects.select_related("section__stage").get(pk=question.pk)) or row
    except NotDraft:
        fixed = True
    form = QuestionForm(request.POST, call=here.call, parent=section, instance=row, initial=initial)
    if form.asks_again():
        form.pause()
    elif fixed:
        form.add_error(None, nothing_saved())
    elif form.is_valid():
        return _saved(here, section, form)
    return _show_question(here, section, form)


def _saved(here: Desk, section: FormSection, form: QuestionForm) -> HttpResponseBase:
    if form.is_new:
        saving.placed(form.instance, section.questions.all())
    row = form.save(by=here.request.user)
    messages.success(here.request, _("Saved."))
    if "_another" in here.request.POST:
        return redirect(f"{here.at('setup_add', 'question')}?parent={section.pk}")
    return redirect(f"{here.at('setup_stage_form', section.stage_id)}#question-{row.pk}")


def _show_question(here: Desk, section: FormSection, form: QuestionForm) -> HttpResponseBase:
    row = form.instance
    title = _("Add: %(part)s") % {"part": form.kind_title} if form.is_new else here.voice.text(_label(row)) or row.key
    if not here.may_write and not form.is_bound:
        for item in form.fields.values():
            item.disabled = True
    return here.show(
        "builder/question",
        title,
        crumbs=[*_stages(here), _form_crumb(here, section.stage)],
        form=form,
        section=section,
        words=editor_words(),
        kinds=[] if form.is_new else list(KINDS.values()),
        back=here.at("setup_stage_form", section.stage_id),
        remove="" if form.is_new else here.at("setup_remove", "question", row.pk),
        previewed=here.at("setup_preview", "applicant", section.stage_id),
    )


def _label(row: Question) -> dict[str, str]:
    return {code: getattr(row, f"label_{code}") or "" for code in settings.MODELTRANSLATION_LANGUAGES}


def remove_page(request: HttpRequest, pk: int, row: int, *, admin: Any, part: str) -> HttpResponseBase:
    """Ask before a question or a section is removed, saying which conditions rest on it; then remove it."""
    here = writing_desk(request, admin, pk)
    found: Any = found_row(here, part_named(part), row)
    stage = found.stage if part == "section" else found.section.stage
    back = here.at("setup_stage_form", stage.pk)
    keys = [found.key] if part == "question" else list(found.questions.values_list("key", flat=True))
    form = form_spec(stage, here.call.languages)
    lost = [one for one in broken(form, without(form, keys), here.voice) if one.key not in keys]
    title = part_named(part).describe(found, here.voice).title
    if request.method != "POST":
        return _ask(
            here,
            _("Remove: %(title)s") % {"title": title},
            lost,
            back,
            hidden={"drop": "1"},
            goes=_goes(part, title, len(keys)),
        )
    act = lifecycle.remove_question if part == "question" else lifecycle.remove_section
    try:
        act(found, here.call, [one.key for one in lost])
        messages.success(request, _("“%(title)s” is removed.") % {"title": title})
    except NotDraft:
        messages.error(request, not_a_draft())
    return redirect(back)


def _goes(part: str, title: str, questions: int) -> str:
    if part == "question":
        return _("The question “%(title)s” will be removed from the form.") % {"title": title}
    if not questions:
        return _("The section “%(title)s” will be removed from the form.") % {"title": title}
    said = _("The section “%(title)s” will be removed from the form, with its questions: %(n)s.")
    return said % {"title": title, "n": questions}
