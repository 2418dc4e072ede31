"""The outbox, for staff."""

from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display

from portal.accounts.models import Role
from portal.accounts.staff import StaffAdmin
from portal.notices import lifecycle
from portal.notices.models import Message, MessageState
from portal.transitions import IllegalTransition


@admin.register(Message)
class MessageAdmin(StaffAdmin):
    """What was written to whom, and whether it left."""

    list_display = ("created_at", "to", "subject", "shown_state", "attempts", "sent_at")
    list_filter = ("state", "kind", "language")
    search_fields = ("to", "subject")
    date_hierarchy = "created_at"
    readonly_fields = ("text",)
    exclude = ("html", "recipient", "unsubscribe")
    actions_detail = ("send_again",)

    @display(
        description=_("state"),
        ordering="state",
        label={MessageState.QUEUED: "warning", MessageState.SENT: "success", MessageState.FAILED: "danger"},
    )
    def shown_state(self, message: Message) -> Any:
        return message.state, message.get_state_display()

    @action(description=_("Send again"), url_path="send-again", permissions=["send_again"])
    def send_again(self, request: HttpRequest, object_id: int) -> HttpResponseBase:
        """Ask first; send when that is confirmed."""
        message, back = (
            self.get_object(request, str(object_id)),
            reverse("admin:notices_message_change", args=[object_id]),
        )
        if request.method != "POST":
            context = {"title": _("Send again"), "mail": message, "back": back, "opts": self.opts}
            whole = {**self.admin_site.each_context(request), **context}
            return TemplateResponse(request, "admin/notices/send_again.html", whole)
        try:
            lifecycle.try_again(message)
        except IllegalTransition as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("The message is in the outbox again."))
        return redirect(back)

    def has_send_again_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """Only those who run the programme, and only what was given up."""
        person: Any = request.user
        if not person.has_role(Role.ADMINISTRATOR, Role.PROGRAMME_OFFICER):
            return False
        return Message.objects.filter(pk=object_id, state=MessageState.FAILED).exists()
