"""The graduation season: classes, one class, one leaver, whom to chase, who stays."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header

from zhibu.accounts.access import page
from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.dues.queries import paid_until
from zhibu.people.enums import MEMBERS
from zhibu.procedures.pages.reports import WORD
from zhibu.procedures.transfers.enums import ReceiverKind
from zhibu.procedures.transfers.graduation import actions, bulk, filling, queries, receipts, workbook
from zhibu.procedures.transfers.graduation.advising import advise_all
from zhibu.procedures.transfers.graduation.enums import TONES, Progress
from zhibu.procedures.transfers.graduation.forms import (
    ConfirmForm,
    ContactForm,
    ExtendForm,
    IssueForm,
    LeaverForm,
    ReceiptsForm,
    SeasonForm,
    SubmitForm,
)
from zhibu.procedures.transfers.graduation.tables import LeaverTable, StayerTable
from zhibu.procedures.transfers.graduation.tables import left as days_left
from zhibu.procedures.transfers.models import Leaver
from zhibu.ui.forms import attempt, form_page
from zhibu.ui.parts import Tab
from zhibu.ui.tables import selected, table_page

PAGE = 50
SHOWN = 100
EDITABLE = (Progress.NO_DESTINATION, Progress.NOT_SENT, Progress.STAYS)
AWAITING = (Progress.NOT_FETCHED, Progress.NO_RECEIPT, Progress.FALLEN_BACK, Progress.TOO_LONG)


@dataclass(frozen=True)
class Chosen:
    """What the address narrows to: a season, a branch, a class."""

    season: int
    branch: str = ""
    class_name: str | None = None

    @classmethod
    def of(cls, scope: Scope, query: QueryDict) -> Chosen:
        year = query.get("year", "")
        season = int(year) if year.isdecimal() and len(year) == 4 else queries.current_season(scope)
        return cls(season, query.get("branch", ""), query.get("class"))

    def rows(self, scope: Scope) -> QuerySet[Any]:
        return queries.narrowed(queries.leavers(scope, self.season), self.branch, self.class_name)

    @property
    def query(self) -> str:
        values = {"year": self.season, "branch": self.branch, "class": self.class_name}
        return urlencode({name: found for name, found in values.items() if found not in ("", None)})

    def to(self, name: str) -> str:
        return f"{reverse(f'procedures:{name}')}?{self.query}"

    @property
    def label(self) -> str:
        return f"{self.season} 届" + (f" {self.class_name or '未填班级'}" if self.class_name is not None else "")


@page(needs=Right.VIEW_CASE)
def index(request: HttpRequest) -> HttpResponseBase:
    """Every class with its counts."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    chosen = Chosen.of(scope, request.GET)
    found = queries.classes(scope, chosen.season)
    here = reverse("procedures:class")
    for row in found:
        row["url"] = f"{here}?" + urlencode(
            {"year": chosen.season, "branch": row["branch"], "class": row["person__class_name"]}
        )
    url = reverse("procedures:graduation")
    context = {
        "classes": found, "chosen": chosen, "may_handle": scope.may(Right.HANDLE_CASE),
        "may_decide": scope.may(Right.DECIDE_CASE), "total": {name: sum(row[name] for row in found) for name in COUNTS},
        "tabs": [Tab(f"{year} 届", f"{url}?year={year}", year == chosen.season) for year in queries.seasons(scope)],
    }  # fmt: skip
    return render(request, "procedures/graduation/index.html", context)


COUNTS = ("total", "undecided", "unsent", "out", "late", "stays", "done")


@page(needs=Right.HANDLE_CASE, methods=("POST",))
def gather(request: HttpRequest) -> HttpResponseBase:
    scope: Scope = request.scope  # type: ignore[attr-defined]
    form = SeasonForm(request.POST)
    season = form.cleaned_data["season"] if form.is_valid() else scope.today.year
    count = actions.gather(scope, season)
    text = f"已加入 {count} 名毕业生党员。" if count else "名册中这一年毕业的党员都已在名单里。"
    messages.success(request, text)
    return redirect(f"{reverse('procedures:graduation')}?year={season}")


@page(needs=Right.VIEW_CASE)
def class_(request: HttpRequest) -> HttpResponseBase:
    """The table of one class, fifty rows a page; every row saves itself."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    chosen = Chosen.of(scope, request.GET)
    part = Paginator(chosen.rows(scope).order_by("person__pinyin", "pk"), PAGE).get_page(request.GET.get("page"))
    paid = paid_until(row.person_id for row in part)
    context = {
        "rows": [_row(request, row, paid=paid.get(row.person_id)) for row in part], "part": part, "chosen": chosen,
        "used": queries.receivers(scope), "may_handle": scope.may(Right.HANDLE_CASE),
        "may_decide": scope.may(Right.DECIDE_CASE),
        "links": {
            "template": chosen.to("leaver-template"), "submit": chosen.to("submit-leavers"),
            "issue": chosen.to("issue-letters"), "print": chosen.to("print-season"),
            "chase": f"{reverse('procedures:chase')}?season={chosen.season}",
        },
    }  # fmt: skip
    return render(request, "procedures/graduation/class.html", context)


def _row(request: HttpRequest, row: Any, form: LeaverForm | None = None, paid: date | None = None) -> dict[str, Any]:
    """What one row of the table shows. Once submitted it is no longer typed in."""
    progress = Progress(row.progress)
    editable = progress in EDITABLE
    scope: Scope = request.scope  # type: ignore[attr-defined]
    editable = editable and scope.may(
        Right.HANDLE_CASE, row.person.organization.path if row.person.organization else ""
    )
    if form is None and editable:
        form = LeaverForm(row=row, in_table=True, paid_until=paid)
    return {
        "leaver": row, "form": form, "progress": progress, "tone": TONES[progress],
        "left": days_left(row), "draft": f"{scope.user_id}:leaver-{row.pk}",
    }  # fmt: skip


@page(needs=Right.VIEW_CASE, methods=("GET", "POST"))
def leaver(request: HttpRequest, pk: int) -> HttpResponseBase:
    """One leaver: the row by itself, and what can be done with whoever stays. A row saves here, too."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    row = queries.leaver(scope, pk)
    in_table = bool(request.headers.get("HX-Request")) and not request.headers.get("HX-Boosted")
    paid = paid_until([row.person_id]).get(row.person_id)
    form = LeaverForm(request.POST or None, row=row, in_table=in_table, paid_until=paid)

    def act() -> Leaver:
        return actions.save(scope, pk, form.going(), version=form.cleaned_data["version"])

    if request.method == "POST" and attempt(form, act) is not None:
        if in_table:
            return _answer(request, queries.leaver(scope, pk), saved=True)
        messages.success(request, f"已保存“{row.person.name}”的去向。")
        return redirect(Chosen(row.season, str(row.person.organization_id), row.person.class_name).to("class"))
    if request.method == "POST" and in_table:
        return _answer(request, row, form=form)
    editable = _row(request, row)["form"] is not None
    context = {
        "row": row, "form": form, "editable": editable, "progress": Progress(row.progress),
        "stays": row.receiver_kind == ReceiverKind.STAY, "used": queries.receivers(scope),
        "back": Chosen(row.season, str(row.person.organization_id), row.person.class_name).to("class"),
    }  # fmt: skip
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "procedures/graduation/leaver.html", context, status=status)


def _answer(request: HttpRequest, row: Any, *, saved: bool = False, form: LeaverForm | None = None) -> HttpResponse:
    context = {"row": _row(request, row, form), "saved": saved}
    return render(request, "procedures/graduation/row.html", context, status=422 if form is not None else 200)


@page(needs=Right.HANDLE_CASE, methods=("GET", "POST"))
def submit(request: HttpRequest) -> HttpResponseBase:
    """The branch agrees to everybody of the class whose row is complete."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    chosen = Chosen.of(scope, request.GET)
    form = SubmitForm(request.POST if request.method == "POST" else None)

    def act() -> bulk.Done:
        return bulk.submit_all(scope, chosen.rows(scope).filter(progress=Progress.NOT_SENT))

    if request.method == "POST" and isinstance(done := attempt(form, act), bulk.Done):
        messages.success(request, f"已送审 {done.submitted} 人{_inside(done)}。")
        return redirect(chosen.to("class"))
    count = chosen.rows(scope).filter(progress=Progress.NOT_SENT).count()
    return form_page(
        request, form, title=f"送审：{chosen.label}", submit="党支部同意，送审", cancel=chosen.to("class"),
        intro=f"已登记去向、还没有送审的 {count} 人，由党支部同意后送基层党委审核。保留在本校的不需要送审。",
    )  # fmt: skip


@page(needs=Right.DECIDE_CASE, methods=("GET", "POST"))
def issue(request: HttpRequest) -> HttpResponseBase:
    """The committee approves and gives the letters of the class, or of the whole season."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    chosen = Chosen.of(scope, request.GET)
    form = IssueForm(request.POST or None, today=scope.today)
    ready = (Progress.NOT_SENT, Progress.SUBMITTED)

    def act() -> bulk.Done:
        data = form.cleaned_data
        rows = chosen.rows(scope).filter(progress__in=ready)
        return bulk.issue_all(scope, rows, valid_days=data["valid_days"], dues_until=data["dues_until"])

    if request.method == "POST" and isinstance(done := attempt(form, act), bulk.Done):
        messages.success(request, f"已审核并开具 {done.issued} 封介绍信{_inside(done)}，可以打印。")
        return redirect(chosen.to("class" if chosen.class_name is not None else "graduation"))
    count = chosen.rows(scope).filter(progress__in=ready).count()
    return form_page(
        request, form, title=f"审核并开具介绍信：{chosen.label}", submit="审核通过，开具", cancel=chosen.to("class"),
        intro=f"待审核的 {count} 人一次办理，全部成功或者都不办理；介绍信按年连续编号。有缺项的会列出姓名。",
    )  # fmt: skip


def _inside(done: bulk.Done) -> str:
    return f"，另有 {done.inside} 人转往本校其他党支部，按校内转接办理" if done.inside else ""


@page(needs=Right.DECIDE_CASE, methods=("POST",))
def print_season(request: HttpRequest) -> HttpResponseBase:
    """All letters of the class or season that were never printed, as one Word file."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    return _word(bulk.print_all(scope, Chosen.of(scope, request.GET).rows(scope)))


@page(needs=Right.DECIDE_CASE, methods=("POST",))
def print_leavers(request: HttpRequest) -> HttpResponseBase:
    """The letters of the chosen; those printed before are marked as copies."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    return _word(bulk.print_all(scope, selected(request, LeaverTable(), queries.leavers(scope)), again=True))


@page(needs=Right.HANDLE_CASE, methods=("POST",))
def advise_leavers(request: HttpRequest) -> HttpResponseBase:
    """A notice for each of the chosen: where the tie goes and what to do."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    return _word(advise_all(scope, selected(request, LeaverTable(), queries.leavers(scope))), "advice")


@page(needs=Right.HANDLE_CASE, methods=("POST",))
def advise_stayers(request: HttpRequest) -> HttpResponseBase:
    """A notice for each of the chosen: until when the tie stays here."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    return _word(advise_all(scope, selected(request, StayerTable(), queries.stayers(scope))), "advice")


def _word(content: bytes, name: str = "letters") -> HttpResponse:
    answer = HttpResponse(content, content_type=WORD)
    answer["Content-Disposition"] = f'attachment; filename="{name}.docx"'
    return answer


@page(needs=Right.VIEW_CASE)
def chase(request: HttpRequest) -> HttpResponseBase:
    """Whom to chase: without a destination, a letter not fetched, no receipt, out too long."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    return table_page(
        request, LeaverTable(), queries.leavers(scope), template="procedures/graduation/chase.html",
        export_right=Right.EXPORT,
    )  # fmt: skip


@page(needs=Right.DECIDE_CASE, methods=("POST",))
def receive(request: HttpRequest) -> HttpResponseBase:
    """The receipts of the chosen. First the list posts its choice here, then the form posts it again with the day."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    chosen = selected(request, LeaverTable(), queries.leavers(scope)).filter(progress__in=AWAITING)
    form = ReceiptsForm(request.POST if "on" in request.POST else None)

    def act() -> int:
        return receipts.receive_all(scope, chosen, on=form.cleaned_data["on"], reason=form.cleaned_data["reason"])

    if form.is_bound and (count := attempt(form, act)):
        messages.success(request, f"已登记 {count} 人的回执，组织关系已转出。")
        return redirect("procedures:chase")
    names = [row.person.name for row in chosen.order_by("person__pinyin", "pk")[:30]]
    count = chosen.order_by().count()
    context = {
        "form": form, "names": names, "more": count - len(names), "count": count,
        "kept": [(name, value) for name in ("selected", "all", "filters") for value in request.POST.getlist(name)],
    }  # fmt: skip
    return render(request, "procedures/graduation/receipts.html", context, status=422 if form.errors else 200)


@page(needs=Right.VIEW_CASE)
def stayers(request: HttpRequest) -> HttpResponseBase:
    """Who stays, until when, and when they were last spoken to."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    return table_page(
        request, StayerTable(), queries.stayers(scope), template="procedures/graduation/chase.html",
        export_right=Right.EXPORT,
    )  # fmt: skip


@page(needs=Right.DECIDE_CASE, methods=("GET", "POST"))
def extend(request: HttpRequest, pk: int) -> HttpResponseBase:
    scope: Scope = request.scope  # type: ignore[attr-defined]
    row = queries.leaver(scope, pk)
    form = ExtendForm(request.POST or None)

    def act() -> Leaver:
        return actions.extend_stay(scope, pk, reason=form.cleaned_data["reason"])

    if request.method == "POST" and isinstance(found := attempt(form, act), Leaver):
        messages.success(request, f"已同意“{row.person.name}”的组织关系保留到 {found.stays_until}。")
        return redirect("procedures:leaver", pk=pk)
    return form_page(
        request, form, title=f"同意延长保留：{row.person.name}", submit="同意延长",
        cancel=reverse("procedures:leaver", args=[pk]), intro="留校期满，特殊情况经同意可以延长一次。",
    )  # fmt: skip


@page(needs=Right.HANDLE_CASE, methods=("GET", "POST"))
def contact(request: HttpRequest, pk: int) -> HttpResponseBase:
    scope: Scope = request.scope  # type: ignore[attr-defined]
    row = queries.leaver(scope, pk)
    form = ContactForm(request.POST or None, initial={"on": scope.today})

    def act() -> Leaver:
        return actions.contact(scope, pk, on=form.cleaned_data["on"])

    if request.method == "POST" and attempt(form, act) is not None:
        messages.success(request, f"已登记与“{row.person.name}”的联系。")
        return redirect("procedures:leaver", pk=pk)
    return form_page(
        request, form, title=f"登记联系：{row.person.name}", submit="登记",
        cancel=reverse("procedures:leaver", args=[pk]), intro="出国（境）学习的党员每半年至少联系一次。",
    )  # fmt: skip


@page(needs=Right.HANDLE_CASE, methods=("GET", "POST"))
def sheet(request: HttpRequest, pk: int) -> HttpResponseBase:
    """What each row of an uploaded workbook would do; the form writes them all at once."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    found = filling.sheet(scope, pk)
    form = ConfirmForm(request.POST if request.method == "POST" else None)

    def act() -> int:
        return filling.confirm(scope, pk, only_clean=form.cleaned_data["only_clean"])

    if request.method == "POST" and (count := attempt(form, act)):
        messages.success(request, f"已写入 {count} 名毕业生党员的去向。")
        return redirect(f"{reverse('procedures:graduation')}?year={found.season}")
    held = filling.judged(scope, found)
    counts = Counter(one.state for one in held)
    wrong = [one for one in held if one.state == "error"]
    context = {
        "sheet": found, "form": form, "counts": counts, "wrong": wrong[:SHOWN], "more": max(0, len(wrong) - SHOWN),
        "total": len(held), "nothing": not counts["changed"] and not wrong,
    }  # fmt: skip
    return render(
        request, "procedures/graduation/sheet.html", context, status=422 if form.is_bound and form.errors else 200
    )


@page(needs=Right.HANDLE_CASE)
def corrected(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The rows again with what is wrong in them."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    held = filling.judged(scope, filling.sheet(scope, pk))
    return _excel(workbook.corrected(held, scope.today), "毕业去向表（改正稿）.xlsx")


@page(needs=Right.HANDLE_CASE)
def template(request: HttpRequest) -> HttpResponseBase:
    """The form to fill in, with the leavers whose row may still be written; their names only for who may export."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    chosen = Chosen.of(scope, request.GET)
    rows: list[Leaver] = []
    if scope.may(Right.EXPORT):
        open_ = chosen.rows(scope).filter(progress__in=EDITABLE, person__stage__in=sorted(MEMBERS))
        rows = list(open_.order_by("person__organization__path", "person__class_name", "person__pinyin", "pk"))
        actions.record_template(scope, chosen.label, len(rows))
    content = workbook.template(rows, paid_until(row.person_id for row in rows), scope.today)
    return _excel(content, f"{chosen.label}毕业去向表.xlsx")


def _excel(content: bytes, name: str) -> HttpResponse:
    answer = HttpResponse(content, content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
    answer["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    answer["Cache-Control"] = "no-store"
    return answer
