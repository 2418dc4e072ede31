"""Questions about calls for staff: what waits until when, drafting, publishing, declining and correcting answers."""

import re
from typing import Any, Final

from django.conf import settings
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from unfold.decorators import action, display

from calls.admin.programme import READERS
from calls.enquiries import desk, lifecycle, queries, rules
from calls.enquiries.forms import AnsweredAlreadyForm, CorrectionForm, DeclineForm, DraftForm, PublishForm
from calls.enquiries.pages import word_of
from calls.enquiries.wording import Wording, current_wording, latest
from calls.models import Enquiry, EnquiryAnswer, EnquiryState
from calls.pages.cards import voice_of
from portal import clock
from portal.accounts.staff import StaffAdmin
from portal.languages import active, fitting
from portal.transitions import IllegalTransition

_FILTERS: Final = re.compile(r"(?:call|state|municipality__country)(?:__(?:id|pk|code))?(?:__(?:exact|isnull))?")


@admin.register(Enquiry)
class EnquiryAdmin(StaffAdmin):
    """Questions about calls. They are read here, and decided on pages of their own."""

    list_display = ("question", "standing", "due", "call_code", "place", "asked")
    list_filter = (
        ("call", admin.RelatedOnlyFieldListFilter),
        "state",
        ("municipality__country", admin.RelatedOnlyFieldListFilter),
    )
    list_select_related = ("call", "municipality__country", "answer")
    list_before_template = "admin/calls/enquiries/waiting.html"
    search_fields = ("text",)  # shows the field; what it finds is said below
    viewers = READERS
    actions_detail = ("write", "publish", "already", "decline", "correct")
    readonly_fields = ("call_code", "place", "spoken", "asked", "due_written", "state_written", "wording")

    # What may be done

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_write_permission(self, request: HttpRequest, object_id: Any) -> bool:
        enquiry = self._waiting(request, object_id)
        if enquiry is None or not rules.may_draft(request.user, enquiry):
            return False
        return enquiry.answer is None or rules.may_draft_answer(request.user, enquiry.answer)

    def has_decide_permission(self, request: HttpRequest, object_id: Any) -> bool:
        return rules.may_publish(request.user) and self._waiting(request, object_id) is not None

    def has_publish_permission(self, request: HttpRequest, object_id: Any) -> bool:
        enquiry = self._waiting(request, object_id)
        drafted = enquiry is not None and (enquiry.answer is not None or request.method == "POST")
        return drafted and rules.may_publish(request.user)

    def has_correct_permission(self, request: HttpRequest, object_id: Any) -> bool:
        found = self.get_queryset(request).filter(pk=object_id, state=EnquiryState.ANSWERED)
        return rules.may_publish(request.user) and found.exists()

    def _waiting(self, request: HttpRequest, object_id: Any) -> Enquiry | None:
        """Return a question that waits. What is sent about one that was decided meanwhile is answered with a word."""
        rows: Any = self.get_queryset(request).select_related("call", "municipality", "answer").filter(pk=object_id)
        found: Enquiry | None = (rows if request.method == "POST" else rows.waiting()).first()
        return found

    # The list

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Any]":
        rows: QuerySet[Any] = super().get_queryset(request)
        return rows

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest | None = None) -> bool:
        """Narrow by nothing but the filters: an address could otherwise find out who asked."""
        return bool(_FILTERS.fullmatch(lookup))

    def get_search_results(
        self, request: HttpRequest, queryset: "QuerySet[Any]", search_term: str
    ) -> "tuple[QuerySet[Any], bool]":
        """Find words of question, answer, call and municipality, however և is spelt; never who asked."""
        return queries.found_by_words(queryset, search_term), False

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Say first what is unanswered, and when it is due."""
        waiting = desk.waiting_rows(request.user, clock.now()) if self.has_view_permission(request) else []
        response: HttpResponse = super().changelist_view(request, {**(extra_context or {}), "waiting": waiting})
        return response

    @admin.display(description=gettext_lazy("question"))
    def question(self, enquiry: Enquiry) -> str:
        return Truncator(" ".join(enquiry.text.split())).chars(60)

    @admin.display(description=gettext_lazy("call"), ordering="call__code")
    def call_code(self, enquiry: Enquiry) -> str:
        return str(enquiry.call.code)

    @admin.display(description=gettext_lazy("municipality"), ordering="municipality__sort_key")
    def place(self, enquiry: Enquiry) -> str:
        return f"{enquiry.municipality}, {enquiry.municipality.country}" if enquiry.municipality else "—"

    @admin.display(description=gettext_lazy("asked at"), ordering="asked_at")
    def asked(self, enquiry: Enquiry) -> str:
        """When it was asked, by the call's own clock."""
        return voice_of(enquiry.call).moment(enquiry.asked_at)

    @display(
        description=gettext_lazy("answer due"),
        label={"late": "danger", "soon": "warning", "later": "info", "never": "info", "done": "info"},
        ordering="call__answers_until",
    )
    def due(self, enquiry: Enquiry) -> tuple[str, str]:
        return desk.due_label(enquiry, clock.now(), short=True)

    @display(
        description=gettext_lazy("state"),
        label={"waiting": "warning", "drafted": "info", "answered": "success", "declined": "info"},
        ordering="state",
    )
    def standing(self, enquiry: Enquiry) -> tuple[str, str]:
        if enquiry.state == EnquiryState.WAITING and enquiry.answer_id:
            return "drafted", _("Draft of an answer")
        return enquiry.state, word_of(enquiry).word

    # The page of a question

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Show who asked to those alone who answer for the programme."""
        who = ("asked_by", "place") if rules.may_know_who_asked(request.user) else ("place",)
        answered = (
            ("reason", "decided_at", "decided_by") if obj and obj.state == EnquiryState.DECLINED else ("wording",)
        )
        return (
            (gettext_lazy("Asked"), {"fields": ("call_code", "text", "spoken", "asked", *who)}),
            (gettext_lazy("Answer"), {"fields": ("state_written", "due_written", *answered)}),
        )

    @admin.display(description=gettext_lazy("state"))
    def state_written(self, enquiry: Enquiry) -> str:
        return str(self.standing(enquiry)[1])

    @admin.display(description=gettext_lazy("answer due"))
    def due_written(self, enquiry: Enquiry) -> str:
        return desk.due_label(enquiry, clock.now())[1]

    @admin.display(description=gettext_lazy("language"))
    def spoken(self, enquiry: Enquiry) -> str:
        return str(settings.KNOWN_LANGUAGES.get(enquiry.language, enquiry.language))

    @admin.display(description=gettext_lazy("published words"))
    def wording(self, enquiry: Enquiry) -> str:
        if enquiry.answer is None:
            return _("No draft yet.")
        held = current_wording(enquiry.answer)[fitting(enquiry.call.languages, active())]
        number = _("Question %(number)s") % {"number": enquiry.answer.number} if enquiry.answer.number else _("Draft")
        return f"{number}\n\n{held.question}\n\n{held.text}"

    # Drafting

    @action(description=gettext_lazy("Write the answer"), url_path="write", permissions=["write"], icon="edit")
    def write(self, request: HttpRequest, object_id: str) -> HttpResponseBase:
        """Edit the published words of the question, and its answer, in all languages of the call."""
        enquiry = self._enquiry(request, object_id)
        present = current_wording(enquiry.answer) if enquiry.answer else {enquiry.language: Wording(enquiry.text)}
        others = queries.mergeable(enquiry, request.user)
        form = DraftForm(enquiry, present, others, request.POST if request.method == "POST" else None)
        theirs: list[tuple[str, Wording]] = []
        if request.method == "POST" and form.is_valid():
            try:
                self._save(request, enquiry, form)
                return self._saved(request, enquiry)
            except lifecycle.Changed as conflict:
                form = self._conflict(form, conflict)
                theirs = [(name, current_wording(conflict.answer)[code]) for code, name, _f in form.by_language()]
            except IllegalTransition as error:
                return self._refused(request, enquiry, str(error))
        pointed_out = desk.pointed_out_in(enquiry.call, enquiry.answer) if enquiry.answer else []
        context = {"form": form, "enquiry": enquiry, "theirs": theirs, "pointed_out": pointed_out}
        context["may_publish"] = rules.may_publish(request.user)
        return self._page(request, "write", _("Write the answer"), enquiry, context)

    def _save(self, request: HttpRequest, enquiry: Enquiry, form: DraftForm) -> EnquiryAnswer:
        version = form.cleaned_data["version"]
        person: Any = request.user
        return lifecycle.save_draft(enquiry, form.wordings(), merged=form.merged_keys(), version=version, by=person)

    def _saved(self, request: HttpRequest, enquiry: Enquiry) -> HttpResponseBase:
        if "preview" in request.POST and rules.may_publish(request.user):
            return redirect("admin:calls_enquiry_publish", object_id=enquiry.pk)
        messages.success(request, _("The draft is saved."))
        return redirect("admin:calls_enquiry_write", object_id=enquiry.pk)

    @staticmethod
    def _conflict(form: DraftForm, conflict: lifecycle.Changed) -> DraftForm:
        """Keep what was typed, and let the next save replace the version that is now shown beside it."""
        form.add_error(
            None, _("Somebody else has saved this draft. Their words stand below yours; save again to keep yours.")
        )
        form.renew("version", conflict.answer.version)
        return form

    # Publishing

    @action(
        description=gettext_lazy("Preview and publish"), url_path="publish", permissions=["publish"], icon="campaign"
    )
    def publish(self, request: HttpRequest, object_id: str) -> HttpResponseBase:
        """Show all drafts of the call as they will be read, and publish those that are chosen, in one act."""
        enquiry = self._enquiry(request, object_id)
        posted = request.method == "POST"
        chosen = request.POST.getlist("answers") if posted else [str(enquiry.answer_id)]
        rows = desk.draft_rows(enquiry.call, chosen)
        form = PublishForm(
            {row.value: row.pointed_out for row in rows if row.complete}, request.POST if posted else None
        )
        if posted and form.is_valid():
            try:
                person: Any = request.user
                published = lifecycle.publish_answers(enquiry.call, form.versions(), by=person)
            except lifecycle.Refused as error:
                form.add_error(None, str(error))
            else:
                text = ngettext("%(count)s answer is published.", "%(count)s answers are published.", len(published))
                messages.success(request, text % {"count": len(published)})
                return redirect(self._page_of(enquiry))
        context = {"form": form, "rows": rows, "enquiry": enquiry}
        return self._page(request, "publish", _("Preview and publish"), enquiry, context)

    @action(description=gettext_lazy("Answered already"), url_path="already", permissions=["decide"], icon="link")
    def already(self, request: HttpRequest, object_id: str) -> HttpResponseBase:
        """Answer a question by what was published for an equal one."""
        enquiry = self._enquiry(request, object_id)
        published = queries.published(enquiry.call)
        form = AnsweredAlreadyForm(published, request.POST if request.method == "POST" else None)
        if request.method == "POST" and form.is_valid():
            try:
                person: Any = request.user
                lifecycle.answer_by_published(enquiry, form.cleaned_data["answer"], by=person)
            except IllegalTransition as error:
                return self._refused(request, enquiry, str(error))
            messages.success(request, _("The asker is told by e-mail where the answer stands."))
            return redirect(self._page_of(enquiry))
        context = {"form": form, "rows": desk.published_rows(enquiry.call), "enquiry": enquiry}
        return self._page(request, "already", _("Answered already"), enquiry, context)

    @action(description=gettext_lazy("Decline"), url_path="decline", permissions=["decide"], icon="block")
    def decline(self, request: HttpRequest, object_id: str) -> HttpResponseBase:
        """Decline a question, with a reason that the asker alone is told."""
        enquiry = self._enquiry(request, object_id)
        form = DeclineForm(request.POST if request.method == "POST" else None)
        if request.method == "POST" and form.is_valid():
            try:
                person: Any = request.user
                lifecycle.decline(enquiry, reason=form.cleaned_data["reason"], by=person)
            except IllegalTransition as error:
                return self._refused(request, enquiry, str(error))
            messages.success(request, _("The question is declined. The asker is told by e-mail."))
            return redirect(self._page_of(enquiry))
        return self._page(request, "decline", _("Decline the question"), enquiry, {"form": form, "enquiry": enquiry})

    @action(
        description=gettext_lazy("Correct the answer"), url_path="correct", permissions=["correct"], icon="history_edu"
    )
    def correct(self, request: HttpRequest, object_id: str) -> HttpResponseBase:
        """Correct a published answer: show old and new first, do it when that is confirmed."""
        enquiry = self._enquiry(request, object_id)
        answer: EnquiryAnswer = get_object_or_404(queries.published(enquiry.call), pk=enquiry.answer_id)
        number = answer.corrections.count() + 1
        present = current_wording(latest(answer))
        posted = request.method == "POST"
        given = request.POST if posted else None
        form = CorrectionForm(answer.languages, present, given, required=True, initial={"number": number})
        context = {"form": form, "enquiry": enquiry, "answer": answer, "preview": [], "theirs": []}
        if posted and form.is_valid():
            if form.cleaned_data["confirmed"] and self._corrected(request, answer, form):
                return redirect(self._page_of(enquiry))
            if form.errors:
                context["theirs"] = [(name, present[code]) for code, name, _fields in form.by_language()]
                form.renew("number", number)
            else:
                context["preview"] = self._preview(form, present)
        return self._page(request, "correct", _("Correct the answer"), enquiry, context)

    @staticmethod
    def _corrected(request: HttpRequest, answer: EnquiryAnswer, form: CorrectionForm) -> bool:
        person: Any = request.user
        try:
            lifecycle.correct(answer, form.wordings(), number=form.cleaned_data["number"], by=person)
        except lifecycle.Refused as error:
            form.add_error(None, str(error))
            return False
        messages.success(request, _("The answer is corrected. What stood there before stays beside it."))
        return True

    @staticmethod
    def _preview(form: CorrectionForm, present: dict[str, Wording]) -> list[dict[str, Any]]:
        new = form.wordings()
        return [
            {"code": code, "name": name, "old": present[code], "new": new[code]}
            for code, name, _fields in form.by_language()
        ]

    # What the pages share

    def _enquiry(self, request: HttpRequest, object_id: str) -> Enquiry:
        rows = self.get_queryset(request).select_related("call", "municipality__country", "answer")
        found: Enquiry = get_object_or_404(rows, pk=object_id)
        return found

    @staticmethod
    def _page_of(enquiry: Enquiry) -> str:
        return reverse("admin:calls_enquiry_change", args=[enquiry.pk])

    def _refused(self, request: HttpRequest, enquiry: Enquiry, text: str) -> HttpResponseBase:
        messages.error(request, text)
        return redirect(self._page_of(enquiry))

    def _page(
        self, request: HttpRequest, name: str, title: str, enquiry: Enquiry, context: dict[str, Any]
    ) -> TemplateResponse:
        frame = {**self.admin_site.each_context(request), "opts": self.opts, "title": title}
        shown = {
            "back": self._page_of(enquiry),
            "asked": voice_of(enquiry.call).moment(enquiry.asked_at),
            "due": desk.due_label(enquiry, clock.now())[1],
        }
        return TemplateResponse(request, f"admin/calls/enquiries/{name}.html", {**frame, **shown, **context})
