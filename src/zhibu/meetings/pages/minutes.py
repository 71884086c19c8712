"""The minutes as a document: to read, to sign, to print and edit as docx, to correct after signing."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.db.models import prefetch_related_objects
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.safestring import mark_safe

from zhibu.accounts.access import page
from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.documents.filling import fill, written
from zhibu.documents.preview import as_pdf, preview
from zhibu.meetings import actions, queries
from zhibu.meetings.content import AttendanceLine, Content, ResolutionLine, counts
from zhibu.meetings.enums import Part, Presence, State
from zhibu.meetings.forms import CorrectionForm, SignForm
from zhibu.meetings.life.models import Criticism
from zhibu.meetings.models import Correction, Meeting, Signature
from zhibu.ui.forms import attempt, form_page

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@page(needs=Right.VIEW_MEETING)
def document(request: HttpRequest, pk: int) -> HttpResponse:
    """The record as the sheet that is filed: PDF, or docx to be edited in Word."""
    found = queries.minutes(request.scope, pk)  # type: ignore[attr-defined]
    corrections = list(found.corrections.all())
    content = docx_of(found, queries.content_of(found), queries.signatures(found), corrections)
    if request.GET.get("as") == "docx":
        answer = HttpResponse(content, content_type=WORD)
        answer["Content-Disposition"] = f'attachment; filename="meeting-{found.pk}.docx"'
        return answer
    answer = HttpResponse(as_pdf(content, title=_title(found)), content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="meeting-{found.pk}.pdf"'
    return answer


@page(needs=Right.VIEW_MEETING, methods=("GET", "POST"))
def sign(request: HttpRequest, pk: int) -> HttpResponse:
    """Host and recorder read the sheet and sign it, each as himself."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    found = queries.minutes(scope, pk)
    form = SignForm(request.POST or None, initial={"version": found.version})
    if request.method == "POST":
        signed = attempt(form, lambda: actions.sign(scope, pk, version=form.cleaned_data["version"], at=timezone.now()))
        if isinstance(signed, Signature):
            messages.success(request, f"已签名：{signed.get_quality_display()}。")
            return redirect("meetings:sign", pk=pk)
        # What is shown below is the record as it stands now; signing it is a new decision.
        found = queries.minutes(scope, pk)
        form.data = {"version": str(found.version)}
    given = queries.all_signatures(found)
    held = queries.holding(given)
    own = queries.qualities(scope, found)
    mine = [one for one in held if one.quality in own]
    may_sign = found.state == State.RECORDED and bool(own) and not mine and found.host_id != found.recorder_id
    content = queries.content_of(found)
    stands = standing(found, given, content)
    stands["may_correct"] = scope.may(Right.RECORD_MEETING, found.organization.path)
    if request.method == "GET" and request.GET.get("card"):
        # For the record's own page, which asks for it by itself.
        return render(request, "meetings/signatures.html", {"meeting": found, "to_sign": may_sign, **stands})
    sheet = preview(docx_of(found, content, held, stands["corrections"]))
    context = {
        "meeting": found, "form": form, "sheet": mark_safe(sheet), "own": own,
        "may_sign": may_sign, "same": found.host_id is not None and found.host_id == found.recorder_id, **stands,
    }  # fmt: skip
    return render(request, "meetings/sign.html", context, status=422 if form.is_bound else 200)


@page(needs=Right.RECORD_MEETING, methods=("GET", "POST"))
def correction(request: HttpRequest, pk: int) -> HttpResponse:
    scope: Scope = request.scope  # type: ignore[attr-defined]
    found = queries.signed_minutes(scope, pk)
    form = CorrectionForm(request.POST or None, initial={"submission": uuid.uuid4()})
    if request.method == "POST":
        name = request.user.display_name  # type: ignore[union-attr]
        given: dict[str, Any] = {"by_name": name, "at": timezone.now()}
        if attempt(form, lambda: actions.add_correction(scope, pk, **form.cleaned_data, **given)):
            messages.success(request, "已登记更正，与原记录并列显示，原记录不变。")
            return redirect("meetings:meeting", pk=pk)
    intro = "签名后的记录不再改动。更正写在旁边，与原记录、理由一并显示和打印。更正不改变已计入的统计。"
    cancel = f"/meetings/{found.pk}/"
    return form_page(request, form, title="签名后更正", submit="登记更正", cancel=cancel, intro=intro)


def standing(meeting: Meeting, given: list[Signature], content: Content) -> dict[str, Any]:
    """How the minutes stand: who signed, what a change has undone, whether they still are what was signed."""
    held = queries.holding(given)
    prefetch_related_objects([meeting], "attachments")
    return {
        "held": held,
        "is_signed": queries.is_signed(held),
        "voided": queries.last_voided(given),
        "altered": [one for one in held if one.digest != queries.digest_of(meeting, one.signed_at, content)],
        "corrections": list(meeting.corrections.all()),
    }


def docx_of(meeting: Meeting, content: Content, held: list[Signature], corrections: list[Correction]) -> bytes:
    return fill("minutes", _values(meeting, content, held, corrections))


def _title(meeting: Meeting) -> str:
    return f"{meeting.get_kind_display()}记录"


def _values(meeting: Meeting, content: Content, held: list[Signature], corrections: list[Correction]) -> dict[str, Any]:
    count = counts(content.attendance)
    signed = {one.quality: one for one in held}
    people = (("主持人", "host", meeting.host), ("记录人", "recorder", meeting.recorder))
    return {
        "title": _title(meeting), "organization": meeting.organization.name, "topic": content.title,
        "held": _when(content), "place": f"{content.place}{'（线上）' if content.is_online else ''}",
        **{key: person.name if person else "" for _label, key, person in people},
        "lecturer": " ".join(filter(None, (meeting.lecturer.name if meeting.lecturer else "", content.speaker))),
        "expected": count.expected, "present": count.present, "voters_expected": count.voters_expected,
        "voters_present": count.voters_present, "guests": content.guests, "minutes": content.minutes,
        "attendance": [
            {"label": label, "names": "、".join(map(_named, group))} for label, group in groups(content.attendance)
        ],
        "topics": [
            {"number": number, "title": one.title, "points": one.points} for number, one in enumerate(content.topics, 1)
        ],
        "resolutions": [
            {"number": number, "text": one.text, "duty": _duty(one), "vote": _vote(one)}
            for number, one in enumerate(content.resolutions, 1)
        ],
        "criticism": [
            {"by": one.by.name, "about": "自我批评" if one.is_self else one.about.name, "text": one.text}
            for one in Criticism.objects.filter(life__meeting=meeting).select_related("by", "about")
        ],
        "attachments": "、".join(one.name for one in meeting.attachments.all()),
        "signatures": [
            {
                "quality": label, "name": signed[key].person.name if key in signed else person.name if person else "",
                "when": written(signed[key].signed_at) if key in signed else "（未签名）",
            }
            for label, key, person in people
        ],
        "corrections": [
            {
                "when": f"{written(one.made_at)} {one.made_by_name}", "subject": one.subject, "was": one.was,
                "becomes": one.becomes, "reason": one.reason,
            }
            for one in corrections
        ],
        "state": _state(meeting, held),
    }  # fmt: skip


def _state(meeting: Meeting, held: list[Signature]) -> str:
    if meeting.state == State.DRAFT:
        return "草稿，未登记"
    told = "两人已在平台签名" if queries.is_signed(held) else "尚未完成签名"
    return f"{told}，记录第{meeting.version}版"


def _when(content: Content) -> str:
    hours = f"{content.starts_at:%H:%M}" if content.starts_at else ""
    if content.ends_at:
        hours += f"至{content.ends_at:%H:%M}"
    return f"{written(content.held_on)}{hours}"


def _named(line: AttendanceLine) -> str:
    said = "，".join(filter(None, ("线上" if line.is_online else "", line.reason)))
    return f"{line.name}（{said}）" if said else line.name


def _duty(line: ResolutionLine) -> str:
    return "，".join(filter(None, (line.responsible, written(line.due_on))))


def _vote(line: ResolutionLine) -> str:
    if not line.is_vote:
        return ""
    counted = f"赞成{written(line.in_favour)}，反对{written(line.against)}，弃权{written(line.abstained)}"
    by_letter = f"（其中书面意见{line.written}）" if line.written else ""
    return f"{counted}{by_letter}{'，' + str(line.outcome.label) if line.outcome else ''}"


def groups(lines: Any) -> list[tuple[str, list[AttendanceLine]]]:
    """Attendance as an official record lists it: who came, who had leave and why, who was absent, who observed."""
    members = [line for line in lines if line.part is not Part.OBSERVER]
    found = [(str(one.label), [line for line in members if line.presence is one]) for one in Presence]
    found.append((str(Part.OBSERVER.label), [line for line in lines if line.part is Part.OBSERVER]))
    return [(label, group) for label, group in found if group]
