"""A year of work outside meetings, of some branches: projects, journals, service and deeds in every state. Invented."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from zhibu.demo.world import Being, Node, World
from zhibu.initiatives.enums import (
    DeedState,
    MilestoneState,
    ParticipationState,
    ProjectAct,
    ProjectState,
    Through,
    Verdict,
)
from zhibu.initiatives.models import (
    Activity,
    Confirmation,
    JournalEntry,
    Milestone,
    Participation,
    PracticalDeed,
    Project,
    ProjectEntry,
    ProjectMember,
)
from zhibu.organizations.enums import PostKind

SHANGHAI = ZoneInfo("Asia/Shanghai")
EVERY = 4  # of the branches; the showcase branch always
SERVICE = (
    ("社区义务清扫", "environment", "虚构社区", "清扫楼道和绿地，居委会验收"),
    ("中学生课业辅导", "teaching", "虚构中学", "辅导初二学生数学，学校安排"),
    ("迎新引导服务", "campus", "校园东门", "引导新生报到，搬运行李"),
    ("陪伴独居老人", "care", "虚构街道养老站", "读报、打扫，教用智能手机"),
)
DEEDS = (
    ("增设自习座位", "期末自习座位不够", "低年级本科生", "协调两间教室晚间开放", "两间教室已开放到二十二时"),
    ("更换楼道路灯", "三号楼夜间楼道太暗", "三号楼住户", "报修并跟进", "六盏灯已全部更换"),
    ("开通报销咨询", "新教师不熟悉报销流程", "新入职教师", "每周四安排党员坐班答疑", "已坐班四次，答疑二十余件"),
)
JOURNAL = (
    ("与社区党委商定共建事项，明确每月一次志愿服务。", "支委会委员"),
    ("走访学生宿舍，收集意见七条，交学院办公室办理。", "党员代表"),
    ("整理入党申请人材料，补齐签名页。", "组织委员"),
    ("布置党员活动室，更新公开栏。", "宣传委员"),
)


def write(world: World, found: dict[str, int]) -> None:
    """All rows of the room."""
    rng = world.rng("initiatives")
    for number, node in enumerate(world.living_branches):
        if number % EVERY and "showcase" not in node.flaws:
            continue
        people = node.members_on(world.today)
        if people:
            _service(world, node, people, rng)
            _deeds(world, node, people, rng)
            _journal(world, node, rng)
            _project(world, node, people, rng)
    for model in (Activity, Participation, PracticalDeed, JournalEntry, Project, Milestone):
        found[model._meta.label] = model._default_manager.count()


def _at(day: date) -> datetime:
    return datetime.combine(day, time(17), SHANGHAI)


def _service(world: World, node: Node, people: list[Being], rng: Random) -> None:
    for back in (280, 190, 95, 12):
        title, kind, place, outcome = rng.choice(SERVICE)
        day = world.today - timedelta(days=back + rng.randrange(20))
        if not node.exists(day):
            continue
        came = rng.sample(people, min(len(people), rng.randrange(3, 9)))
        half, waits = rng.choice((3, 4, 5, 6)), back == 12
        held = Activity.objects.create(
            organization_id=node.id, title=title, kind=kind, on=day, place=place, outcome=outcome, planned=len(came),
            confirmed_people=0 if waits else len(came), confirmed_half_hours=0 if waits else half * len(came),
            entered_at=_at(day),
        )  # fmt: skip
        through = rng.choice((Through.BENEFICIARY, Through.ORGANIZER))
        settled: dict[str, Any] = {} if waits else {
            "state": ParticipationState.CONFIRMED, "through": through, "confirmed_at": _at(day + timedelta(days=2)),
        }  # fmt: skip
        Participation.objects.bulk_create(
            Participation(activity=held, person_id=one.id, half_hours=half, noted_at=_at(day), **settled)
            for one in came
        )
        if settled and through is Through.BENEFICIARY:
            said = f"{outcome}（{len(came)} 人参加，共 {half * len(came) / 2:g} 小时）"
            Confirmation.objects.create(
                activity=held, through=through, outcome=said, is_satisfied=True, at=_at(day + timedelta(days=2))
            )


def _deeds(world: World, node: Node, people: list[Being], rng: Random) -> None:
    for state in (DeedState.SETTLED, DeedState.REPORTED, DeedState.OPEN):
        title, need, whose, measure, result = rng.choice(DEEDS)
        heard = world.today - timedelta(days=rng.randrange(40, 150))
        done = heard + timedelta(days=25)
        shared: dict[str, Any] = {} if state is DeedState.OPEN else {"result": result, "finished_on": done}
        if state is DeedState.SETTLED:
            shared["is_satisfied"] = True
        row = PracticalDeed.objects.create(
            organization_id=node.id, title=title, need=need, heard_from=whose, measure=measure, heard_on=heard,
            responsible_id=rng.choice(people).id, due_on=heard + timedelta(days=rng.choice((30, 120))), state=state,
            entered_at=_at(heard), **shared,
        )  # fmt: skip
        if state is DeedState.SETTLED:
            Confirmation.objects.create(
                deed=row, through=Through.BENEFICIARY, outcome=result, is_satisfied=True, words="问题已经解决",
                at=_at(done + timedelta(days=3)),
            )  # fmt: skip


def _journal(world: World, node: Node, rng: Random) -> None:
    days = sorted(world.today - timedelta(days=rng.randrange(1, 300)) for _ in range(8))
    lines = [(day, *rng.choice(JOURNAL)) for day in days if node.exists(day)]
    JournalEntry.objects.bulk_create(
        JournalEntry(organization_id=node.id, on=day, text=text, who=who, entered_at=_at(day))
        for day, text, who in lines
    )


def _project(world: World, node: Node, people: list[Being], rng: Random) -> None:
    """One under way; some of its milestones are late, one was put off."""
    held = node.holders(world.today)
    secretary = next((one.being for one in held if one.post is PostKind.SECRETARY), None)
    if secretary is None:
        return
    begun = world.today - timedelta(days=200)
    shown = "showcase" in node.flaws
    state = ProjectState.RUNNING if shown else rng.choice((ProjectState.RUNNING, ProjectState.DECLARED))
    found = Project.objects.create(
        organization_id=node.id, title="党员结对帮扶学业困难学生", kind="service", secretary_id=secretary.id,
        goals="摸清低年级学生学业困难，每名党员结对一至两人，期末逐人回访。", starts_on=begun,
        ends_on=world.today + timedelta(days=60), state=state, declared_at=_at(begun), version=1,
    )  # fmt: skip
    others = [one for one in people if one is not secretary]
    ProjectMember.objects.bulk_create(ProjectMember(project=found, person_id=one.id) for one in others[:3])
    steps = (("完成调研", -150), ("确定结对名单", -100), ("中期回访", -7), ("期末总结", 45))
    rows = [
        Milestone(project=found, title=title, due_on=world.today + timedelta(days=days), entered_at=_at(begun))
        for title, days in steps
    ]
    if state is ProjectState.RUNNING:
        for row in rows[:2]:
            row.state, row.done_on = MilestoneState.DONE, row.due_on - timedelta(days=3)
            row.result = "形成问题清单和结对名单各一份"
    made = Milestone.objects.bulk_create(rows)
    told: list[tuple[ProjectAct, date, dict[str, Any]]] = [(ProjectAct.DECLARED, begun, {})]
    if state is ProjectState.RUNNING:
        agreed = {"verdict": Verdict.AGREED, "text": "同意实施，请突出实效。"}
        told.append((ProjectAct.REVIEWED, begun + timedelta(days=5), agreed))
        told += [(ProjectAct.REACHED, row.done_on or begun, {"milestone": row, "text": row.result}) for row in made[:2]]
    ProjectEntry.objects.bulk_create(
        ProjectEntry(project=found, position=number, act=act, on=day, at=_at(day), **more)
        for number, (act, day, more) in enumerate(told, 1)
    )
    Project.objects.filter(pk=found.pk).update(version=len(told))
