"""How the administration looks and what its side bar holds; read by the settings as ``UNFOLD``."""

from typing import Any

from django.templatetags.static import static
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

_SEVAN = {
    "50": "#e4f1f6",
    "100": "#cfe6ef",
    "200": "#a6dcef",
    "300": "#74c5e2",
    "400": "#3f9dbf",
    "500": "#1d7798",
    "600": "#0b5a78",
    "700": "#094d67",
    "800": "#073f55",
    "900": "#0a3242",
    "950": "#062430",
}


def _item(title: Any, icon: str, model: str) -> dict[str, Any]:
    """Return a line of the side bar that leads to a model's list, for those who may see it."""
    app, name = model.split(".")

    def may_see(request: Any) -> bool:
        from django.apps import apps
        from django.contrib import admin

        model_admin = admin.site._registry.get(apps.get_model(app, name))
        return bool(model_admin and model_admin.has_view_permission(request))

    return {
        "title": title,
        "icon": icon,
        "link": reverse_lazy(f"admin:{app}_{name}_changelist"),
        "permission": may_see,
    }


def _page(title: Any, icon: str, name: str) -> dict[str, Any]:
    """Return a line of the side bar that leads to a page of its own, for those who see the whole programme."""
    link = reverse_lazy(f"admin:{name}")
    return {"title": title, "icon": icon, "link": link, "permission": lambda request: request.user.sees_everything}


def _group(title: Any, *items: dict[str, Any]) -> dict[str, Any]:
    return {"title": title, "separator": True, "collapsible": False, "items": list(items)}


UNFOLD: dict[str, Any] = {
    "SITE_TITLE": _("Calls for municipalities"),
    "SITE_HEADER": _("Calls for municipalities"),
    "SITE_SUBHEADER": _("Administration"),
    "SITE_ICON": lambda request: static("site/mark.svg"),
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": lambda request: static("site/mark.svg")}],
    "SITE_URL": reverse_lazy("home"),
    "SHOW_LANGUAGES": True,
    "SHOW_BACK_BUTTON": True,
    "SHOW_HISTORY": False,
    "ENVIRONMENT": "portal.admin_home.environment",
    "DASHBOARD_CALLBACK": "portal.admin_home.dashboard",
    "STYLES": [lambda request: static("site/letters.css"), lambda request: static("admin-site/staff.css")],
    "COLORS": {"primary": _SEVAN},
    "BORDER_RADIUS": "8px",
    "SIDEBAR": {
        "show_search": False,
        "show_all_applications": False,
        "navigation": [
            _group(
                _("Calls"),
                _item(_("Calls for proposals"), "campaign", "calls.call"),
                _item(_("Questions and answers"), "forum", "calls.enquiry"),
                _item(_("Programmes"), "flag", "calls.programme"),
                _item(_("Members of the network"), "hub", "calls.programmemembership"),
                _item(_("Waivers"), "rule", "calls.waiver"),
            ),
            _group(
                _("Applications and evaluation"),
                _item(_("Applications"), "inbox", "applications.stageentry"),
                _item(_("Clarifications"), "contact_support", "applications.clarification"),
                _page(_("Evaluation by stage"), "fact_check", "evaluation_stages"),
                _item(_("Assessments"), "rate_review", "evaluation.assessment"),
                _item(_("Shortlists"), "format_list_numbered", "evaluation.shortlist"),
            ),
            _group(
                _("Grants"),
                _item(_("Grants"), "payments", "grants.grant"),
                _item(_("Letters"), "mail", "grants.letter"),
            ),
            _group(
                _("People"),
                _item(_("Municipalities"), "location_city", "accounts.municipality"),
                _item(_("People"), "group", "accounts.person"),
                _item(_("Country offices"), "apartment", "accounts.countryoffice"),
                _item(_("Countries"), "public", "accounts.country"),
            ),
            _group(
                _("Operation"),
                _item(_("Messages"), "outgoing_mail", "notices.message"),
                _item(_("Pages"), "article", "content.page"),
            ),
        ],
    },
}
