"""One branch's busy year: 120 records as the ledger has to hold them, made up.

Each has a notice, thirty people, three topics, minutes of about 1,200 letters, three resolutions of which one was
voted on and one became a task, two signatures, and two attachments; every sixth was corrected.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from hashlib import sha256
from pathlib import Path
from uuid import uuid4

from django.core.files.base import ContentFile
from django.utils import timezone

from zhibu.accounts.models import User
from zhibu.meetings.enums import FollowUpResult, Kind, Presence, Signing, State
from zhibu.meetings.models import (
    Attachment,
    Attendance,
    Correction,
    FollowUp,
    Invitation,
    Meeting,
    PlannedMeeting,
    Resolution,
    Signature,
    Task,
    Topic,
)
from zhibu.organizations.enums import Kind as NodeKind
from zhibu.organizations.models import Organization
from zhibu.people.models import Affiliation, Person

RECORDS, PEOPLE, PDF = 120, 30, b"%PDF-1.4\n" + b"0" * 20_000
KINDS = (Kind.GENERAL, Kind.COMMITTEE, Kind.THEME_DAY, Kind.LECTURE, Kind.GROUP)
FAMILY, GIVEN = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏", "文博雅宁思远嘉禾子涵若溪明轩"
SAID = (
    "会议首先传达学习了上级党组织有关文件，结合支部实际进行了讨论。大家认为，支部工作要从一件件具体的事情做起，"
    "把党员的意见听进去，把答应的事情办到位。会议研究了近期工作安排，明确了每一项工作由谁负责、什么时候完成，"
    "下次会议逐项报告进展，没有完成的说明原因。"
)


@contextmanager
def database(name: str, folder: Path) -> Iterator[None]:
    """An empty database and a folder of their own, gone afterwards."""
    from shutil import rmtree

    from django.conf import settings
    from django.db import connection

    usual, connection.settings_dict["TEST"]["NAME"] = connection.settings_dict["NAME"], name
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    settings.MEDIA_ROOT = folder
    try:
        yield
    finally:
        connection.creation.destroy_test_db(usual, verbosity=0)
        rmtree(folder, ignore_errors=True)


def fill(year: int) -> tuple[Organization, User]:
    """The branch with its year, and its secretary's account."""
    tree = Organization.objects
    given = {"established_on": date(2019, 9, 1)}
    root = tree.add_root({"name": "虚构大学党委", "code": "0", "kind": NodeKind.COMMITTEE, **given})
    branch = tree.add_child(root, {"name": "虚构学院本科生第一党支部", "code": "01", "kind": NodeKind.BRANCH, **given})
    people = [
        Person.objects.create(name=FAMILY[number] + GIVEN[number % 8 : number % 8 + 2], organization=branch)
        for number in range(PEOPLE)
    ]
    Affiliation.objects.bulk_create(
        Affiliation(person=one, organization=branch, started_on=date(2024, 9, 1)) for one in people
    )
    user = User.objects.create(username="secretary", display_name="书记")
    for number in range(RECORDS):
        _record(branch, people, user, number, date(year, 1, 4) + timedelta(days=3 * number))
    return branch, user


def _record(branch: Organization, people: list[Person], user: User, number: int, on: date) -> None:
    kind, at = KINDS[number % len(KINDS)], timezone.make_aware(datetime.combine(on, time(20)))
    title = f"第 {number + 1} 次{kind.label}"
    meeting = Meeting.objects.create(
        organization=branch, kind=kind, title=title, held_on=on, starts_at=time(14), ends_at=time(16),
        state=State.RECORDED, place="第一会议室",
        host=people[0], recorder=people[1], expected=PEOPLE, present=PEOPLE - 3, recorded_at=at,
        voters_expected=PEOPLE, voters_present=PEOPLE - 3, minutes="\n".join(f"{SAID}（{n}）" for n in range(8)),
    )  # fmt: skip
    Attendance.objects.bulk_create(
        Attendance(meeting=meeting, person=one, presence=Presence.PRESENT) for one in people[3:]
    )
    Attendance.objects.bulk_create(
        Attendance(meeting=meeting, person=one, presence=Presence.LEAVE, reason="实习") for one in people[:3]
    )
    Topic.objects.bulk_create(
        Topic(meeting=meeting, position=n, title=f"讨论事项 {n}", points=f"{people[n].name}：{SAID[:60]}")
        for n in (1, 2, 3)
    )
    Resolution.objects.bulk_create(
        Resolution(
            meeting=meeting, position=n, text=f"同意工作安排 {number}-{n}", is_vote=n == 1, in_favour=27, against=0,
            abstained=0, outcome="passed" if n == 1 else "", responsible=people[n].name, due_on=on + timedelta(days=30),
        )
        for n in (1, 2, 3)
    )  # fmt: skip
    task = Task.objects.create(
        meeting=meeting, organization=branch, text=f"同意工作安排 {number}-2", owner=people[2],
        due_on=on + timedelta(days=30),
    )  # fmt: skip
    FollowUp.objects.create(task=task, result=FollowUpResult.NOT_DONE, note="正在联系", said_at=at)
    for quality, person in ((Signing.HOST, people[0]), (Signing.RECORDER, people[1])):
        Signature.objects.create(
            meeting=meeting, quality=quality, person=person, by=user, version=1, digest="0" * 64, signed_at=at
        )
    if number % 6 == 0:
        Correction.objects.create(
            meeting=meeting, subject="决议 1", was="二十六票", becomes="二十七票", reason="笔误", made_at=at,
            made_by=user, made_by_name="书记", submission=uuid4(),
        )  # fmt: skip
    planned = PlannedMeeting.objects.create(
        organization=branch, kind=kind, title=title, held_on=on, starts_at=time(14), ends_at=time(16), meeting=meeting,
        notified_at=at - timedelta(days=5), notice="请带笔记本，提前十分钟到场。",
    )  # fmt: skip
    Invitation.objects.bulk_create(Invitation(planned=planned, person=one, answer="coming") for one in people)
    for name in ("提纲.pdf", "签到表.pdf"):
        Attachment.objects.create(
            meeting=meeting, file=ContentFile(PDF, name=name), name=name, content_type="application/pdf", size=len(PDF),
            sha256=sha256(PDF).hexdigest(), added_at=at,
        )  # fmt: skip
