"""Signing in and out, activating, and handing out accounts."""

import re
import unicodedata

from django.contrib import messages
from django.contrib.auth import authenticate, login, logout, update_session_auth_hash
from django.contrib.auth.signals import user_login_failed
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render, resolve_url
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from zhibu.accounts import actions, queries
from zhibu.accounts.access import page
from zhibu.accounts.enums import Right
from zhibu.accounts.forms import ActivateForm, OpenForm, PasswordForm, ReasonForm, SignInForm
from zhibu.accounts.rules import address_is_throttled, normal_username
from zhibu.accounts.tables import AccountTable, state
from zhibu.ui.errors import too_many
from zhibu.ui.forms import attempt, form_page
from zhibu.ui.shown import shown
from zhibu.ui.tables import table_page
from zhibu.vault.crypto import pseudonym

LONG_NUMBER = re.compile(r"\d{11}")  # phones have 11 digits, ID numbers 15 or 18


def locked_out(request: HttpRequest, *_arguments: object, **_named: object) -> HttpResponse:
    """Answer of the lockout: five wrong passwords for one account from one address."""
    return too_many(
        request, "这个账号在此处连续输错口令，已暂停登录 15 分钟。忘记口令的，请所在党支部或院系重发启用码。"
    )


def noted_username(request: HttpRequest, credentials: dict[str, str] | None = None) -> str:
    """The name under which the lockout counts failures. Whoever types an ID number or a phone leaves only a mark.

    Any long number is marked, so that no pattern is missed; the mark of an account is always the same.
    """
    name = str((credentials or request.POST).get("username") or "")
    digits = re.sub(r"[\W_]", "", unicodedata.normalize("NFKC", name))
    return f"#{pseudonym(digits.lower())}" if LONG_NUMBER.search(digits) else name


def _throttled(request: HttpRequest) -> HttpResponse | None:
    failures = queries.recent_failures(request.META.get("REMOTE_ADDR", ""), timezone.now())
    return too_many(request, "此处登录失败次数过多，请 15 分钟后再试。") if address_is_throttled(failures) else None


def _tell_of_resets(request: HttpRequest, user_id: int) -> None:
    """A new code is the account itself: for a month its owner reads at every sign-in that somebody handed one out."""
    for reset in queries.resets(user_id, since=timezone.localdate() - queries.TOLD_FOR)[:1]:
        what = f"您的账号于 {shown(reset.at)} 由“{reset.by}”重发启用码，口令随之重设。"
        messages.warning(request, f"{what}不是您要求的，请立即联系学校党委组织部。")


def _next(request: HttpRequest) -> str:
    target = request.POST.get("next") or request.GET.get("next") or ""
    safe = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    # A text without a slash would be taken for the name of a view.
    return target if safe and target.startswith("/") else resolve_url("home")


@page(public=True, methods=("GET", "POST"))
@never_cache
@sensitive_post_parameters("password")
def sign_in(request: HttpRequest) -> HttpResponseBase:
    if request.user.is_authenticated:
        return redirect(_next(request))
    form = SignInForm(request.POST or None)
    if request.method == "POST":
        if refused := _throttled(request):
            return refused
        if form.is_valid():
            name = normal_username(form.cleaned_data["username"])
            user = authenticate(request, username=name, password=form.cleaned_data["password"])
            if user is not None:
                login(request, user)
                # A screen on a wall may have been let in here for months (`supervision.wall`); an account is not.
                request.session.set_expiry(None)
                _tell_of_resets(request, user.pk)
                return redirect(_next(request))
            if getattr(request, "axes_locked_out", False):
                return locked_out(request)
            form.add_error(None, "账号或口令不对。第一次使用的，请先用启用码启用账号。")
    context = {"form": form, "next": request.GET.get("next", "")}
    return render(request, "accounts/sign_in.html", context, status=422 if form.errors else 200)


@page(methods=("POST",))
def sign_out(request: HttpRequest) -> HttpResponseBase:
    logout(request)
    return redirect("accounts:sign_in")


@page(public=True, methods=("GET", "POST"))
@never_cache
@sensitive_post_parameters("password", "again", "code")
def activate(request: HttpRequest) -> HttpResponseBase:
    form = ActivateForm(request.POST or None)
    if request.method == "POST":
        if refused := _throttled(request):
            return refused

        def act() -> object:
            data = form.cleaned_data
            return actions.activate(
                username=data["username"], code=data["code"], password=data["password"], at=timezone.now()
            )

        if attempt(form, act):
            messages.success(request, "账号已启用，请用刚才设置的口令登录。")
            return redirect("accounts:sign_in")
        if form.is_bound and "code" in form.cleaned_data and not form.errors.get("password"):
            # Counts toward the throttle like a wrong password: codes must not be guessed either.
            credentials = {"username": normal_username(form.cleaned_data.get("username", ""))}
            user_login_failed.send(sender=__name__, credentials=credentials, request=request)
    return render(request, "accounts/activate.html", {"form": form}, status=422 if form.errors else 200)


@page(methods=("GET", "POST"))
@sensitive_post_parameters("old", "password", "again")
def me(request: HttpRequest) -> HttpResponseBase:
    form = PasswordForm(request.POST or None)
    if request.method == "POST":
        user = request.user

        def act() -> object:
            data = form.cleaned_data
            return actions.change_password(request.scope, user, old=data["old"], new=data["password"])  # type: ignore[attr-defined,arg-type]

        if attempt(form, act):
            update_session_auth_hash(request, user)  # type: ignore[arg-type]
            messages.success(request, "口令已修改，其他设备上的登录已经退出。")
            return redirect("accounts:me")
    context = {"form": form, "resets": queries.resets(request.user.pk)}
    return render(request, "accounts/me.html", context, status=422 if form.errors else 200)


@page(needs=Right.MANAGE_ACCOUNTS)
def index(request: HttpRequest) -> HttpResponseBase:
    scope = request.scope  # type: ignore[attr-defined]
    return table_page(
        request,
        AccountTable(),
        queries.accounts(scope),
        template="accounts/list.html",
        export_right=Right.MANAGE_ACCOUNTS,
    )


@page(needs=Right.MANAGE_ACCOUNTS, methods=("GET", "POST"))
def open_account(request: HttpRequest) -> HttpResponseBase:
    form = OpenForm(request.POST or None)
    scope = request.scope  # type: ignore[attr-defined]
    if request.method == "POST":
        handed = attempt(form, lambda: actions.open_account(scope, at=timezone.now(), **form.cleaned_data))
        if isinstance(handed, actions.HandedOut):
            return _slip(request, handed)
    return form_page(request, form, title="开通账号", submit="开通并生成启用码", cancel=resolve_url("accounts:index"))


@page(needs=Right.MANAGE_ACCOUNTS)
def detail(request: HttpRequest, pk: int) -> HttpResponseBase:
    user = queries.account(request.scope, pk)  # type: ignore[attr-defined]
    return render(request, "accounts/detail.html", {"account": user, "state": state(user)})


@page(needs=Right.MANAGE_ACCOUNTS, methods=("POST",))
def reset(request: HttpRequest, pk: int) -> HttpResponseBase:
    scope = request.scope  # type: ignore[attr-defined]
    return _slip(request, actions.reset_account(scope, queries.account(scope, pk), at=timezone.now()))


@page(needs=Right.MANAGE_ACCOUNTS, methods=("GET", "POST"))
def deactivate(request: HttpRequest, pk: int) -> HttpResponseBase:
    scope = request.scope  # type: ignore[attr-defined]
    user = queries.account(scope, pk)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and attempt(form, lambda: actions.deactivate(scope, user, **form.cleaned_data)):
        messages.success(request, f"账号“{user}”已停用，正在使用的登录已经退出。")
        return redirect("accounts:index")
    return form_page(request, form, title=f"停用账号 {user}", submit="停用", cancel=resolve_url("accounts:index"))


@page(needs=Right.MANAGE_ACCOUNTS, methods=("POST",))
def reactivate(request: HttpRequest, pk: int) -> HttpResponseBase:
    scope = request.scope  # type: ignore[attr-defined]
    return _slip(request, actions.reactivate(scope, queries.account(scope, pk), at=timezone.now()))


def _slip(request: HttpRequest, handed: actions.HandedOut) -> HttpResponse:
    """The page to print or read out; the code is shown this once."""
    answer = render(request, "accounts/slip.html", {"slips": [handed]})
    answer["Cache-Control"] = "no-store"
    return answer
