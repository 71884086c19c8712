"""A seeded university of so many people, bulk loaded: 34 people a branch, 50 branches a faculty."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any

from django.db import connection
from django.utils import timezone
from stdnum.cn import ric

from zhibu.accounts.models import User
from zhibu.organizations.enums import Category, ChangeKind, Kind, PostKind
from zhibu.organizations.models import Change, Organization, Period, Tenure
from zhibu.people.enums import Entry, RequestState
from zhibu.people.models import Affiliation, ChangeRequest, Person, Stage
from zhibu.people.pinyin import spelling
from zhibu.vault.crypto import blind_index, encrypt

BRANCH, FACULTY = 34, 50
FIRST_BRANCH, FIRST_ACCOUNT = 10_000, 1_000_000
POSTS = 4  # the first persons, with whose accounts the benchmark signs in
RARE = (500, "万俟明珠")  # who is found alone
FOUNDED = date(2015, 9, 1)
SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩邓冯曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任仇单解查"
GIVEN = "子涵宇轩雨桐梓萱浩然思远文博若曦嘉怡一诺欣妍俊杰明哲书瑶景行知夏清和云舟言予"
STAGES = ("10", "20", "30", "40", "50", "60", "90")
WEIGHTS = (8, 6, 2, 5, 76, 1, 2)
COLUMNS = (
    "id", "organization_id", "stage", "name", "pinyin", "initials", "gender", "ethnicity", "id_number",
    "id_number_index", "birth_date", "education", "joined_on", "confirmed_on", "work_post", "phone", "phone_index",
    "landline", "address", "is_lost", "lost_since", "is_mobile", "mobile_destination", "number", "former_name",
    "native_place", "email", "degree", "school", "major", "student_level", "grade", "class_name", "title", "is_exempt",
    "created_at", "updated_at", "user_id",
)  # fmt: skip


@dataclass
class University:
    """What the rows of the benchmark may name."""

    accounts: dict[str, User]
    person: int
    faculty: int
    branch: int
    meeting: int
    batch: int
    rare_name: str = RARE[1]


def fill(people: int, today: date) -> University:
    """Into an empty database."""
    from benchmarks.lists.activity import act, scored

    rng = Random(20261121)
    root, faculties, branches = _organizations(-(-people // BRANCH))
    _owners(people)
    _people(rng, people, [branch.pk for branch in branches], today)
    accounts = _accounts(root, faculties[0], branches[0])
    _requests(rng, people)
    meeting, batch = act(people, today, accounts["office"].pk)
    scored(today)
    with connection.cursor() as cursor:
        cursor.execute("vacuum analyze")
    return University(accounts, people // 2, faculties[0].pk, branches[0].pk, meeting, batch)


def _base36(number: int) -> str:
    signs = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    text = ""
    while number:
        number, rest = divmod(number, 36)
        text = signs[rest] + text
    return text.rjust(4, "0")


def _organizations(count: int) -> tuple[Organization, list[Organization], list[Organization]]:
    def node(pk: int, path: str, children: int, name: str, kind: Kind, category: Category) -> Organization:
        return Organization(
            id=pk, path=path, depth=len(path) // 4, numchild=children, code=f"B{pk:06d}", name=name, short_name=name,
            kind=kind, category=category, established_on=FOUNDED,
        )  # fmt: skip

    faculties, branches = [], []
    for number in range(-(-count // FACULTY)):
        path = "0001" + _base36(number + 1)
        here = min(FACULTY, count - number * FACULTY)
        faculties.append(node(2 + number, path, here, f"第{number + 1}学院党委", Kind.COMMITTEE, Category.UPPER))
        for own in range(here):
            pk = FIRST_BRANCH + number * FACULTY + own
            name = f"第{number + 1}学院第{own + 1}党支部"
            branches.append(node(pk, path + _base36(own + 1), 0, name, Kind.BRANCH, Category.STUDENT_UNDERGRADUATE))
    root = node(1, "0001", len(faculties), "中共虚构大学委员会", Kind.COMMITTEE, Category.UPPER)
    Organization.objects.bulk_create([root, *faculties, *branches], batch_size=2000)
    change = Change.objects.create(kind=ChangeKind.ESTABLISHED, effective_on=FOUNDED)
    by_path = {one.path: one for one in (root, *faculties, *branches)}
    Period.objects.bulk_create(
        [
            Period(
                organization=one, parent=by_path.get(one.path[:-4]), name=one.name, kind=one.kind, started_on=FOUNDED,
                opened_by=change,
            )
            for one in by_path.values()
        ],
        batch_size=2000,
    )  # fmt: skip
    return root, faculties, branches


def _person(rng: Random, pk: int, branch: int, today: date, now: str) -> tuple[Any, ...]:
    name = rng.choice(SURNAMES) + "".join(rng.sample(GIVEN, 2)) if rng.random() < 0.99 else "仇子涵"
    if pk == RARE[0]:
        name = RARE[1]
    full, initials = spelling(name)
    stage = rng.choices(STAGES, WEIGHTS)[0]
    born = date(1960, 1, 1) + timedelta(days=rng.randrange(16_500))
    body = f"00{pk % 10_000:04d}{born:%Y%m%d}{rng.randrange(1000):03d}"
    number = body + ric.calc_check_digit(body + "0")
    phone = f"100{pk:08d}"
    joined = today - timedelta(days=rng.randrange(20, 420) if stage == "40" else rng.randrange(800, 4000))
    member, full_member = stage in {"40", "50", "60"}, stage in {"50", "60"}
    address = "" if rng.random() < 0.05 else f"虚构市松鹤区明理路 {pk % 300} 号"
    lost = rng.random() < 0.004
    return (
        pk, branch, stage, name, full, initials, str(1 + pk % 2), "01",
        encrypt(number, field="people.Person.id_number"),
        blind_index(f"{number}-{pk}", field="people.Person.id_number"), born, "21", joined if member else None,
        joined + timedelta(days=366) if full_member else None, "7006", encrypt(phone, field="people.Person.phone"),
        blind_index(phone, field="people.Person.phone"), b"",
        encrypt(address, field="people.Person.address") if address else b"", lost, joined if lost else None,
        rng.random() < 0.02, "虚构省虚构市", f"S{pk:08d}", "", "", "", "", "", "", "21", "2024", "", "", False,
        now, now, FIRST_ACCOUNT + pk if pk > POSTS else None,
    )  # fmt: skip


def _owners(people: int) -> None:
    """An account of everybody else; every tenth has not been activated yet."""
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into accounts_user (id, username, display_name, password, is_active, is_administrator, created_at) "
            "select %s + n, 's' || n, '成员' || n, case n %% 10 when 0 then '!' else 'x' end, true, false, now() "
            "from generate_series(%s, %s) as n",
            [FIRST_ACCOUNT, POSTS + 1, people],
        )


def _people(rng: Random, count: int, branches: list[int], today: date) -> None:
    now = timezone.now().isoformat()
    stages, ties = [], []
    with connection.cursor() as cursor:
        with cursor.copy(f"copy people_person ({', '.join(COLUMNS)}) from stdin") as copy:
            for pk in range(1, count + 1):
                row = _person(rng, pk, branches[(pk - 1) // BRANCH], today, now)
                copy.write_row(row)
                since = row[13] or row[12] or today - timedelta(days=rng.randrange(1, 900))
                stages.append((pk, row[1], row[2], since, "", ""))
                if row[2] != "90":
                    ties.append((pk, row[1], FOUNDED, Entry.COLLECTED.value, ""))
        for table, names, rows in (
            (Stage._meta.db_table, "person_id, organization_id, kind, started_on, way_out, basis", stages),
            (Affiliation._meta.db_table, "person_id, organization_id, started_on, entry, leaving", ties),
        ):
            with cursor.copy(f"copy {table} ({names}) from stdin") as copy:
                for each in rows:
                    copy.write_row(each)
        cursor.execute("select setval(pg_get_serial_sequence('people_person', 'id'), %s)", [count])


def _accounts(root: Organization, faculty: Organization, branch: Organization) -> dict[str, User]:
    """The first persons hold the posts, the fourth none; the administrator is no person."""
    posts = {
        "office": (root, PostKind.OFFICER), "organizer": (faculty, PostKind.ORGANIZER),
        "secretary": (branch, PostKind.SECRETARY), "member": None,
    }  # fmt: skip
    found = {}
    for pk, (role, post) in enumerate(posts.items(), 1):
        user = User.objects.create(username=role, display_name=role, password="x")  # noqa: S106  (opens nothing)
        Person.objects.filter(pk=pk).update(user=user, stage="50")
        if post is not None:
            Tenure.objects.create(organization=post[0], person_id=pk, post=post[1], started_on=FOUNDED)
        found[role] = user
    found["administrator"] = User.objects.create(username="administrator", password="x", is_administrator=True)  # noqa: S106
    return found


def _requests(rng: Random, people: int) -> None:
    chosen = rng.sample(range(5, people), people // 100)
    ChangeRequest.objects.bulk_create(
        ChangeRequest(
            person_id=pk, field="school", old_value="", new_value="虚构中学", state=RequestState.OPEN,
            asked_at=timezone.now(),
        )
        for pk in chosen
    )  # fmt: skip
