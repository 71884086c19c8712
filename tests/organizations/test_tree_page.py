"""The tree on screen and on paper, of today and of another day."""

from datetime import date

import pytest

from tests.cast import FOUNDED, TODAY, Cast, make_organization, make_person
from zhibu.accounts.scope import system_scope
from zhibu.audit.models import Entry
from zhibu.organizations import actions, queries
from zhibu.organizations.enums import Category, ElectionMethod, Kind, PostKind
from zhibu.organizations.models import Organization

OFFICE = system_scope(TODAY)
TREE = "/organizations/"


def read(client, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200, url
    return answer.content.decode()


@pytest.mark.parametrize("text", ["第一党", "C0004", "c0004"])
def test_an_organization_is_found_by_name_or_code_with_its_superior(cast: Cast, sign_in, text: str) -> None:
    shown = read(sign_in(cast.office), f"{TREE}?q={text}")

    assert "本科生第一党支部" in shown
    assert "计算机学院党委，2 名党员" in shown
    assert "教师党支部" not in shown


def test_a_past_name_is_found_on_a_past_day(cast: Cast, sign_in) -> None:
    actions.rename(OFFICE, cast.branch, name="新名支部", on=date(2026, 6, 1))
    client = sign_in(cast.office)

    assert "本科生第一党支部" in read(client, f"{TREE}?q=第一&on=2026-05-31")
    assert "本科生第一党支部" not in read(client, f"{TREE}?q=第一&on=2026-06-01")
    assert "新名支部" in read(client, f"{TREE}?q=新名&on=2026-06-01")


def test_what_hung_below_my_faculty_that_day_is_named_but_no_longer_opens(cast: Cast, sign_in) -> None:
    actions.reparent(OFFICE, cast.branch, parent=cast.other_faculty, on=date(2026, 6, 1))
    client = sign_in(cast.organizer)
    children = f"/organizations/{cast.faculty.pk}/children/"

    shown = read(client, f"{children}?on=2026-05-31")

    assert "本科生第一党支部" in shown
    assert f"/organizations/{cast.branch.pk}/?on" not in shown
    assert "本科生第一党支部" not in read(client, f"{children}?on=2026-06-01")


def test_the_tree_of_another_faculty_stays_closed_on_every_day(cast: Cast, sign_in) -> None:
    client = sign_in(cast.organizer)

    for day in ("2026-05-31", TODAY.isoformat()):
        assert client.get(f"/organizations/{cast.other_faculty.pk}/children/?on={day}").status_code == 404
    assert "文学院" not in read(client, f"{TREE}?on=2026-05-31")
    assert "研究生党支部" not in read(client, f"{TREE}?q=支部&on=2026-05-31")


def test_members_are_counted_over_the_whole_subtree(cast: Cast) -> None:
    group = make_organization("第一党小组", cast.branch, kind=Kind.GROUP)
    make_person("组员", group, serial=60)

    counts = queries.member_counts([cast.faculty, cast.other_faculty])
    assert counts == {cast.faculty.pk: 5, cast.other_faculty.pk: 1}
    assert queries.member_counts([cast.branch]) == {cast.branch.pk: 3}
    make_person("又一人", group, serial=61)
    assert queries.member_counts([cast.branch]) == {cast.branch.pk: 4}


def test_a_wide_level_is_cut_and_leads_to_the_list(cast: Cast, sign_in) -> None:
    for number in range(103):
        make_organization(f"第{number:03d}支部", cast.other_faculty)

    shown = read(sign_in(cast.office), f"/organizations/{cast.other_faculty.pk}/children/")

    assert "还有 4 个" in shown
    listed = read(sign_in(cast.office), f"/organizations/list/?superior={cast.other_faculty.pk}")
    assert "共 104 条" in listed
    assert "本科生第一党支部" not in listed


@pytest.mark.parametrize("url", [TREE, f"{TREE}?on=2026-05-31", f"{TREE}?q=党委"])
def test_the_tree_reads_as_often_with_many_as_with_few(cast: Cast, sign_in, django_assert_max_num_queries, url) -> None:
    client = sign_in(cast.office)
    client.get(url)
    with django_assert_max_num_queries(15) as seen:
        client.get(url)
        few = len(seen)
    for number in range(3):
        faculty = make_organization(f"第{number}学院党委", cast.root, kind=Kind.COMMITTEE)
        make_person("某人", make_organization(f"第{number}学院支部", faculty), serial=200 + number)
    client.get(url)

    with django_assert_max_num_queries(few):
        client.get(url)


def test_the_chart_is_printed_for_a_day_and_noted(cast: Cast, sign_in, monkeypatch) -> None:
    from zhibu.organizations.pages import tree

    seen: dict[str, object] = {}
    monkeypatch.setattr(tree, "render_pdf", lambda template, context: seen.update(context) or b"%PDF-")
    actions.rename(OFFICE, cast.branch, name="新名支部", on=date(2026, 6, 1))

    answer = sign_in(cast.organizer).get("/organizations/chart/?on=2026-05-31")

    assert answer["Content-Type"] == "application/pdf"
    names = [(row["indent"] + row["node"].name, row["secretary"]) for row in seen["rows"]]  # type: ignore[attr-defined]
    assert names == [("计算机学院党委", ""), ("　└ 本科生第一党支部", "舒记"), ("　└ 教师党支部", "")]
    entry = Entry.objects.latest("pk")
    assert (entry.verb, entry.changes["list"], entry.changes["rows"]) == ("export", "组织机构图", 3)


def test_the_chart_really_is_a_document(cast: Cast, sign_in) -> None:
    answer = sign_in(cast.office).get("/organizations/chart/")

    assert answer.content.startswith(b"%PDF-")


def test_a_chart_of_very_many_lists_whole_levels_only(cast: Cast, monkeypatch) -> None:
    from zhibu.organizations.pages import tree

    monkeypatch.setattr(tree, "MOST_PRINTED", 5)

    assert tree._printed_depth(queries.tree_on(OFFICE, TODAY)) == 1
    monkeypatch.setattr(tree, "MOST_PRINTED", 6)
    assert tree._printed_depth(queries.tree_on(OFFICE, TODAY)) == 2


def test_the_page_of_an_organization_shows_another_days_name_superior_and_posts(cast: Cast, sign_in) -> None:
    actions.rename(OFFICE, cast.branch, name="新名支部", on=date(2026, 6, 1))
    actions.reparent(OFFICE, cast.branch, parent=cast.other_faculty, on=date(2026, 6, 2))
    actions.end_tenure(OFFICE, cast.branch.tenures.get(), on=date(2026, 6, 1))
    actions.appoint(OFFICE, cast.branch, person=cast.member, post=PostKind.SECRETARY, on=date(2026, 6, 1))
    client = sign_in(cast.office)

    then, now = (read(client, f"/organizations/{cast.branch.pk}/{tail}") for tail in ("?on=2026-05-31", ""))

    assert "当日名称：本科生第一党支部" in then
    assert "上级：计算机学院党委" in then
    assert "舒记" in then
    assert "舒记" not in now
    assert "孟员" in now
    assert "更名：本科生第一党支部 → 新名支部" in now
    assert "调整隶属：隶属计算机学院党委 → 隶属文学院党委" in now


def test_a_dissolved_organization_is_marked_and_offers_no_decisions(cast: Cast, sign_in) -> None:
    actions.dissolve(OFFICE, cast.branch, on=TODAY, people_to=cast.sibling)
    client = sign_in(cast.office)

    shown = read(client, f"/organizations/{cast.branch.pk}/")

    assert "已撤销" in shown
    assert "登记任职" not in shown
    assert f"/organizations/{cast.branch.pk}/rename/" not in shown
    assert "2026-11-21 撤销" in read(client, "/organizations/list/?alive=no")


def test_a_change_is_taken_back_from_the_page_on_its_day_only(cast: Cast, sign_in) -> None:
    from django.utils import timezone

    actions.rename(system_scope(timezone.localdate()), cast.branch, name="新名支部", on=date(2026, 6, 1))
    client, url = sign_in(cast.office), f"/organizations/{cast.branch.pk}/"
    assert "撤回最近一次“更名”" in read(client, url)

    client.post(f"{url}undo/")

    assert Organization.objects.get(pk=cast.branch.pk).name == "本科生第一党支部"
    actions.rename(system_scope(date(2026, 6, 2)), cast.branch, name="新名支部", on=date(2026, 6, 1))
    assert "撤回最近一次" not in read(client, url)
    assert client.post(f"{url}undo/").status_code == 422


def test_a_term_that_ends_without_election_says_why(cast: Cast, sign_in) -> None:
    actions.start_term(OFFICE, cast.branch, on=date(2025, 1, 15), seats=1, method=ElectionMethod.ELECTED)
    client, url = sign_in(cast.office), f"/organizations/{cast.branch.pk}/term/end/"

    assert client.post(url, {"on": "2026-06-01", "reason": ""}).status_code == 422
    client.post(url, {"on": "2026-06-01", "reason": "支部改组"})

    assert cast.branch.terms.get().ended_on == date(2026, 6, 1)


def test_a_longer_extension_needs_its_reason(cast: Cast) -> None:
    term = actions.start_term(OFFICE, cast.branch, on=date(2024, 1, 15), seats=1, method=ElectionMethod.ELECTED)

    extended = actions.extend_term(OFFICE, term, due_on=date(2028, 1, 16), document="1号", reason="校区搬迁")

    assert extended.due_on == date(2028, 1, 16)


def test_an_import_of_very_many_is_told_in_one_short_line(cast: Cast, sign_in) -> None:
    change = queries.changes(OFFICE, cast.branch).get()
    change.results.add(*(make_organization(f"第{number}支部", cast.other_faculty) for number in range(20)))

    shown = read(sign_in(cast.office), "/organizations/changes/?q=第一")

    assert "等 21 个" in shown
    assert "第19支部" not in shown


def test_a_temporary_branch_says_what_it_does_not_do(cast: Cast, sign_in) -> None:
    actions.establish(
        OFFICE, parent=cast.faculty, name="实践队临时支部", kind=Kind.TEMPORARY_BRANCH, category=Category.OTHER,
        code="T1", on=FOUNDED,
    )  # fmt: skip
    node = Organization.objects.get(code="T1")

    shown = read(sign_in(cast.office), f"/organizations/{node.pk}/")

    assert "一般不办理" in shown
    assert "第八条" in shown
    assert "登记换届" not in shown


@pytest.mark.parametrize("who", ["office", "organizer", "secretary", "neighbour"])
@pytest.mark.parametrize("day", [date(2026, 5, 31), date(2026, 6, 1), date(2026, 6, 2), TODAY])
def test_the_opened_tree_is_the_whole_tree(cast: Cast, who: str, day: date) -> None:
    """Level by level or all at once, a reader sees the same organizations of a day."""
    actions.reparent(OFFICE, cast.branch, parent=cast.other_faculty, on=date(2026, 6, 1))
    actions.reparent(OFFICE, cast.other_faculty, parent=cast.faculty, on=date(2026, 6, 2))
    actions.dissolve(OFFICE, cast.sibling, on=TODAY, people_to=cast.branch)
    scope = cast.scope(getattr(cast, who))

    top = queries.top_on(scope, day)

    assert opened(scope, top, day) == whole(queries.tree_on(scope, day))
    assert queries.count_on(scope, top, day) == sum(node.size for node in queries.tree_on(scope, day))


def opened(scope, nodes: list[queries.Node], day: date) -> list[object]:
    return [[node.pk, node.seen, *opened(scope, queries.children_on(scope, node.pk, day) or [], day)] for node in nodes]


def whole(nodes: list[queries.Node]) -> list[object]:
    return [[node.pk, node.seen, *whole(node.children)] for node in nodes]


def test_a_branch_without_groups_is_not_told_to_import_the_tree(cast: Cast, sign_in) -> None:
    shown = read(sign_in(cast.member), TREE)

    assert "下面没有党组织" in shown
    assert "/exchange/" not in shown
