"""The roster, finding by number, and what is done with many."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render, resolve_url
from django.views.decorators.debug import sensitive_post_parameters

from zhibu.accounts.access import page
from zhibu.accounts.enums import Right
from zhibu.people import actions, queries
from zhibu.people.enums import GONE
from zhibu.people.forms import FindForm, MoveForm
from zhibu.people.tables import RosterTable, roster_table
from zhibu.ui.forms import attempt
from zhibu.ui.parts import Tab
from zhibu.ui.tables import selected, table_page

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
NUMBER_IN_ADDRESS = "证件号和手机号不能放在网址里，请在这里查找。"


def listed(request: HttpRequest, parameters: QueryDict) -> tuple[RosterTable, Any, bool]:
    """The table, its rows and whether these are the people who have left."""
    scope = request.scope  # type: ignore[attr-defined]
    gone = parameters.get("left") == "1" or parameters.get("stage") in GONE
    organizations = queries.narrowing(scope, parameters.get("organization", ""))
    return roster_table(scope.today, organizations, gone=gone), queries.roster(scope, gone=gone), gone


@page(needs=Right.VIEW_PERSON)
def index(request: HttpRequest) -> HttpResponseBase:
    if queries.is_personal_number(request.GET.get("q", "")):
        messages.warning(request, NUMBER_IN_ADDRESS)
        return redirect("people:find")
    table, rows, gone = listed(request, request.GET)
    tabs = [Tab("在册人员", request.path, not gone), Tab("已离开", f"{request.path}?left=1", gone)]
    may_edit = request.scope.may(Right.EDIT_PERSON)  # type: ignore[attr-defined]
    return table_page(
        request,
        table,
        rows,
        template="people/roster.html",
        context={"tabs": tabs, "may_edit": may_edit},
        export_right=Right.EXPORT,
    )


@page(needs=Right.VIEW_PERSON, methods=("GET", "POST"))
@sensitive_post_parameters("wanted")
def find(request: HttpRequest) -> HttpResponseBase:
    """By POST only: an ID number must not stand in an address."""
    form = FindForm(request.POST or None)
    found = None
    if request.method == "POST" and form.is_valid():
        found = queries.found_by_number(request.scope, form.cleaned_data["wanted"])  # type: ignore[attr-defined]
        if len(found) == 1:
            return redirect("people:file", pk=found[0].pk)
        form = FindForm()
    return render(request, "people/find.html", {"form": form, "found": found}, status=422 if form.errors else 200)


@page(needs=Right.EDIT_PERSON, methods=("POST",))
def move_chosen(request: HttpRequest) -> HttpResponseBase:
    """First the roster posts its choice here, then the form posts it again with the target."""
    scope = request.scope  # type: ignore[attr-defined]
    filters = QueryDict(request.POST.get("filters", ""))
    table, rows, _gone = listed(request, filters)
    chosen = selected(request, table, rows)
    asked = "target" in request.POST
    form = MoveForm(
        request.POST if asked else None, branches=queries.branches(scope, Right.EDIT_PERSON), today=scope.today
    )
    if asked and (moved := attempt(form, lambda: actions.move_chosen(scope, chosen, **form.cleaned_data))):
        messages.success(request, f"已把 {len(moved)} 人调整到“{form.cleaned_data['target']}”。")  # type: ignore[arg-type]
        return redirect("people:index")
    names = [person.name for person in chosen.order_by("pinyin", "pk")[:31]]
    count = chosen.order_by().count()
    context = {
        "form": form,
        "title": f"调整 {count} 人的党支部",
        "names": names[:30],
        "more": count - 30,
        "kept": [(name, value) for name in ("selected", "all", "filters") for value in request.POST.getlist(name)],
        "cancel": resolve_url("people:index"),
        "empty": count == 0,
    }
    return render(request, "people/move_chosen.html", context, status=422 if form.errors else 200)


@page(needs=Right.EDIT_PERSON, methods=("POST",))
def certify(request: HttpRequest) -> HttpResponseBase:
    """Certificates of membership of the chosen, as one Word file."""
    scope = request.scope  # type: ignore[attr-defined]
    table, rows, _gone = listed(request, QueryDict(request.POST.get("filters", "")))
    answer = HttpResponse(actions.certify(scope, selected(request, table, rows)), content_type=WORD)
    answer["Content-Disposition"] = 'attachment; filename="certificates.docx"'
    return answer
