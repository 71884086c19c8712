"""Check-in: the member's own page, the desk of whoever runs the meeting, and the code on the wall.

Marks are sent by ``frontend/src/modules/outbox.js`` when there is a script: it asks for JSON, keeps what a lost network
held back, and takes any JSON answer as final. Without a script the same forms are sent as ever.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import segno
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import mark_safe

from zhibu.accounts.access import page
from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.meetings import actions, queries
from zhibu.meetings.actions import Arrived
from zhibu.meetings.codes import STEP_SECONDS, seconds_left, step_of, tidy
from zhibu.meetings.enums import CAME, MarkState, Presence, State
from zhibu.meetings.forms import CheckInForm
from zhibu.meetings.rules import offline_minutes, refusal_of_opening
from zhibu.regulations.refusal import Refusal
from zhibu.ui.forms import attempt

ONLINE = "online"
CHOICES = (
    (Presence.PRESENT.value, "出席"), (ONLINE, "线上"), (Presence.LATE.value, "迟到"), (Presence.EARLY.value, "早退"),
    (Presence.LEAVE.value, "请假"), (Presence.ABSENT.value, "缺席"),
)  # fmt: skip
FIRST_CHOICES = tuple(choice for choice in CHOICES if choice[0] != Presence.EARLY)


def now() -> datetime:
    return timezone.now()


@page(needs=Right.VIEW_MEETING, methods=("GET", "POST"))
def check_in(request: HttpRequest, pk: int) -> HttpResponse:
    """The reader checks in as himself: by the camera (the address carries the code) or by typing six digits."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    if request.method == "POST" and _wants_json(request):
        return _in_json(lambda: _check_in(scope, pk, request))
    line = queries.own_attendance(scope, pk)
    form = CheckInForm(request.POST or None, initial={"code": tidy(request.GET.get("code", "")), "key": uuid.uuid4()})
    if request.method == "POST" and (arrived := attempt(form, lambda: _check_in(scope, pk, request))):
        messages.success(request, _said(arrived))  # type: ignore[arg-type]
        return redirect("meetings:check_in", pk=pk)
    opened = queries.check_in_of(line.meeting)
    context = {
        "form": form, "meeting": line.meeting, "line": line, "came": line.presence in CAME,
        "waits": line.meeting.marks.filter(person=line.person_id, state=MarkState.PENDING).exists(),
        "may": line.presence == Presence.EXPECTED and opened is not None and opened.closed_at is None
        and refusal_of_opening(line.meeting, now()) is None,
        "scanned": request.method == "GET" and bool(request.GET.get("code")),
        "minutes": int(offline_minutes(line.meeting.held_on).total_seconds() // 60), "who": scope.person_id,
    }  # fmt: skip
    return render(request, "meetings/check_in.html", context, status=422 if form.is_bound else 200)


def _check_in(scope: Scope, pk: int, request: HttpRequest) -> Arrived:
    form = CheckInForm(request.POST)
    if not form.is_valid():
        raise Refusal("签到码没有填对。", field="code", remedy="请填会场上显示的六位数字。")
    given = form.cleaned_data
    return actions.check_in(
        scope, pk, code=given["code"], key=given["key"] or uuid.uuid4(), at=now(), age=_age(request),
        is_online=given["is_online"],
    )  # fmt: skip


@page(needs=Right.VIEW_MEETING)
def desk(request: HttpRequest, pk: int) -> HttpResponse:
    """Attendance and quorum as they stand, for whoever runs the meeting; asks again every few seconds."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    meeting = queries.led_meeting(scope, pk)
    opened = queries.check_in_of(meeting)
    pending = meeting.marks.filter(state=MarkState.PENDING).count()
    seen = f"{meeting.updated_at.timestamp()}-{pending}-{opened and opened.opened_at}-{opened and opened.closed_at}"
    polled = bool(getattr(request, "htmx", False))
    if polled and request.GET.get("seen") == seen:
        return HttpResponse(status=204)
    refusal = refusal_of_opening(meeting, now())
    context = {
        "meeting": meeting, "live": queries.live(scope, meeting), "opened": opened, "seen": seen, "refusal": refusal,
        "is_open": opened is not None and opened.closed_at is None and refusal is None,
        "is_draft": meeting.state == State.DRAFT, "choices": CHOICES, "first_choices": FIRST_CHOICES,
        "key": uuid.uuid4(), "who": scope.person_id or 0,
        "may_write": scope.may(Right.RECORD_MEETING, meeting.organization.path),
    }  # fmt: skip
    return render(request, "meetings/desk_live.html" if polled else "meetings/desk.html", context)


@page(needs=Right.VIEW_MEETING)
def code(request: HttpRequest, pk: int) -> HttpResponse:
    """What is shown on the wall or on the chair's phone: the picture to scan and the six digits, new every 15 s."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    meeting, at = queries.led_meeting(scope, pk), now()
    opened = queries.check_in_of(meeting)
    refusal = refusal_of_opening(meeting, at)
    context: dict[str, Any] = {"meeting": meeting, "refusal": refusal, "is_open": False}
    if opened is not None and opened.closed_at is None and refusal is None:
        key, step = queries.key_of(opened), step_of(at)
        address = request.build_absolute_uri(f"{reverse('meetings:check_in', args=[pk])}?code={key.ticket(step)}")
        digits = key.digits(step)
        context |= {
            "is_open": True, "digits": f"{digits[:3]} {digits[3:]}", "count": meeting, "picture": _picture(address),
            "left": seconds_left(at), "every": STEP_SECONDS + 1,
        }  # fmt: skip
    polled = bool(getattr(request, "htmx", False))
    answer = render(request, "meetings/code_live.html" if polled else "meetings/code.html", context)
    answer["Cache-Control"] = "no-store"
    return answer


def _picture(address: str) -> str:
    drawn = segno.make(address, error="m", micro=False).svg_inline(omitsize=True, border=2, dark="#000", light="#fff")
    return mark_safe(drawn)  # of black and white squares alone


@page(needs=Right.VIEW_MEETING, methods=("POST",))
def open_check_in(request: HttpRequest, pk: int) -> HttpResponse:
    actions.open_check_in(request.scope, pk, at=now())  # type: ignore[attr-defined]
    messages.success(request, "签到已开放。请点“显示签到码”，投到会场或让到会人员扫您的手机。")
    return redirect("meetings:desk", pk=pk)


@page(needs=Right.VIEW_MEETING, methods=("POST",))
def close_check_in(request: HttpRequest, pk: int) -> HttpResponse:
    actions.close_check_in(request.scope, pk, at=now())  # type: ignore[attr-defined]
    messages.success(request, "签到已结束，之后到会的由记录人登记。")
    return redirect("meetings:desk", pk=pk)


@page(needs=Right.VIEW_MEETING, methods=("POST",))
def mark(request: HttpRequest, pk: int) -> HttpResponse:
    """One tap of the recorder: ``mark`` is ``<person>:<presence>``."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    if _wants_json(request):
        return _in_json(lambda: _mark(scope, pk, request), "出席情况")
    messages.success(request, _said(_mark(scope, pk, request), of="出席情况"))
    return redirect("meetings:desk", pk=pk)


def _mark(scope: Scope, pk: int, request: HttpRequest) -> Arrived:
    queries.led_meeting(scope, pk)
    person, _colon, how = request.POST.get("mark", "").partition(":")
    known = {value for value, _label in CHOICES}
    if how not in known or not person.isdecimal() or len(person) > 17:
        raise Refusal("没有选择出席情况。", remedy="请在名单中点选一项。")
    try:
        key = uuid.UUID(request.POST.get("key", ""))
    except ValueError:
        raise Refusal("这条标记没有编号。", remedy="请刷新页面后重新登记。") from None
    presence = Presence.PRESENT if how == ONLINE else Presence(how)
    return actions.mark_presence(
        scope, pk, person=int(person), presence=presence, key=key, at=now(), age=_age(request), is_online=how == ONLINE
    )


@page(needs=Right.VIEW_MEETING, methods=("POST",))
def decide(request: HttpRequest, pk: int, mark: int) -> HttpResponse:
    confirmed = request.POST.get("decision") == "confirm"
    actions.decide_mark(request.scope, pk, mark, confirmed=confirmed, at=now())  # type: ignore[attr-defined]
    messages.success(request, "已确认到会。" if confirmed else "没有确认，未计入到会。")
    return redirect("meetings:desk", pk=pk)


def _age(request: HttpRequest) -> timedelta:
    """How long the browser kept the mark, by its own account, in whole seconds."""
    given = request.POST.get("age", "")
    return timedelta(seconds=int(given) if given.isdecimal() and len(given) < 8 else 0)


def _said(arrived: Arrived, of: str = "签到") -> str:
    if arrived.state is MarkState.PENDING:
        return "断网时的签到已送达，待记录人确认。"
    if arrived.state is MarkState.OVERTAKEN:
        return "送达时已有更新的登记，没有改动。"
    return f"{of}已登记：{arrived.presence.label}。"


def _wants_json(request: HttpRequest) -> bool:
    return request.headers.get("Accept") == "application/json"


def _in_json(call: Callable[[], Arrived], of: str = "签到") -> JsonResponse:
    """Any answer in JSON is final: the browser forgets the mark and says what was said."""
    try:
        arrived = call()
    except Refusal as refused:
        return JsonResponse({"said": str(refused)}, status=422)
    except PermissionDenied as denied:
        return JsonResponse({"said": str(denied)}, status=403)
    except Http404 as missing:
        return JsonResponse({"said": str(missing)}, status=404)
    return JsonResponse({"said": _said(arrived, of), "state": arrived.state.value})
