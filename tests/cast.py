"""The cast that every test knows: one small university, one person per role.

        中共虚构大学委员会 (root)
        ├── 计算机学院党委 (faculty)
        │   ├── 本科生第一党支部 (branch)
        │   └── 教师党支部 (sibling)
        └── 文学院党委 (other_faculty)
            └── 研究生党支部 (other_branch)

`member`, `secretary` belong to `branch`; `organizer` to `faculty`; `office` to root; `neighbour` is secretary of
`other_branch`; `administrator` runs the machine. All ID numbers use region 00, which no real person has.
"""

from dataclasses import dataclass
from datetime import date

from stdnum.cn import ric

from zhibu.accounts.models import User
from zhibu.accounts.scope import Scope, scope_of
from zhibu.organizations.enums import Category, ChangeKind, Kind, PostKind
from zhibu.organizations.models import Change, Organization, Period, Tenure
from zhibu.people.enums import Entry, StageKind
from zhibu.people.models import Affiliation, Person, Stage
from zhibu.vault.crypto import blind_index

TODAY = date(2026, 11, 21)
FOUNDED = date(2020, 9, 1)
PASSWORD = "a-long-test-password"


def id_number(serial: int, born: date = date(2000, 1, 1), *, region: str = "000000") -> str:
    """A number with a right check digit and a region that does not exist."""
    body = f"{region}{born:%Y%m%d}{serial:03d}"
    return body + ric.calc_check_digit(body + "0")


@dataclass
class Cast:
    root: Organization
    faculty: Organization
    branch: Organization
    sibling: Organization
    other_faculty: Organization
    other_branch: Organization
    member: Person
    secretary: Person
    organizer: Person
    office: Person
    neighbour: Person
    administrator: User

    def scope(self, who: Person | User) -> Scope:
        """The scope that ``who`` has on `TODAY`."""
        user = who if isinstance(who, User) else who.user
        assert user is not None
        return scope_of(user, TODAY)


def make_organization(
    name: str,
    parent: Organization | None,
    *,
    kind: Kind = Kind.BRANCH,
    category: Category = Category.STUDENT_UNDERGRADUATE,
    on: date = FOUNDED,
    code: str | None = None,
) -> Organization:
    fields = {
        "name": name,
        "short_name": name,
        "kind": kind,
        "category": category,
        "established_on": on,
        "code": code or f"C{Organization.objects.count() + 1:04d}",
        "may_approve_members": kind == Kind.COMMITTEE,
    }
    tree = Organization.objects
    node = tree.add_child(parent, fields) if parent else tree.add_root(fields)
    change = Change.objects.create(kind=ChangeKind.ESTABLISHED, effective_on=on)
    change.results.add(node)
    Period.objects.create(organization=node, parent=parent, name=name, kind=kind, started_on=on, opened_by=change)
    return node


def make_person(
    name: str,
    organization: Organization,
    *,
    serial: int,
    stage: StageKind = StageKind.FULL,
    username: str | None = None,
    since: date = date(2021, 6, 1),
) -> Person:
    number = id_number(serial)
    user = None
    if username:
        user = User(username=username, display_name=name)
        user.set_password(PASSWORD)
        user.save()
    person = Person.objects.create(
        user=user,
        organization=organization,
        stage=stage,
        name=name,
        pinyin=username or f"p{serial}",
        initials=(username or f"p{serial}")[:1],
        gender="1" if serial % 2 else "2",
        ethnicity="01",
        id_number=number,
        id_number_index=blind_index(number, field="people.Person.id_number"),
        birth_date=date(2000, 1, 1),
        education="21",
        joined_on=since if stage in {StageKind.PROBATIONARY, StageKind.FULL} else None,
        confirmed_on=since.replace(year=since.year + 1) if stage is StageKind.FULL else None,
        number=username or f"N{serial:04d}",
    )
    Stage.objects.create(person=person, organization=organization, kind=stage, started_on=since)
    Affiliation.objects.create(person=person, organization=organization, started_on=since, entry=Entry.COLLECTED)
    return person


def appoint(person: Person, organization: Organization, post: PostKind) -> None:
    Tenure.objects.create(organization=organization, person=person, post=post, started_on=date(2024, 9, 1))


def make_cast() -> Cast:
    root = make_organization("中共虚构大学委员会", None, kind=Kind.COMMITTEE, category=Category.UPPER, code="ROOT")
    faculty = make_organization("计算机学院党委", root, kind=Kind.COMMITTEE, category=Category.UPPER)
    other_faculty = make_organization("文学院党委", root, kind=Kind.COMMITTEE, category=Category.UPPER)
    branch = make_organization("本科生第一党支部", faculty)
    sibling = make_organization("教师党支部", faculty, category=Category.TEACHER)
    other_branch = make_organization("研究生党支部", other_faculty, category=Category.STUDENT_GRADUATE)
    member = make_person("孟员", branch, serial=1, username="member")
    secretary = make_person("舒记", branch, serial=2, username="secretary")
    organizer = make_person("祖员", sibling, serial=3, username="organizer")
    office = make_person("班公", sibling, serial=4, username="office")
    neighbour = make_person("林居", other_branch, serial=5, username="neighbour")
    appoint(secretary, branch, PostKind.SECRETARY)
    appoint(organizer, faculty, PostKind.ORGANIZER)
    appoint(office, root, PostKind.OFFICER)
    appoint(neighbour, other_branch, PostKind.SECRETARY)
    administrator = User(username="administrator", display_name="管理员", is_administrator=True)
    administrator.set_password(PASSWORD)
    administrator.save()
    return Cast(
        root, faculty, branch, sibling, other_faculty, other_branch,
        member, secretary, organizer, office, neighbour, administrator,
    )  # fmt: skip
