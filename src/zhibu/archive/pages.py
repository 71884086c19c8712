"""Pages of the folders: they read input, call one action or query, and render."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, QueryDict, StreamingHttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.cache import never_cache

from zhibu.accounts.access import page
from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.archive import actions, contents, queries
from zhibu.archive.catalogues import catalogues as in_template
from zhibu.archive.enums import SELF_FILED, DocumentState
from zhibu.archive.forms import OrganizationPaperForm, PackageForm, PaperForm, ReasonForm, VersionForm
from zhibu.archive.models import Document
from zhibu.archive.package import stream
from zhibu.archive.parts import coming, lines
from zhibu.archive.scans import one_file
from zhibu.archive.tables import OrganizationPapersTable, folders_table, papers_table
from zhibu.organizations.models import Organization
from zhibu.people.models import Person
from zhibu.people.queries import my_file, narrowing
from zhibu.people.queries import person as one_person
from zhibu.people.tables import tone_of_stage
from zhibu.regulations.refusal import Refusal
from zhibu.ui.forms import attempt, form_page
from zhibu.ui.parts import Tab
from zhibu.ui.tables import bind, selected, table_page


def scope_of_request(request: HttpRequest) -> Scope:
    scope: Scope = request.scope  # type: ignore[attr-defined]
    return scope


@page(needs=Right.VIEW_ARCHIVE)
def index(request: HttpRequest) -> HttpResponseBase:
    scope, gone = scope_of_request(request), request.GET.get("left") == "1"
    table = folders_table(scope.today, narrowing(scope, request.GET.get("organization", "")), gone=gone)
    rows = queries.folders(scope, gone=gone)
    return table_page(
        request, table, rows, template="archive/index.html", context={"tabs": _tabs(request)}, export_right=Right.EXPORT
    )


@page(needs=Right.VIEW_ARCHIVE)
def papers(request: HttpRequest) -> HttpResponseBase:
    scope = scope_of_request(request)
    context = {"tabs": _tabs(request), "may_file": scope.may(Right.FILE_ARCHIVE)}
    rows = queries.of_organizations(scope)
    return table_page(
        request, OrganizationPapersTable(), rows, template="archive/papers.html", context=context,
        export_right=Right.EXPORT,
    )  # fmt: skip


def _tabs(request: HttpRequest) -> list[Tab]:
    here, left = request.path, request.GET.get("left") == "1"
    people, ours = resolve_url("archive:index"), resolve_url("archive:papers")
    return [
        Tab("在册人员", people, here == people and not left),
        Tab("已离开", f"{people}?left=1", here == people and left),
        Tab("党组织材料", ours, here == ours),
    ]


@page(needs=Right.VIEW_ARCHIVE)
@never_cache
def folder(request: HttpRequest, pk: int) -> HttpResponseBase:
    scope = scope_of_request(request)
    if pk == scope.person_id:
        return redirect("archive:me")
    person = one_person(scope, pk, Right.VIEW_ARCHIVE)
    path = person.organization.path if person.organization else ""
    may_file = scope.may(Right.FILE_ARCHIVE, path)
    table = papers_table(resolve_url("archive:add", pk=pk) if may_file else "")
    bound = bind(request, table, queries.documents(scope, person), export_right=Right.EXPORT)
    if answer := bound.answer():
        return answer
    actions.open_folder(scope, pk)
    held = queries.folder(scope, person)
    context = {
        "person": person, "tone": tone_of_stage(person.stage), "bound": bound, "lacking": held.lacking,
        "may_file": may_file, "needs": lines(held), "coming": coming(held),
    }  # fmt: skip
    return render(request, "archive/folder.html", context)


@page()
@never_cache
def me(request: HttpRequest) -> HttpResponseBase:
    """The reader's own folder: what class OWN allows, and who looked."""
    scope = scope_of_request(request)
    person = my_file(scope)
    if person is None:
        return render(request, "people/no_file.html")
    bound = bind(request, papers_table(resolve_url("archive:add-mine")), queries.documents(scope, person))
    if answer := bound.answer():
        return answer
    context = {"person": person, "bound": bound, "looks": queries.looks(scope, person)}
    return render(request, "archive/me.html", context)


@page(needs=Right.FILE_ARCHIVE, methods=("GET", "POST"))
def add(request: HttpRequest, pk: int) -> HttpResponseBase:
    if pk == scope_of_request(request).person_id:
        return redirect("archive:add-mine")
    person = one_person(scope_of_request(request), pk, Right.FILE_ARCHIVE)
    cancel = resolve_url("archive:folder", pk=person.pk)
    return _add(request, person, cancel, own=False)


@page(methods=("GET", "POST"))
def add_mine(request: HttpRequest) -> HttpResponseBase:
    """What the person writes themselves."""
    person = my_file(scope_of_request(request))
    if person is None:
        raise Http404("这个账号没有对应的人员档案。")
    return _add(request, person, resolve_url("archive:me"), own=True)


def _add(request: HttpRequest, person: Person, cancel: str, *, own: bool) -> HttpResponseBase:
    scope = scope_of_request(request)
    initial = {"kind": request.GET.get("kind", ""), "dated_on": scope.today}
    form = PaperForm(request.POST or None, request.FILES or None, own=own, initial=initial)

    def act() -> Document:
        return _file(scope, person, _home(person), form.cleaned_data)

    if request.method == "POST" and isinstance(filed := attempt(form, act), Document):
        messages.success(request, f"已归档：{filed.title}。")
        return redirect(cancel)
    title = "提交我的材料" if own else f"归档材料：{person.name}"
    return form_page(request, form, title=title, submit="归档", cancel=cancel, intro=INTRO)


DOWNLOAD, WORD = "archive/download.html", contents.DOCX
INTRO = "文件加密保存，归档后不能改动；有更正时上传新版本。文件中有文字的，会核对姓名和号码，防止放错人。"


def _home(person: Person) -> Organization:
    if person.organization is None:
        raise Refusal("这个人现在不属于任何党支部，不能归档。", remedy="请先登记所在党支部。")
    return person.organization


def _file(
    scope: Scope, person: Person | None, organization: Organization, data: dict[str, Any], **more: Any
) -> Document:
    """The cleaned form as one filing."""
    given = {name: data.get(name, "") for name in ("dated_on", "title", "number", "place", "reason")}
    given |= {"kind": data["kind"]} if "kind" in data else {}
    return actions.add(scope, person=person, organization=organization, file=one_file(data["file"]), **(given | more))


@page(needs=Right.FILE_ARCHIVE, methods=("GET", "POST"))
def new_paper(request: HttpRequest) -> HttpResponseBase:
    """A paper of an organization."""
    scope = scope_of_request(request)
    living = Organization.objects.filter(dissolved_on__isnull=True).order_by("path")
    offered = scope.visible(living, Right.FILE_ARCHIVE, "path")
    form = OrganizationPaperForm(request.POST or None, request.FILES or None, organizations=offered, today=scope.today)

    def act() -> Document:
        return _file(scope, None, form.cleaned_data["organization"], form.cleaned_data)

    if request.method == "POST" and isinstance(filed := attempt(form, act), Document):
        messages.success(request, f"已归档：{filed.title}。")
        return redirect("archive:papers")
    return form_page(
        request, form, title="归档党组织材料", submit="归档", cancel=resolve_url("archive:papers"), intro=INTRO
    )


@page()
@never_cache
def paper(request: HttpRequest, pk: int) -> HttpResponseBase:
    scope = scope_of_request(request)
    found = queries.document(scope, pk)
    place = queries.place_of(found)
    own = found.person_id is not None and found.person_id == scope.person_id
    may_file = scope.may(Right.FILE_ARCHIVE, place) and not own
    current = found.state == DocumentState.CURRENT
    context = {
        "paper": found, "own": own, "versions": queries.versions(scope, found), "back": _back(found, own=own),
        "may_open": bool(found.file) and (not found.is_sealed or scope.may(Right.OPEN_SEALED, place)),
        "may_replace": current and (may_file or (own and found.kind in SELF_FILED)),
        "may_withdraw": current and may_file, "looks": None if own else queries.looks_at(scope, found),
    }  # fmt: skip
    return render(request, "archive/paper.html", context)


def _back(found: Document, *, own: bool) -> str:
    if own:
        return resolve_url("archive:me")
    return resolve_url("archive:folder", pk=found.person_id) if found.person_id else resolve_url("archive:papers")


@page(methods=("GET", "POST"))
def replace(request: HttpRequest, pk: int) -> HttpResponseBase:
    """A newer version. The action decides who may."""
    scope = scope_of_request(request)
    old = queries.document(scope, pk)
    if old.person_id != scope.person_id or old.kind not in SELF_FILED:
        scope.require(Right.FILE_ARCHIVE, queries.place_of(old))
    form = VersionForm(request.POST or None, request.FILES or None, old=old)

    def act() -> Document:
        return _file(scope, old.person, old.organization, form.cleaned_data, kind=old.kind, replaces=old)

    if request.method == "POST" and isinstance(filed := attempt(form, act), Document):
        messages.success(request, f"已保存第 {filed.version} 版，原来的版本仍可查阅。")
        return redirect("archive:paper", pk=filed.pk)
    cancel = resolve_url("archive:paper", pk=old.pk)
    return form_page(request, form, title=f"更正：{old.title}", submit="保存新版本", cancel=cancel, intro=INTRO)


@page(needs=Right.FILE_ARCHIVE, methods=("GET", "POST"))
def withdraw(request: HttpRequest, pk: int) -> HttpResponseBase:
    scope = scope_of_request(request)
    found = queries.document(scope, pk, Right.FILE_ARCHIVE)
    form = ReasonForm(request.POST or None)

    def act() -> Document:
        return actions.withdraw(scope, pk, **form.cleaned_data)

    if request.method == "POST" and isinstance(attempt(form, act), Document):
        messages.success(request, "已撤回。这份材料和理由仍留在档案里。")
        return redirect(_back(found, own=False))
    intro = "只用于放错了人、传错了文件。材料不会删除，只是不再算作有效；内容有更正的，请上传新版本。"
    cancel = resolve_url("archive:paper", pk=found.pk)
    return form_page(request, form, title=f"撤回：{found.title}", submit="撤回", cancel=cancel, intro=intro)


@page()
@never_cache
def file(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The file itself. A sealed one asks for a reason first."""
    scope = scope_of_request(request)
    if queries.document(scope, pk).is_sealed:
        return redirect("archive:open-sealed", pk=pk)
    return _download(*actions.open_paper(scope, pk))


@page(needs=Right.OPEN_SEALED, methods=("GET", "POST"))
@never_cache
def open_sealed(request: HttpRequest, pk: int) -> HttpResponseBase:
    scope = scope_of_request(request)
    found = queries.document(scope, pk, Right.OPEN_SEALED)
    if not found.is_sealed:
        messages.info(request, "这份材料没有密封，不需要写明理由，可以直接打开文件。")
        return redirect("archive:paper", pk=pk)
    form = ReasonForm(request.POST or None)
    if request.method == "POST":
        opened = attempt(form, lambda: actions.open_paper(scope, pk, reason=form.cleaned_data["reason"]))
        if isinstance(opened, tuple):
            return _download(*opened)
    intro = "政治审查等密封材料，只在工作需要时查阅。每次查阅的人、时间和理由都留下记录。"
    cancel = resolve_url("archive:paper", pk=found.pk)
    return form_page(
        request, form, title="查阅密封材料", submit="打开文件", cancel=cancel, intro=intro, template=DOWNLOAD
    )


def _download(found: Document, content: bytes) -> HttpResponse:
    """Always as a download: nothing uploaded is ever shown as a page of this site."""
    answer = HttpResponse(content, content_type=found.content_type)
    answer["Content-Disposition"] = content_disposition_header(True, found.name) or "attachment"
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Security-Policy"] = "sandbox; default-src 'none'"
    answer["Cache-Control"] = "no-store"
    return answer


@page(needs=Right.VIEW_ARCHIVE, methods=("GET", "POST"))
@never_cache
def package(request: HttpRequest, pk: int) -> HttpResponseBase:
    scope = scope_of_request(request)
    if pk == scope.person_id:
        return redirect("archive:me")
    person = one_person(scope, pk, Right.VIEW_ARCHIVE)
    form = PackageForm(request.POST if request.method == "POST" else None)
    may_seal = scope.may(Right.OPEN_SEALED, person.organization.path if person.organization else "")
    if not may_seal:
        form.fields.clear()
    if request.method == "POST":
        packed = attempt(form, lambda: actions.package(scope, pk, **form.cleaned_data))
        if isinstance(packed, tuple):
            return _zip(request, *packed, missing=queries.folder(scope, person).lacking)
    intro = "下载一个 ZIP：全部有效材料和归档目录（含校验值）。下载会留下记录，本人可以看到。"
    cancel = resolve_url("archive:folder", pk=person.pk)
    return form_page(
        request, form, title=f"打包下载：{person.name}", submit="下载", cancel=cancel, intro=intro, template=DOWNLOAD
    )


@page(needs=Right.VIEW_ARCHIVE)
@never_cache
def catalogue(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The catalogue of one folder in the office's template."""
    scope = scope_of_request(request)
    if pk == scope.person_id:
        return redirect("archive:catalogue-mine")
    one_person(scope, pk, Right.VIEW_ARCHIVE)
    return _catalogues(request, actions.list_folders(scope, Person.objects.filter(pk=pk)))


@page(needs=Right.VIEW_ARCHIVE, methods=("GET", "POST"))
@never_cache
def catalogues(request: HttpRequest) -> HttpResponseBase:
    """The catalogues of the chosen folders as one Word file; they are chosen in the list of folders."""
    scope = scope_of_request(request)
    if request.method == "GET":
        messages.info(request, "请在名单中勾选人员，再点“打印归档目录”。")
        return redirect("archive:index")
    gone = QueryDict(request.POST.get("filters", "")).get("left") == "1"
    table = folders_table(scope.today, narrowing(scope, ""), gone=gone)
    return _catalogues(
        request, actions.list_folders(scope, selected(request, table, queries.folders(scope, gone=gone)))
    )


@page()
@never_cache
def catalogue_mine(request: HttpRequest) -> HttpResponseBase:
    """What the reader's own folder holds, as far as they may read it."""
    scope = scope_of_request(request)
    person = my_file(scope)
    if person is None:
        raise Http404("这个账号没有对应的人员档案。")
    current = queries.documents(scope, person).filter(state=DocumentState.CURRENT)
    return _catalogues(request, [(person, list(current))])


def _catalogues(request: HttpRequest, folders: list[tuple[Person, list[Document]]]) -> HttpResponse:
    answer = HttpResponse(_printed(request, folders), content_type=WORD)
    answer["Content-Disposition"] = 'attachment; filename="catalogue.docx"'
    answer["Cache-Control"] = "no-store"
    return answer


def _printed(request: HttpRequest, folders: list[tuple[Person, list[Document]]]) -> bytes:
    filed_by = str(request.user.display_name)  # type: ignore[union-attr]
    return in_template(folders, filed_by=filed_by, today=scope_of_request(request).today)


@page(methods=("POST",))
@never_cache
def package_mine(request: HttpRequest) -> HttpResponseBase:
    scope = scope_of_request(request)
    if scope.person_id is None:
        raise Http404("这个账号没有对应的人员档案。")
    return _zip(request, *actions.package(scope, scope.person_id), missing=[])


def _zip(
    request: HttpRequest, person: Person, inside: list[Document], sealed: list[Document], missing: list[Any]
) -> HttpResponseBase:
    now = timezone.localtime()
    made_by = f"{request.user.display_name} {now:%Y-%m-%d %H:%M} 生成，共 {len(inside)} 份。"  # type: ignore[union-attr]
    printed = _printed(request, [(person, sorted([*inside, *sealed], key=lambda one: (one.dated_on, one.pk)))])
    parts = stream(f"归档目录：{person.name}", inside, sealed, missing, made_by=made_by, printed=printed)
    answer = StreamingHttpResponse(parts, content_type="application/zip")
    answer["Content-Disposition"] = content_disposition_header(True, f"电子档案_{person.name}.zip") or "attachment"
    answer["Cache-Control"] = "no-store"
    return answer
