"""One scene in which every address of the portal leads somewhere, and everybody who may come to it."""

from datetime import timedelta
from typing import Any

import pgtrigger
from django.contrib.contenttypes.models import ContentType
from django.core.files.base import ContentFile

from applications.lifecycle import ask_clarification
from applications.lifecycle.filing import begin_upload
from applications.lifecycle.helping import invite_helper
from applications.models import Attachment, Reuse, StageEntry, Submission
from calls.corrigenda import begin_changes
from calls.extensions import grant_extension
from calls.following import save_search, way_out_of_alerts
from calls.models import Call, CallDocument, ProgrammeMembership, Question, Waiver
from calls.spec import CallSpec
from evaluation.lifecycle import make_shortlist, record_check
from grants.lifecycle import award_shortlist
from portal import clock
from portal.accounts.models import CountryOffice, Person, Role
from portal.content.models import Page
from portal.documents.models import StoredFile
from portal.documents.previews import preview_of
from portal.documents.sniff import KINDS
from portal.documents.storage import store
from portal.documents.uploads import Announced
from portal.notices.models import Message, MessageState
from tests.calls.enquiries import make_answer_draft, make_enquiry, publish
from tests.evaluation.factories import assign, begin, make_assessor, make_entry, make_stage, score
from tests.factories import (
    PDF,
    make_call,
    make_draft,
    make_member,
    make_municipality,
    make_region,
    make_staff,
    stage_of,
)
from tests.grants.helpers import decided, letter_of, make_open_call

Values = dict[str, Any]


class Scene:
    """Three calls (open, under evaluation, decided) in which one municipality applied; ``people`` look at them.

    ``things`` holds what addresses take, by a label: the values for the names in their patterns.
    """

    def __init__(self) -> None:
        make_municipality("Tashir", country="GE")
        self.own = make_municipality("Alaverdi", region=make_region("AM-LO"))
        self.other = make_municipality("Gyumri")
        self.people = self._people()
        self.things: dict[str, Values] = {"-": {}}
        self._open_call()
        self._finding()
        self._evaluation()
        self._decided_call()
        self._questions()
        self._administration()

    def _people(self) -> dict[str, Person | None]:
        """Everybody, by the signs at the head of the table."""
        members = {"V": "viewer", "E": "editor", "H": "head"}
        officers = {"C": "AM", "D": "GE"}
        programme = {"G": Role.GRANT_OFFICER, "P": Role.PROGRAMME_OFFICER, "U": Role.AUDITOR, "X": Role.ADMINISTRATOR}
        return {
            "-": None,
            **{sign: make_member(self.own, role) for sign, role in members.items()},
            "M": make_member(self.other, "head"),
            "A": make_assessor(),
            "B": make_assessor(),
            **{sign: make_staff(Role.COUNTRY_OFFICER, country=code) for sign, code in officers.items()},
            **{sign: make_staff(role) for sign, role in programme.items()},
        }

    def _person(self, sign: str) -> Person:
        person = self.people[sign]
        assert person
        return person

    def _open_call(self) -> None:
        call = make_open_call("M4EG-2021-PORTFOLIO")
        draft = make_draft(call, self.own, by=self._person("E"))
        self.things["draft"] = {"pk": draft.pk, "section": "motivation", "object_id": draft.pk, "question": "letter"}
        upload = begin_upload(draft, "letter", Announced("letter.pdf", 5), by=self._person("E"))
        self.things["upload of the editor"] = {**self.things["draft"], "token": upload.token, "index": 0}
        self.things["question of the draft"] = {"pk": draft.pk, "question": "challenge"}
        given: Any = {"name": "Aram", "email": "aram@adviser.example", "until": draft.deadline, "by": self._person("E")}
        self.things["helper of the draft"] = {"pk": draft.pk, "helper": invite_helper(draft, **given).pk}
        self.things["open call"] = {**_call(call), "app_label": "calls"}
        hidden = make_call("M4EG-2021-INNOVATION", change=_another_code, published=False)
        self.things["working copy"] = _call(begin_changes(call, by=None))
        until = stage_of(call).deadline + timedelta(days=3)
        extension = grant_extension(stage_of(call), self.own, until=until, reason="A flood.", by=None)
        self.things["extension"] = {"pk": call.pk, "row": extension.pk}
        self.things["draft call"] = _call(hidden)
        rule = hidden.eligibility_rules.all()[0]
        self.things["rule of the draft call"] = {"pk": hidden.pk, "part": "rule", "row": rule.pk}
        self.things |= _builder(hidden)
        self.things["stage of the open call"] = {"pk": call.pk, "stage": stage_of(call).pk, "name": "applicant"}
        self.things["money of the draft call"] = {"pk": hidden.pk, "part": "money"}
        document = CallDocument.objects.create(
            call=call, kind="guidelines", title_hy="Ուղեցույց", title_en="Guidelines", file=_file("guidelines.pdf")
        )
        self.things["document of the call"] = _address(document.file)

    def _finding(self) -> None:
        editor = self._person("E")
        self.things["search of the editor"] = {"pk": save_search(editor, query="country=AM", name="Armenia").pk}
        self.things["way out of an e-mail"] = {"token": way_out_of_alerts(editor).rstrip("/").rpartition("/")[2]}
        self.things["no way out of an e-mail"] = {"token": "WzEsbnVsbF0:x"}

    def _evaluation(self) -> None:
        """Own: one of two assessments is completed; the neighbour's: assessors differ; a third: not declared yet."""
        stage = make_stage(divergence={"percent_of_higher": 30, "resolve": "consensus"})
        own, neighbour, third = (make_entry(stage, one) for one in (self.own, self.other, make_municipality("Sevan")))
        others = [make_assessor(), make_assessor()]
        begun, completed = begin(own, self._person("A")), score(own, others[0], "444444")
        for person, scores in zip(others, ("555555", "111111"), strict=True):
            score(neighbour, person, scores)
        asked = assign(third, self._person("A"))
        record_check(own, stage.check_items.filter(fatal=True)[0], "no", by=None)
        question = Question.objects.filter(section__stage=stage, kind="file")[0]
        file = _file("decision.pdf")
        with pgtrigger.ignore("documents.StoredFile:fixed_fields"):
            StoredFile.objects.filter(pk=file.pk).update(created_at=stage.opens_at)
        Attachment.objects.create(entry=own, question=question.key, file=file, added_at=stage.opens_at)
        preview_of(file)
        draft = make_shortlist(stage, by=None)
        clarified = make_entry(stage, self.own, lot="LOT2")
        until = clock.now() + timedelta(days=3)
        request = ask_clarification(clarified, questions=["title"], text="Which?", due_at=until, by=None)
        self._versions(own, neighbour)
        self.things |= {
            "call under evaluation": _call(stage.call),
            "stage": {"pk": stage.pk},
            "submitted": _entry(own),
            "clarified": _entry(clarified),
            "clarification": _key(request),
            "application of a neighbour": _entry(neighbour),
            "differing scores": {"pk": neighbour.pk},
            "assessment, begun": _key(begun),
            "assessment, completed": _key(completed),
            "assessment, not begun": _key(asked),
            "draft shortlist": {**_key(draft), "kind": "xlsx"},
            "file of an answer": _address(file),
        }

    def _versions(self, own: StageEntry, neighbour: StageEntry) -> None:
        """The neighbour submitted twice and began the second stage; the draft took something over from the own one."""
        first = Submission.objects.get(entry=neighbour)
        Submission.objects.create(
            **{field.name: getattr(first, field.name) for field in Submission._meta.fields if field.name != "id"}
            | {"sequence": 2}
        )
        full = neighbour.stage.call.stages.get(code="full")
        begun = StageEntry.objects.create(application=neighbour.application, stage=full)
        draft = StageEntry.objects.get(pk=self.things["draft"]["pk"])
        reuse = Reuse.objects.create(entry=draft, source=own, person=self._person("E"), taken=["challenge"])
        self.things |= {
            "second stage of a neighbour": _key(begun),
            "what the draft took over": {"pk": draft.pk, "reuse": reuse.pk},
        }

    def _decided_call(self) -> None:
        shortlist = decided(make_open_call("M4EG-2021-INNOVATION"), [self.own, self.other])
        row = shortlist.rows.get(entry__application__municipality=self.own)
        (grant,) = award_shortlist(shortlist, by=self.people["P"], only={row.pk})
        letter = letter_of(grant)
        assert letter.file
        self.things |= {
            "decided call": _call(shortlist.stage.call),
            "shortlist": {**_key(shortlist), "kind": "xlsx"},
            "shortlist, all": {**_key(shortlist), "kind": "json"},
            "grant": _key(grant),
            "letter": {**_key(letter), "code": letter.code, **_address(letter.file)},
            "no letter": {"code": "AAAAAAAAAAAAAAAA"},
            "selected": _entry(row.entry),
            "application": _key(row.entry.application),
        }

    def _questions(self) -> None:
        """Two questions of the municipality about the open call: one with a draft of an answer, one answered."""
        call = Call.objects.get(code="M4EG-2021-PORTFOLIO")
        Call.objects.filter(pk=call.pk).update(questions_until=clock.now() + timedelta(days=1))
        waiting, answered = (
            make_enquiry(call, text, by=self._person("E"), place=self.own) for text in ("From Alaverdi?", "Answered?")
        )
        publish(call, make_answer_draft(answered))
        make_answer_draft(waiting)
        self.things |= {"question": _key(waiting), "question, answered": _key(answered)}

    def _administration(self) -> None:
        editor = self._person("E")
        office = CountryOffice.objects.create(country_id="AM", name_hy="Գ", name_en="O", email="office@example.org")
        call = Call.objects.get(code="M4EG-2021-PORTFOLIO")
        member = ProgrammeMembership.objects.create(programme=call.programme, municipality=self.own)
        page = Page.objects.create(slug="about", title_hy="Մեր մասին", title_en="About", body_hy="Ա", body_en="A")
        message = Message.objects.filter(recipient=self.people["H"])[0]
        failed = Message.objects.create(
            key="failed", kind="receipt", recipient=editor, to=editor.email, language="en", state=MessageState.FAILED
        )
        waiver = Waiver.objects.create(call=call, municipality=self.own, rule="population", reason="It grows soon")
        self.things |= {
            "waiver": _key(waiver),
            "country": _id("AM"),
            "country office": _key(office),
            "region": _id("AM-LO"),
            "municipality": _key(self.own),
            "person": _key(editor),
            "message": _key(message),
            "message, given up": _key(failed),
            "page": {**_key(page), "slug": "about", "content_type_id": ContentType.objects.get_for_model(Page).pk},
            "choice of a municipality": {"?": "?app_label=accounts&model_name=membership&field_name=municipality"},
            "choice of a person": {"?": "?app_label=accounts&model_name=membership&field_name=person"},
            "link to set a password": {"uidb36": "1", "key": "abc"},
            "programme": _key(call.programme),
            "network member": _key(member),
        }


def _another_code(spec: CallSpec) -> CallSpec:
    return spec.model_copy(update={"code": "M4EG-DRAFT"})


def _builder(call: Call) -> dict[str, Values]:
    """A stage of a draft, a section and a question of its form."""
    stage = stage_of(call)
    section = stage.form_sections.all()[0]
    return {
        "stage of the draft call": {"pk": call.pk, "stage": stage.pk, "name": "assessor"},
        "section of the draft call": {"pk": call.pk, "row": section.pk, "?": f"?parent={section.pk}"},
        "question of the draft call": {"pk": call.pk, "row": section.questions.all()[0].pk},
    }


def _id(key: Any) -> Values:
    return {"object_id": key}


def _key(row: Any) -> Values:
    return {"pk": row.pk, "object_id": row.pk}


def _call(call: Call) -> Values:
    return {**_key(call), "code": call.code, "call": call.code, "stage": stage_of(call).code}


def _entry(entry: StageEntry) -> Values:
    number = entry.application.number
    return {"pk": entry.pk, "object_id": entry.pk, "section": "project", "number": number, "sequence": 1}


def _file(name: str) -> StoredFile:
    return store(ContentFile(PDF), name=name, by=None, kind=KINDS["pdf"])


def _address(file: StoredFile) -> Values:
    return {"token": file.token, "name": file.name}
