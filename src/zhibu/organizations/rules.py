"""May this be done to the tree, and if not, by which article. Pure predicates over loaded objects."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

from zhibu.organizations.enums import (
    BRANCH_KINDS,
    COMMITTEE_POSTS,
    TEMPORARY_KINDS,
    UPPER_KINDS,
    ChangeKind,
    Kind,
    PostKind,
)
from zhibu.regulations.dates import add_months, add_years
from zhibu.regulations.queries import NotInForce, in_force, value
from zhibu.regulations.refusal import Refusal

if TYPE_CHECKING:
    from zhibu.organizations.models import Change, Organization, Tenure

HIGHEST = frozenset({Kind.COMMITTEE, Kind.LEADING_GROUP, Kind.TEMPORARY_COMMITTEE})


def may_stand_under(kind: Kind, parent: Kind | None) -> bool:
    """Which kinds stand below which: groups below branches, branches below upper ones, nothing below a group."""
    if parent is None:
        return kind in UPPER_KINDS
    if kind is Kind.GROUP:
        return parent in BRANCH_KINDS
    if kind in HIGHEST:
        return parent in HIGHEST
    return parent in UPPER_KINDS


def refuse_place(kind: Kind, parent: Organization | None) -> Iterator[Refusal]:
    """Why an organization of this kind cannot stand there."""
    if parent is not None and parent.dissolved_on is not None:
        yield Refusal(f"“{parent}”已于 {parent.dissolved_on} 撤销，不能再有下级组织。", field="parent")
    elif not may_stand_under(kind, Kind(parent.kind) if parent else None):
        above = f"{Kind(parent.kind).label}“{parent}”" if parent else "最上级"
        yield Refusal(
            f"{kind.label}不能设在{above}之下。", field="parent", remedy="党小组设在支部下，支部设在党委或党总支下。"
        )


def refuse_day(on: date, today: date, last: date | None) -> Iterator[Refusal]:
    """Changes are entered when they take effect or later, and in their order: history is not rewritten by accident."""
    if on > today:
        yield Refusal(f"生效日期 {on} 还没有到。", field="on", remedy="请在生效当天或之后登记。")
    if last is not None and on < last:
        yield Refusal(
            f"生效日期 {on} 早于上一次变动（{last}）。", field="on", remedy="请按先后次序登记，或先撤销上一次变动。"
        )


def refuse_post_left(tenure: Tenure, on: date, *, who: str = "", field: str = "") -> Refusal:
    """Why somebody who holds this post cannot leave its branch on a day. ``who``: the name, where it is not plain."""
    post = f"{who}任“{tenure.organization}”{tenure.get_post_display()}"
    if tenure.ended_on is not None:
        text = f"{post}到 {tenure.ended_on} 为止，不能在这之前调出。"
        return Refusal(text, field=field, remedy=f"请改用 {tenure.ended_on} 或之后的日期。")
    remedy = f"请先在“{tenure.organization}”的页面办理免职（免职日期不晚于 {on}）；没有任免权限的，请上级党组织办理。"
    return Refusal(f"{post}（{tenure.started_on} 起），不能带着职务调出。", field=field, remedy=remedy)


def refuse_before(node: Organization, on: date) -> Iterator[Refusal]:
    """Nothing happens to an organization before it exists."""
    if on < node.established_on:
        yield Refusal(
            f"“{node}”于 {node.established_on} 建立，生效日期不能更早。", field="on", remedy="请核对生效日期。"
        )


def same_level(one: Kind, other: Kind) -> bool:
    """Whether two kinds can hand people to each other: branches to branches, groups to groups, upper to upper."""
    return all((one in kinds) == (other in kinds) for kinds in (BRANCH_KINDS, UPPER_KINDS))


def refuse_undo(change: Change, today: date) -> Iterator[Refusal]:
    """A slip is taken back on the day of its entry; afterwards others rely on it. People who moved do not move back."""
    if change.undo is None or change.undo.get("entered_on") != today.isoformat():
        yield Refusal("组织变动只能在登记当天撤销。", remedy="请按实际情况另行登记一次变动。")
    elif change.kind == ChangeKind.SPLIT or change.undo.get("people"):
        yield Refusal(
            f"{change.get_kind_display()}时人员已随之转移，不能撤销。", remedy="请按实际情况另行登记一次变动。"
        )


def refuse_dissolved(node: Organization) -> Iterator[Refusal]:
    if node.dissolved_on is not None:
        yield Refusal(f"“{node}”已于 {node.dissolved_on} 撤销，不能再办理变动。")


def refuse_post(node: Organization, post: PostKind, on: date) -> Iterator[Refusal]:
    """A post must exist in that kind of organization, and the organization must exist on that day."""
    if node.dissolved_on is not None and on >= node.dissolved_on:
        yield Refusal(f"“{node}”已于 {node.dissolved_on} 撤销，不能任职。", field="organization")
    if on < node.established_on:
        yield Refusal(f"“{node}”于 {node.established_on} 建立，任职日期不能更早。", field="on")
    if not post_exists(Kind(node.kind), post):
        yield Refusal(f"{Kind(node.kind).label}没有“{post.label}”这个职务。", field="post")
    elif post is PostKind.STANDING_MEMBER and node.depth > 1:
        text = f"“{node}”不是学校党委，不设常务委员会。"
        yield Refusal(text, field="post", rule="org.standing_committee", on=on, remedy="请选择其他职务。")


def post_exists(kind: Kind, post: PostKind) -> bool:
    """Which posts a kind of organization has."""
    if kind is Kind.GROUP:
        return post is PostKind.GROUP_LEADER
    if post is PostKind.GROUP_LEADER:
        return False
    if post is PostKind.STANDING_MEMBER:
        return kind is Kind.COMMITTEE
    return post not in {PostKind.ORGANIZER, PostKind.OFFICER} or kind in UPPER_KINDS


def posts_of(kind: Kind) -> list[PostKind]:
    return [post for post in PostKind if post_exists(kind, post)]


def term_rule(node: Organization) -> str | None:
    """The rule that says how long a term lasts; None for temporary organizations, which hold no elections (ZB18-8)."""
    kind = Kind(node.kind)
    if kind in TEMPORARY_KINDS or kind is Kind.GROUP:
        return None
    if node.depth == 1:
        return "org.term_university"
    return "org.term_faculty" if kind in UPPER_KINDS else "org.term_branch"


def term_due(node: Organization, started_on: date) -> date | None:
    """The day by which the next election is due. Raises `NotInForce` for terms older than the rule."""
    rule_id = term_rule(node)
    return add_years(started_on, value(rule_id, started_on).number) if rule_id else None


def latest_extension(due_on: date) -> date:
    """The last day to which a term may be extended with approval (org.extend_term)."""
    return add_years(due_on, value("org.extend_term", due_on).number)


def reminder_day(due_on: date) -> date:
    """From which day on the superior reminds of the election (org.remind)."""
    try:
        return add_months(due_on, -value("org.remind", due_on).number)
    except NotInForce:
        return due_on


def committee_required(formal_members: int, on: date) -> bool:
    """Whether a branch of so many full members must have a committee (org.committee_min)."""
    return in_force("org.committee_min", on) and formal_members >= value("org.committee_min", on).number


def committee_notes(kind: Kind, formal_members: int, seats: int, on: date) -> Iterator[Refusal]:
    """What the regulations say about the committee of a branch: notices, nothing is blocked by them."""
    if kind not in BRANCH_KINDS or kind in TEMPORARY_KINDS or not in_force("org.committee_min", on):
        return
    from_members = value("org.committee_min", on).number
    usual, most = value("org.committee_size", on).range, value("org.committee_max", on).number
    if formal_members >= from_members and seats < usual.min:
        yield Refusal(
            f"现有正式党员 {formal_members} 人，应设支部委员会，本届职数只有 {seats} 人。",
            rule="org.committee_min", on=on, remedy=f"委员会一般 {usual.min} 至 {usual.max} 人。",
        )  # fmt: skip
    if formal_members < from_members and seats > 2:
        yield Refusal(
            f"现有正式党员 {formal_members} 人，不足 {from_members} 人，一般不设委员会，本届职数为 {seats} 人。",
            rule="org.committee_min", on=on, remedy="设书记一人，必要时设副书记一人。",
        )  # fmt: skip
    if seats > most:
        yield Refusal(f"本届职数 {seats} 人，一般不超过 {most} 人。", rule="org.committee_max", on=on)


def size_notes(kind: Kind, members: int, formal_members: int, on: date) -> Iterator[Refusal]:
    """What the regulations say about the size of a branch: notices, nothing is blocked by them."""
    if kind not in BRANCH_KINDS or kind in TEMPORARY_KINDS or not in_force("org.branch_min", on):
        return
    least, most = value("org.branch_min", on).number, value("org.branch_max", on).number
    if formal_members < least:
        yield Refusal(
            f"现有正式党员 {formal_members} 人，不足 {least} 人。",
            rule="org.branch_min", on=on, remedy="可与邻近单位成立联合党支部。",
        )  # fmt: skip
    if members > most:
        yield Refusal(
            f"现有党员 {members} 人，一般不超过 {most} 人。", rule="org.branch_max", on=on, remedy="可以考虑拆分支部。"
        )


def vacancies(seats: int, holders: list[Tenure]) -> int:
    """How many seats of the committee are empty."""
    held = {tenure.person_id for tenure in holders if PostKind(tenure.post) in COMMITTEE_POSTS}
    return max(seats - len(held), 0)
