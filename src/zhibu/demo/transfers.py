"""Transfers under way at every step, and a graduation season: letters used, on their way and overdue, and who stays."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from random import Random

from zhibu.accounts.scope import Scope, system_scope
from zhibu.organizations.enums import Kind
from zhibu.organizations.models import Organization, Tenure
from zhibu.people.enums import StageKind
from zhibu.people.models import Person
from zhibu.procedures.actions import take
from zhibu.procedures.models import Case
from zhibu.procedures.transfers import actions
from zhibu.procedures.transfers.actions import Outside
from zhibu.procedures.transfers.enums import Destination, TransferKind
from zhibu.procedures.transfers.graduation import actions as graduation
from zhibu.procedures.transfers.graduation import bulk, receipts
from zhibu.procedures.transfers.graduation.rules import Going
from zhibu.procedures.transfers.models import Leaver, Letter

MOST = 12  # transfers of single people
LETTERS = 30
UNITS = ("云溪精密仪器有限公司党支部", "松鹤市第二中学党支部", "明理软件有限公司党支部", "云溪县松林街道党工委")
ADDRESSEES = ("中共云溪县委组织部", "中共松鹤市委教育工作委员会", "中共明理市高新区工作委员会")
CAUSES = ("转专业", "工作岗位变动", "随导师调整", "常住地变动")


def transfers(seed: int, today: date) -> dict[str, int]:
    """Write them through the room's own actions; gives how many rows of each table."""
    rng, scope = Random(seed), system_scope(today)
    _moves(rng, scope)
    _season(rng, scope)
    counted = (Leaver, Letter)
    rows = {model._meta.label: model._default_manager.count() for model in counted}
    return {**rows, "procedures.Case（转接）": Case.objects.filter(procedure__startswith="transfer_").count()}


def _moves(rng: Random, scope: Scope) -> None:
    """Members who change their branch or leave; each has come one step further than the one before."""
    branches = list(Organization.objects.filter(kind=Kind.BRANCH, dissolved_on=None).order_by("pk"))
    held = Tenure.objects.filter(ended_on=None).values("person")
    members = Person.objects.filter(stage=StageKind.FULL, is_lost=False, is_mobile=False, organization__in=branches)
    chosen = list(members.exclude(pk__in=held).exclude(graduates_on__lte=scope.today).order_by("number", "pk")[:400])
    for number, person in enumerate(rng.sample(chosen, min(MOST, len(chosen)))):
        begun = replace(scope, today=scope.today - timedelta(days=rng.randint(8, 40)))
        elsewhere = [one for one in branches if one.pk != person.organization_id]
        outside = Outside(TransferKind.PAPER, rng.choice(ADDRESSEES), rng.choice(UNITS)) if number % 3 == 0 else None
        target = None if outside or not elsewhere else rng.choice(elsewhere)
        if outside is None and target is None:
            continue
        case = actions.request(begun, person, target=target, outside=outside, cause=rng.choice(CAUSES))
        for step in ("consent", "sent", "accept", "placed")[: number % 4]:
            if step in {one.step for one in case.open_steps.all()}:
                _take(begun, case, step)


def _take(scope: Scope, case: Case, step: str) -> None:
    case.refresh_from_db()
    data = {"valid_days": 90, "dues_until": f"{scope.today:%Y-%m}"} if step == "sent" else {}
    outcome = {"consent": "agreed", "sent": "sent", "accept": "accepted", "placed": "placed"}[step]
    take(scope, case.pk, step, version=case.version, on=scope.today, outcome=outcome, data=data)


def _season(rng: Random, scope: Scope) -> None:
    """The season that is over, or the one to come where nobody is left of it: gathered, partly decided and sent."""
    ended = [year for year in (scope.today.year, scope.today.year + 1) if graduation.gather(scope, year)]
    for year in ended[:1]:
        rows = list(Leaver.objects.filter(season=year).select_related("person__organization", "case").order_by("pk"))
        rng.shuffle(rows)
        for row in rows[: len(rows) * 3 // 4]:
            graduation.write(row, _going(rng).completed(), scope.today)
        fields = [*Going.__dataclass_fields__, "stays_until", "extended_for", "version"]
        Leaver.objects.bulk_update(rows, fields, batch_size=500)
        going = [row.pk for row in settled(rows, scope.today) if row.receiver_kind == "unit"][:LETTERS]
        for day, part in ((90, going[0::3]), (170, going[1::3])):
            if part:
                then = replace(scope, today=scope.today - timedelta(days=day))
                found = Leaver.objects.filter(pk__in=part)
                found.update(dues_until=f"{then.today:%Y-%m}")
                bulk.issue_all(then, found, valid_days=90, dues_until=f"{then.today:%Y-%m}")
                received = found.filter(pk__in=part[::3])
                arrived = replace(scope, today=then.today + timedelta(days=20))
                receipts.receive_all(arrived, received, on=arrived.today)
    actions.fall_back(scope)


def settled(rows: list[Leaver], today: date) -> list[Leaver]:
    """Who could have had a letter half a year ago: confirmed long since, not moving otherwise, and without a post since
    then, because nobody leaves with one."""
    long_ago = today - timedelta(days=200)
    moving = set(Case.objects.filter(procedure__startswith="transfer_").values_list("person_id", flat=True))
    posts = set(Tenure.objects.exclude(ended_on__lt=long_ago).values_list("person_id", flat=True))
    kept = [row for row in rows if row.person_id not in moving | posts]
    return [row for row in kept if row.person.confirmed_on and row.person.confirmed_on < long_ago]


def _going(rng: Random) -> Going:
    destination = rng.choices(list(Destination), (60, 12, 18, 10))[0]
    if destination in {Destination.UNSETTLED, Destination.ABROAD}:
        return Going(destination.value)
    return Going(destination.value, "", rng.choice(UNITS), rng.choice(ADDRESSEES), rng.choice((30, 90)))
