"""Sample data for the sheet of components: imagined, in both languages."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.core.paginator import Paginator

from portal.content import deadlines

_NOW = datetime(2027, 9, 24, 11, 0, tzinfo=UTC)
_DEADLINE = datetime(2027, 10, 15, 14, 0, tzinfo=UTC)
Words = dict[str, str]

_TITLE: Words = {
    "hy": "Համայնքային վերակերպումներ. վերակերպել համայնքի կյանքը",
    "en": "Urban makeovers: making over the life of a community",
}
_SUMMARY: Words = {
    "hy": "14-20 փոքրածավալ նորարարական ծրագիր, յուրաքանչյուրին՝ 60 000 եվրո, և մենթորություն։",
    "en": "14 to 20 small-scale innovation projects, EUR 60,000 each, and mentorship.",
}
_MARKDOWN: Words = {
    "hy": "## Ինչի համար է հրավերը\n\nԾրագրերը **լսում են բնակիչներին** և փորձում նոր լուծումներ։\n\n"
    "- սոցիալական ներառում\n- քաղաքների կանաչ տարածքների ավելացում\n\n"
    "| Փուլ | Ամիս |\n| --- | --- |\n| Մենթորություն | 3 |\n| Իրականացում | 12 |\n",
    "en": "## What the call is for\n\nProjects **listen to residents** and try new solutions.\n\n"
    "- social inclusion\n- greening of cities\n\n"
    "| Phase | Months |\n| --- | --- |\n| Mentorship | 3 |\n| Implementation | 12 |\n",
}
_TEXTS: dict[str, tuple[str, str]] = {
    "need": ("Ի՞նչ կարիքի է արձագանքում ծրագիրը", "Which need does the project answer?"),
    "need_help": (
        "Մինչև 400 բառ։ Նկարագրեք, թե ում և ինչպես է վերաբերում խնդիրը։",
        "Up to 400 words. Describe whom the problem concerns, and how.",
    ),
    "need_text": (
        "Ալավերդու կենտրոնական զբոսայգին փակ է վերջին վեց տարիներին, և քաղաքում չկա տարածք, որտեղ "
        "երիտասարդներն ու տարեցները կարող են հանդիպել։",
        "The central park of Alaverdi has been closed for six years, and the town has no place where the young and "
        "the old can meet.",
    ),
    "name": ("Ծրագրի անվանումը", "Title of the project"),
    "amount": ("Հայցվող գումարը, €", "Amount requested, €"),
    "amount_help": ("Թվանշաններով, օրինակ՝ 60 000", "In digits, for example 60 000"),
    "amount_error": (
        "«60,000»-ը կարելի է կարդալ երկու կերպ. գրեք 60 000 կամ 60,00։",
        "“60,000” could be read in two ways: write 60 000 or 60.00.",
    ),
    "start": ("Մեկնարկը", "Start date"),
    "lot": ("Լոտը", "Lot"),
    "lot1": ("Լոտ 1. Հայաստան, Վրաստան, Մոլդովա", "Lot 1: Armenia, Georgia, Moldova"),
    "lot2": ("Լոտ 2. Ուկրաինա", "Lot 2: Ukraine"),
    "partners": ("Ծրագիրն ունի՞ գործընկերներ", "Does the project have partners?"),
    "yes": ("Այո", "Yes"),
    "no": ("Ոչ", "No"),
    "priorities": ("Առաջնահերթություններ", "Priorities"),
    "p1": ("սոցիալական ներառում", "social inclusion"),
    "p2": ("քաղաքների կանաչ տարածքների ավելացում", "greening of cities"),
    "p3": ("բարեկեցություն և նորարարություն", "wellbeing and innovation"),
    "decision": ("Ավագանու որոշումը", "Decision of the council"),
    "decision_help": (
        "PDF, JPG կամ PNG, մինչև 10 ՄԲ։ Հեռախոսով արված լուսանկարն ընդունելի է։",
        "PDF, JPG or PNG, up to 10 MB. A photograph taken by phone is fine.",
    ),
    "honour": (
        "Հաստատում եմ, որ ծրագիրն այլ դոնորից միջոցներ չի ստանում։",
        "I confirm that the project receives no money from another donor.",
    ),
    "partner": ("Գործընկեր", "Partner"),
    "role": ("Դերը", "Role"),
    "organisation": ("Կազմակերպությունը", "Organisation"),
    "staff": ("Աշխատակազմ", "Staff"),
    "equipment": ("Սարքավորումներ", "Equipment"),
    "indirect": ("Անուղղակի ծախսեր", "Indirect costs"),
}


class _Says:
    """The sample texts in one language."""

    def __init__(self, language: str) -> None:
        self.index = 0 if language == "hy" else 1

    def __call__(self, key: str) -> str:
        return _TEXTS[key][self.index]

    def either(self, hy: str, en: str) -> str:
        return (hy, en)[self.index]


def _fields(say: _Says) -> dict[str, forms.Field]:
    lots, priorities = [(key, say(key)) for key in ("lot1", "lot2")], [(key, say(key)) for key in ("p1", "p2", "p3")]
    answers = [("yes", say("yes")), ("no", say("no"))]
    words = forms.Textarea({"data-max-words": "400", "rows": 5})
    digits = forms.TextInput({"class": "w-digits", "inputmode": "decimal"})
    return {
        "name": forms.CharField(label=say("name"), widget=forms.TextInput({"data-max-characters": "150"})),
        "need": forms.CharField(label=say("need"), help_text=say("need_help"), widget=words),
        "amount": forms.CharField(label=say("amount"), help_text=say("amount_help"), widget=digits),
        "start": forms.CharField(label=say("start"), required=False, widget=forms.TextInput({"class": "w-date"})),
        "lot": forms.ChoiceField(label=say("lot"), choices=lots),
        "partners": forms.ChoiceField(label=say("partners"), choices=answers, widget=forms.RadioSelect),
        "priorities": forms.MultipleChoiceField(
            label=say("priorities"), choices=priorities, required=False, widget=forms.CheckboxSelectMultiple
        ),
        "decision": forms.FileField(label=say("decision"), help_text=say("decision_help"), required=False),
        "honour": forms.BooleanField(label=say("honour")),
    }


def _form(say: _Says, *, faulty: bool) -> forms.Form:
    values = {"name": say("need_text")[:40], "need": say("need_text"), "lot": "lot1", "priorities": ["p1", "p3"]}
    kind: type[forms.Form] = type("SampleForm", (forms.Form,), _fields(say))
    if not faulty:
        return kind(initial=values)
    given = {f"faulty-{name}": value for name, value in {**values, "amount": "60,000"}.items()}
    form = kind(given, prefix="faulty")
    form.add_error("amount", say("amount_error"))
    return form


def _partner_forms(say: _Says) -> list[forms.Form]:
    fields = {"name": forms.CharField(label=say("organisation")), "role": forms.CharField(label=say("role"))}
    kind = type("PartnerForm", (forms.Form,), fields)
    return [kind(prefix=f"partner-{index}") for index in range(2)]


def _budget(say: _Says) -> dict[str, Any]:
    lines = {"staff": ("24 000", "18 000"), "equipment": ("43 500", "38 000"), "indirect": ("4 000", "4 000")}
    rows = [_budget_row(say(key), key, *amounts) for key, amounts in lines.items()]
    return {"rows": rows, "totals": {"total": Decimal(71500), "requested": Decimal(60000)}}


def _budget_row(title: str, key: str, total: str, requested: str) -> dict[str, Any]:
    def amount(name: str) -> forms.CharField:
        widget = forms.TextInput(
            {"class": "form-control number", "inputmode": "decimal", "aria-label": f"{title}: {name}"}
        )
        return forms.CharField(label=name, widget=widget)

    kind = type("BudgetForm", (forms.Form,), {"total": amount("total"), "requested": amount("requested")})
    form = kind(prefix=key, initial={"total": total, "requested": requested})
    return {"title": title, "total": form["total"], "requested": form["requested"]}


def _deadlines(language: str) -> dict[str, deadlines.Deadline]:
    def prepare(now: datetime, zone: str | None) -> deadlines.Deadline:
        return deadlines.prepare(_DEADLINE, call_zone="Asia/Yerevan", reader_zone=zone, now=now, language=language)

    return {
        "deadline": prepare(_NOW, "Europe/Brussels"),
        "near": prepare(_DEADLINE - timedelta(hours=2, minutes=41), None),
        "over": prepare(_DEADLINE + timedelta(seconds=1), "Asia/Yerevan"),
    }


def _rules(say: _Says) -> list[dict[str, str]]:
    return [
        {
            "verdict": "pass",
            "text": say.either(
                "Համայնքը հրավերի երկրներից մեկում է։", "The municipality is in one of the countries of the call."
            ),
        },
        {
            "verdict": "caveat",
            "text": say.either("Ավագանու որոշումը դեռ կցված չէ։", "The decision of the council is not attached yet."),
            "reason": say.either("Այն հարկավոր կլինի ներկայացնելիս։", "It will be needed when you submit."),
            "url": "#rules",
            "link": say.either("Որոշման օրինակ", "A model decision"),
        },
        {
            "verdict": "fail",
            "text": say.either(
                "Պորտֆելի հրավերին հետաքրքրվածության հայտ ներկայացված չէ։",
                "There is no expression of interest in the portfolio call.",
            ),
            "reason": say.either(
                "Նորարարության հրավերին կարող են դիմել միայն այն համայնքները, որոնք ունեն հետաքրքրվածության հայտ։",
                "Only municipalities with an expression of interest may apply to the innovation call.",
            ),
        },
    ]


def _tasks(say: _Says) -> list[dict[str, str]]:
    return [
        {
            "title": say.either("Ծրագիրը", "The project"),
            "url": "#tasks",
            "word": say.either("Լրացված է", "Done"),
            "tone": "done",
        },
        {
            "title": say.either("Մարդիկ և գործընկերներ", "People and partners"),
            "url": "#tasks",
            "word": say.either("Ընթացքում է", "In progress"),
            "tone": "warn",
            "note": say.either("Պակասում է 2 պատասխան", "2 answers are missing"),
        },
        {
            "title": say.either("Բյուջե", "Budget"),
            "url": "#tasks",
            "word": say.either("Սկսված չէ", "Not started"),
            "tone": "neutral",
        },
        {
            "title": say.either("Ներկայացնել", "Submit"),
            "url": "",
            "word": say.either("Դեռ հնարավոր չէ", "Not possible yet"),
            "tone": "neutral",
        },
    ]


def _call(say: _Says, language: str) -> dict[str, Any]:
    return {
        "url": "#card",
        "title": _TITLE[language],
        "summary": _SUMMARY[language],
        "word": say.either("Բաց է", "Open"),
        "tone": "open",
        "kind": say.either("Ծրագրային առաջարկ", "Project proposal"),
        "facts": [
            {
                "term": say.either("Ներկայացնել մինչև", "Submit by"),
                "text": say.either("15.10.2027, ժամը 18:00 (Երևան)", "15 October 2027, 18:00 (Yerevan)"),
            },
            {"term": say.either("Մնացել է", "Time left"), "text": say.either("21 օր 3 ժամ", "21 days 3 hours")},
            {"term": say.either("Ընդհանուր բյուջե", "Total budget"), "text": say.either("1 200 000 €", "€1,200,000")},
        ],
    }


def _lots(say: _Says) -> list[dict[str, Any]]:
    geographic, horizontal = say.either("աշխարհագրական", "geographic"), say.either("հորիզոնական", "horizontal")
    names = [say.either(f"Լոտ {number}", f"Lot {number}") for number in (1, 2, 3)]
    where = [
        say.either("Հայաստան, Ադրբեջան, Բելառուս, Վրաստան, Մոլդովա", "Armenia, Azerbaijan, Belarus, Georgia, Moldova"),
        say.either("Ուկրաինա", "Ukraine"),
        say.either("Արդյունքների և դասերի փոխանցում", "Sharing of results and lessons"),
    ]
    kinds = [("geographic", geographic), ("geographic", geographic), ("horizontal", horizontal)]
    budgets = [Decimal(5000000), Decimal(4000000), Decimal(1000000)]
    return [
        {"title": name, "kind": kind, "kind_word": word, "budget": budget, "where": text}
        for name, (kind, word), budget, text in zip(names, kinds, budgets, where, strict=True)
    ]


def _results(say: _Says) -> list[dict[str, Any]]:
    title = say.either("Կանաչ զբոսայգի բոլորի համար", "A green park for all")
    return [
        {"name": say.either("Ալավերդի", "Alaverdi"), "title": title, "amount": Decimal(60000), "code": "0007"},
        {"name": say.either("Սևան", "Sevan"), "title": title, "amount": Decimal("58250.50"), "code": "0012"},
        {"name": say.either("Եղեգնաձոր", "Yeghegnadzor"), "title": title, "amount": Decimal(41000), "code": "0031"},
    ]


def samples(language: str) -> dict[str, Any]:
    """Return everything that the sheet shows, in one language (hy or en)."""
    say = _Says(language)
    state = say.either("Լրացնել", "Fill in"), say.either("Ստուգել", "Check"), say.either("Ներկայացնել", "Submit")
    return {
        **_deadlines(language),
        "title": _TITLE[language],
        "summary": _SUMMARY[language],
        "text": _MARKDOWN[language],
        "actions": [
            {"url": "#deadline", "title": say.either("Շարունակել հայտը", "Go on with the application")},
            {"url": "#deadline", "title": say.either("Տպել բոլոր հարցերը", "Print all questions"), "quiet": True},
        ],
        "crumbs": [{"title": say.either("Հրավերներ", "Calls"), "url": "#top"}, {"title": "M4EG", "url": "#top"}],
        "rules": _rules(say),
        "applicant": say.either("Ալավերդի համայնք, Լոռու մարզ", "Alaverdi, Lori"),
        "tasks": _tasks(say),
        "steps": [
            {"title": title, "state": word} for title, word in zip(state, ("done", "current", "next"), strict=True)
        ],
        "call": _call(say, language),
        "lots": _lots(say),
        "results": _results(say),
        "form": _form(say, faulty=False),
        "faulty": _form(say, faulty=True),
        "partners": _partner_forms(say),
        "partner": say("partner"),
        "budget": _budget(say),
        "files": _files(say),
        "receipt": _receipt(language),
        "tags": _tags(say),
        "page": Paginator(range(240), 20).page(4),
    }


def _files(say: _Says) -> list[dict[str, str]]:
    size = say.either("ՄԲ", "MB")
    remove = {"remove_name": "remove", "remove_value": "1"}
    return [
        {
            "name": say.either("Ավագանու որոշում N 42-Ա.pdf", "Council decision 42-A.pdf"),
            "size": f"1.2 {size}",
            "url": "#files",
            **remove,
        },
        {
            "name": "IMG_20270914_113502_scan_of_the_decision_second_page.heic",
            "size": f"14 {size}",
            "error": say.either("Ֆայլը մեծ է 10 ՄԲ-ից։", "The file is larger than 10 MB."),
            **remove,
        },
    ]


def _receipt(language: str) -> dict[str, str]:
    moments = {"hy": "15.10.2027, ժամը 17:42:10 (Երևան)", "en": "15 October 2027, 17:42:10 (Yerevan)"}
    digest = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
    return {
        "number": "M4EG-2021-PILOT-0007",
        "moment": moments[language],
        "digest": digest,
        "url": "https://example.org/r/7",
    }


def _tags(say: _Says) -> list[dict[str, str]]:
    return [
        {"word": say.either("Բաց է", "Open"), "tone": "open"},
        {"word": say.either("Առաջիկա", "Upcoming"), "tone": "neutral"},
        {"word": say.either("Ընթացքում է", "In progress"), "tone": "warn"},
        {"word": say.either("Մերժված է", "Rejected"), "tone": "error"},
        {"word": say.either("Ներկայացված է", "Submitted"), "tone": "done"},
    ]
