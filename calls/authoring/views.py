"""The pages on which the parts of a call are listed, added, changed, ordered and removed: the same for every part."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from calls.authoring import saving
from calls.authoring.desk import Desk, desk, writing_desk
from calls.authoring.forms import PartForm
from calls.authoring.parts import Line, Part, ancestors, part_named, registered
from calls.authoring.saving import NotDraft
from calls.authoring.sent import key_sent
from calls.authoring.sheets import SHEETS, Sheet
from portal.accounts.staff import only_post


@dataclass(frozen=True)
class Row:
    """A part in a list, with its addresses and the orders that "up" and "down" would give."""

    key: int
    line: Line
    url: str
    remove: str
    up: str
    down: str


def part_list(request: HttpRequest, pk: int, part: str, *, admin: Any) -> HttpResponseBase:
    """The page of a sheet of the call itself, or the list of its lots, priorities, rules, documents or stages."""
    if part in SHEETS:
        return sheet_page(desk(request, admin, pk), SHEETS[part])
    kind = _kind(part)
    here = desk(request, admin, pk)
    if kind.parent or not kind.plural or request.method == "POST":
        raise Http404
    return here.show(
        "list",
        capfirst(str(kind.plural)),
        part=kind,
        rows=rows_of(here, kind, here.call),
        adds=_adds(here, kind),
        several=kind.choose is not None,
        order=here.at("setup_order", part),
        sheet=_beside(here, kind),
    )


def _beside(here: Desk, part: Part) -> dict[str, Any] | None:
    """The sheet that belongs to a list: its title, what it says now, its address."""
    if part.sheet not in SHEETS:
        return None
    sheet = SHEETS[part.sheet]
    value = sheet.says(here.call) if sheet.says else ""
    return {"title": sheet.title, "value": value, "url": here.at("setup_list", sheet.name)}


def rows_of(here: Desk, part: Part, parent: Any) -> list[Row]:
    """Prepare the rows of a list, in their order, at the cost of one query and what ``describe`` asks."""
    rows = list(part.siblings(parent))
    if part.prepare is not None:
        part.prepare(here.call, rows)
    keys = [row.pk for row in rows]
    return [
        Row(
            row.pk,
            part.describe(row, here.voice),
            here.at("setup_part", part.name, row.pk),
            here.at("setup_remove", part.name, row.pk),
            _swapped(keys, place - 1),
            _swapped(keys, place),
        )
        for place, row in enumerate(rows)
    ]


def _swapped(keys: list[int], place: int) -> str:
    """The order in which two neighbours have changed places; empty where there is none."""
    if not 0 <= place < len(keys) - 1:
        return ""
    turned = [*keys[:place], keys[place + 1], keys[place], *keys[place + 2 :]]
    return ",".join(str(key) for key in turned)


def _adds(here: Desk, part: Part) -> list[tuple[str, str, str]]:
    """Where one adds a part: one way, or one for each kind that there is to choose from."""
    add = here.at("setup_add", part.name)
    if part.choose is None:
        return [(add, capfirst(str(part.title)), "")]
    return [(f"{add}?kind={kind.name}", str(kind.title), str(kind.sentence)) for kind in part.choose(here.call)]


def sheet_page(here: Desk, sheet: Sheet) -> HttpResponseBase:
    """Show and take one sheet of the call itself."""
    if here.request.method == "POST":
        return _taken(here, sheet.form, sheet.title, here.at("setup"), instance=lambda call: call, parent=here.call)
    form = sheet.form(call=here.call, parent=here.call, instance=here.call)
    return _form_page(here, form, sheet.title, here.at("setup"), more=sheet.more)


def add(request: HttpRequest, pk: int, part: str, *, admin: Any) -> HttpResponseBase:
    """Add a part to its parent."""
    here, kind = writing_desk(request, admin, pk), _kind(part)
    parent = _parent(here, kind)
    fresh = kind.model(**{kind.link: parent})
    title = _("Add: %(part)s") % {"part": kind.title}
    back = kind.back(fresh)
    initial = {"kind": request.GET["kind"]} if "kind" in request.GET else None
    if request.method == "POST":
        return _taken(
            here, kind.form, title, back, instance=lambda _call: fresh, parent=parent, part=kind, initial=initial
        )
    form = kind.form(call=here.call, parent=parent, instance=fresh, initial=initial)
    return _form_page(here, form, title, back, part=kind)


def part_page(request: HttpRequest, pk: int, part: str, row: int, *, admin: Any) -> HttpResponseBase:
    """Show and take one part."""
    here, kind = desk(request, admin, pk), _kind(part)
    found = found_row(here, kind, row)
    back, parent = kind.back(found), kind.parent_of(found)
    title = kind.describe(found, here.voice).title or capfirst(str(kind.title))
    if request.method == "POST":
        return _taken(
            here,
            kind.form,
            title,
            back,
            instance=lambda _call: found_row(here, kind, row),
            parent=parent,
            part=kind,
        )
    form = kind.form(call=here.call, parent=parent, instance=found)
    return _form_page(here, form, title, back, part=kind, row=found)


def found_row(here: Desk, part: Part, key: int) -> Any:
    """Return a part of this very call.

    Raises:
        Http404: the call has none of this key.
    """
    row = part.rows_in(here.call).filter(pk=key).first()
    if row is None:
        raise Http404
    return row


def _kind(name: str) -> Part:
    if not registered(name):
        raise Http404
    return part_named(name)


def _parent(here: Desk, part: Part) -> Any:
    """The part to which another is added: the call itself, or the one that the address names."""
    if not part.parent:
        return here.call
    given = key_sent(here.request.GET.get("parent", ""))
    if given is None:
        raise Http404
    return found_row(here, part_named(part.parent), given)


@transaction.atomic
def _taken(
    here: Desk,
    make: Any,
    title: Any,
    back: str,
    *,
    instance: Any,
    parent: Any,
    part: Part | None = None,
    initial: Any = None,
) -> HttpResponseBase:
    """Write what was sent, under the lock of the call; otherwise show it again with what is wrong."""
    request, fixed = here.request, False
    try:
        call = saving.locked(here.call)
    except NotDraft:
        call, fixed = here.call, True
    row = instance(call)
    form = make(request.POST, request.FILES, call=call, parent=parent, instance=row, initial=initial)
    if form.asks_again():
        form.pause()
    elif form.is_valid() and not fixed:
        if part is not None and part.ordered and form.is_new:
            saving.placed(form.instance, part.siblings(parent))
        form.save(by=request.user)
        messages.success(request, _("Saved."))
        return redirect(_onward(request, here, part, back))
    if fixed and not form.asks_again():
        form.add_error(
            None, _("The call is no longer a draft, so nothing was saved. Your text is still here: copy what you need.")
        )
    return _form_page(here, form, str(title), back, part=part, row=None if form.is_new else row)


def _onward(request: HttpRequest, here: Desk, part: Part | None, back: str) -> str:
    """Where to after saving: to one more of the kind, or to the list."""
    if "_another" in request.POST and part is not None:
        return request.get_full_path() if request.path.endswith("/add/") else here.at("setup_add", part.name)
    return back


def _form_page(
    here: Desk,
    form: PartForm,
    title: Any,
    back: str,
    *,
    part: Part | None = None,
    row: Any = None,
    more: str = "",
) -> HttpResponseBase:
    if not here.may_write and not form.is_bound:
        for item in form.fields.values():
            item.disabled = True
    remove = here.at("setup_remove", part.name, row.pk) if part and row else ""
    crumbs = [(part.back(above), part.describe(above, here.voice).title) for part, above in _above(part, row)]
    return here.show(
        "form",
        str(title),
        crumbs=crumbs[::-1] + ([(back, capfirst(str(part.plural)))] if part and part.plural else []),
        form=form,
        back=back,
        remove=remove,
        part=part,
        row=row,
        more=more or (part.more if part and row else ""),
        another=bool(part and not part.single),
    )


def _above(part: Part | None, row: Any) -> list[tuple[Part, Any]]:
    return list(ancestors(part, row)) if part is not None and row is not None else []


@only_post
def order(request: HttpRequest, pk: int, part: str, *, admin: Any) -> HttpResponseBase:
    """Take the order of the rows of a list; only the parts of the call itself and of the parent that is named."""
    here, kind = desk(request, admin, pk), _kind(part)
    parent = _parent(here, kind)
    sent = map(key_sent, request.POST.get("ids", "").split(","))
    keys = [key for key in sent if key is not None]
    try:
        if not saving.reorder(kind, parent, here.call, keys):
            messages.error(request, _("The list has changed meanwhile; here it is as it stands now."))
    except NotDraft:
        messages.error(request, _("The call is no longer a draft, so its content stays as it is."))
    return redirect(kind.back(kind.model(**{kind.link: parent})))


def remove(request: HttpRequest, pk: int, part: str, row: int, *, admin: Any) -> HttpResponseBase:
    """Ask first, saying what goes with it; remove when that is confirmed."""
    here, kind = writing_desk(request, admin, pk), _kind(part)
    found = found_row(here, kind, row)
    back, title = kind.back(found), kind.describe(found, here.voice).title
    if request.method == "POST":
        try:
            saving.remove(kind, found, here.call)
            messages.success(request, _("“%(title)s” is removed.") % {"title": title})
        except NotDraft:
            messages.error(request, _("The call is no longer a draft, so its content stays as it is."))
        return redirect(back)
    goes = [
        (number, options.verbose_name if number == 1 else options.verbose_name_plural)
        for options, number in saving.goes_with(found)
    ]
    return here.show("remove", _("Remove: %(title)s") % {"title": title}, part=kind, name=title, goes=goes, back=back)
