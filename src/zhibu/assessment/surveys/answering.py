"""The page of a slip: opens without an account, asks about an organization's work, keeps nothing of who answers."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache

from zhibu.accounts.access import page
from zhibu.assessment.surveys import actions
from zhibu.assessment.surveys.forms import SlipForm
from zhibu.indicators.periods import Period
from zhibu.initiatives.actions.confirming import is_throttled, note_failure
from zhibu.ui.bearer import for_bearer
from zhibu.ui.forms import attempt

WAIT = "这里试错的编码过多，请 15 分钟后再试。"
UNKNOWN = "没有这个编码。请核对测评票上的编码，或者重新扫描二维码；测评票重新打印过的，以前的编码已经作废。"


@page(public=True, methods=("GET", "POST"))
@never_cache
def slip(request: HttpRequest, code: str) -> HttpResponse:
    """Whoever holds the slip. The reader's account, if there is one in this browser, is not looked at; an address is
    noted, under a mark and for a quarter of an hour, only where it tried codes that are none, with those of other
    links that open without an account."""
    at, address = timezone.now(), request.META.get("REMOTE_ADDR", "")
    today = timezone.localdate(at)
    try:
        survey = actions.opened(code, today)
        form = SlipForm(request.POST if request.method == "POST" else None, statements=survey.statements)
        if attempt(form, lambda: actions.hand_in(code, form.marks(), today)):
            return _told(request, "已收到", "您的测评已经计入，谢谢。可以关闭本页；这张测评票不能再用。", 200)
    except actions.NoSlip:
        # Only who tries is slowed: a whole campus may come from one address, and a code cannot be guessed.
        if is_throttled(address, at):
            return _told(request, "请稍后再试", WAIT, 429)
        note_failure(address, at)
        return _told(request, "没有这张测评票", UNKNOWN, 404)
    except actions.Spent as spent:
        return _told(request, "不能提交", str(spent), 410)
    context = {"survey": survey, "period": Period.parse(survey.period), "form": form}
    return for_bearer(render(request, "assessment/surveys/slip.html", context, status=422 if form.is_bound else 200))


def _told(request: HttpRequest, title: str, text: str, status: int) -> HttpResponse:
    return for_bearer(render(request, "assessment/surveys/told.html", {"title": title, "text": text}, status=status))
