"""A branch chooses something to do: proposed, shown, reviewed by one or two who do not see each other, settled."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import Http404

from tests.cast import TODAY, Cast, appoint, make_cast, make_person
from zhibu.accounts.scope import Scope, scope_of
from zhibu.assessment.chosen import queries, reviewing
from zhibu.assessment.chosen.enums import ActionState
from zhibu.assessment.chosen.models import ActionEvidence, ChosenAction
from zhibu.assessment.chosen.rubric import RubricError, read, rubric_for
from zhibu.assessment.queries import waiting
from zhibu.initiatives.models import Project
from zhibu.organizations.enums import PostKind
from zhibu.people.models import Person
from zhibu.regulations.refusal import Refusal
from zhibu.ui.waiting import answered

pytestmark = pytest.mark.django_db
PLAN = {
    "title": "学业帮扶结对", "what": "高年级党员结对辅导低年级同学。", "goal": "挂科人次下降三成。",
    "starts_on": "2026-07-01", "ends_on": "2026-09-20", "claimed": "4",
    "submission": "11111111-1111-4111-8111-111111111111",
}  # fmt: skip
FULL = {"need": "1", "conduct": "1", "benefit": "1", "effect": "1.5", "example": "0.5"}


@pytest.fixture
def cast() -> Cast:
    found = make_cast()
    for serial, name in ((31, "second"), (32, "third")):
        person = make_person(f"审员{serial}", found.sibling, serial=serial, username=name)
        appoint(person, found.faculty, PostKind.ORGANIZER)
    return found


def person(cast: Cast, name: str) -> Scope:
    from zhibu.accounts.models import User

    return scope_of(User.objects.get(username=name), TODAY)


def given(**changed: str) -> dict[str, Decimal]:
    return {key: Decimal(value) for key, value in (FULL | changed).items()}


def proposed(cast: Cast, client: Any, **changed: str) -> ChosenAction:
    assert client.post("/assessment/actions/new/", PLAN | changed).status_code == 302
    return ChosenAction.objects.latest("pk")


def sent_in(cast: Cast, client: Any, **changed: str) -> ChosenAction:
    action = proposed(cast, client, **changed)
    file = SimpleUploadedFile("总结.pdf", b"%PDF-1.4 results\n%%EOF")
    assert client.post(f"/assessment/actions/{action.pk}/attach/", {"file": file}).status_code == 302
    action.refresh_from_db()
    assert client.post(f"/assessment/actions/{action.pk}/submit/", {"version": action.version}).status_code == 302
    action.refresh_from_db()
    return action


def titles(scope: Scope) -> list[str]:
    return [one.title for one in answered(waiting(scope)) if "自选动作" in one.title]


def test_the_same_form_sent_for_another_organization_is_refused_in_words(cast: Cast, sign_in: Any) -> None:
    client = sign_in(cast.organizer)
    for node, status in ((cast.branch, 302), (cast.branch, 302), (cast.sibling, 422)):
        answer = client.post(f"/assessment/actions/new/?organization={node.pk}", PLAN)
        assert answer.status_code == status, node
    assert "已经提交过" in answer.content.decode() and ChosenAction.objects.count() == 1


def test_two_reviewers_do_not_see_each_other_until_both_are_in(cast: Cast, sign_in: Any) -> None:
    secretary = sign_in(cast.secretary)
    action = sent_in(cast, secretary)
    organizer, second = scope_of(cast.organizer.user, TODAY), person(cast, "second")
    assert titles(organizer) == ["自选动作待开始评审"]

    reviewing.open_review(organizer, action.pk, version=action.version)
    action.refresh_from_db()
    assert action.reviewers == 2, "four points are claimed, more than one reviewer may give alone"
    reviewing.score(organizer, action.pk, given(), opinion="成效有数据。")
    with pytest.raises(Refusal, match="已经评审过"):
        reviewing.score(organizer, action.pk, given(), opinion="再评一次。")
    action.refresh_from_db()
    assert [queries.shown_reviews(who, action) for who in (second, person(cast, "secretary"))] == [[], []]
    assert "成效有数据" not in sign_in(cast.office).get(f"/assessment/actions/{action.pk}/").content.decode()
    assert (titles(organizer), titles(second)) == ([], ["自选动作待我评审"])

    reviewing.score(second, action.pk, given(effect="1", example="0"), opinion="推广性一般。")
    action.refresh_from_db()
    assert (action.state, action.points, action.period) == (ActionState.CONCLUDED, Decimal("4.50"), "2026Q3")
    page = sign_in(cast.secretary).get(f"/assessment/actions/{action.pk}/").content.decode()
    assert "成效有数据" in page and "推广性一般" in page and "祖员" not in page, "opinions, not who gave them"


def test_a_disagreement_is_shown_and_settled_by_a_third_with_a_reason(cast: Cast, sign_in: Any) -> None:
    action = sent_in(cast, sign_in(cast.secretary))
    organizer, second, third = (person(cast, name) for name in ("organizer", "second", "third"))
    reviewing.open_review(organizer, action.pk, version=action.version)
    reviewing.score(organizer, action.pk, given(), opinion="好。")
    reviewing.score(second, action.pk, given(effect="0", benefit="0.5"), opinion="没有依据。")
    action.refresh_from_db()
    assert action.state == ActionState.DISPUTED and action.points is None
    assert titles(third) == ["自选动作评审分歧待裁定"] and titles(organizer) == []
    here = f"/assessment/actions/{action.pk}/"
    assert "还没有评审" not in sign_in(cast.secretary).get(here).content.decode(), "two are in, and lie apart"
    reviewer = sign_in(cast.organizer).get(f"{here}decide/")
    assert reviewer.status_code == 403 and "没有评审过的第三人" in reviewer.content.decode()
    assert "3.00—5.00" in sign_in(Person.objects.get(pk=third.person_id)).get(f"{here}decide/").content.decode()

    with pytest.raises(PermissionDenied, match="第三人"):
        reviewing.decide(second, action.pk, points=Decimal(3), reason="按我的")
    with pytest.raises(Refusal, match="两份评审之间"):
        reviewing.decide(third, action.pk, points=Decimal("2.5"), reason="都不合适")
    with pytest.raises(Refusal, match="写明理由"):
        reviewing.decide(third, action.pk, points=Decimal(4), reason=" ")
    reviewing.decide(third, action.pk, points=Decimal(4), reason="有成绩单为证，部分采信。")
    action.refresh_from_db()
    assert (action.state, action.points) == (ActionState.CONCLUDED, Decimal(4))

    reviewing.reopen(organizer, action.pk, reason="复核发现材料有误", version=action.version)
    action.refresh_from_db()
    assert (action.state, action.points, action.period) == (ActionState.SUBMITTED, None, "")


def test_one_reviewer_is_enough_for_little_until_he_gives_much(cast: Cast, sign_in: Any) -> None:
    action = sent_in(cast, sign_in(cast.secretary), claimed="2")
    organizer = scope_of(cast.organizer.user, TODAY)
    reviewing.open_review(organizer, action.pk, version=action.version)
    reviewing.score(organizer, action.pk, given(effect="0", benefit="0.5"), opinion="尚可。")
    action.refresh_from_db()
    assert (action.state, action.reviewers) == (ActionState.REVIEWING, 2), "2.5 points are more than one may give"


def test_a_branch_sends_in_what_is_done_and_shown(cast: Cast, sign_in: Any) -> None:
    client = sign_in(cast.secretary)
    action = proposed(cast, client, ends_on="2026-12-20")
    again = proposed(cast, client, ends_on="2026-12-20")
    assert again == action and ChosenAction.objects.count() == 1, "the same form sent twice is one action"
    address = f"/assessment/actions/{action.pk}/"
    early = client.post(f"{address}submit/", {"version": action.version})
    assert early.status_code == 422 and "还没有到" in early.content.decode()
    slip = client.post(f"{address}edit/", PLAN | {"ends_on": "2026-06-20", "claimed": "9", "version": action.version})
    assert "早于开始日期" in slip.content.decode() and "不超过 5 分" in slip.content.decode()
    assert client.post(f"{address}edit/", PLAN | {"version": action.version}).status_code == 302
    assert "刚被他人改动" in client.post(f"{address}edit/", PLAN | {"version": action.version}).content.decode()
    action.refresh_from_db()
    assert titles(scope_of(cast.secretary.user, TODAY)) == ["自选动作已到完成日期，待报送评审"]
    bare = client.post(f"{address}submit/", {"version": action.version})
    assert "还没有佐证材料" in bare.content.decode()

    # A 书记项目 that is recorded already is evidence enough.
    project = Project.objects.create(
        organization=cast.branch, title="学业帮扶", kind="teaching", secretary=cast.secretary, goals="帮扶",
        starts_on=date(2026, 6, 1), ends_on=date(2026, 12, 1), declared_at="2026-06-01T08:00:00Z", state="running",
    )  # fmt: skip
    linked = PLAN | {"version": action.version, "project": str(project.pk)}
    assert client.post(f"{address}edit/", linked).status_code == 302
    action.refresh_from_db()
    assert client.post(f"{address}submit/", {"version": action.version}).status_code == 302
    action.refresh_from_db()

    organizer = scope_of(cast.organizer.user, TODAY)
    reviewing.send_back(organizer, action.pk, reason="补上同学的反馈。", version=action.version)
    assert titles(scope_of(cast.secretary.user, TODAY)) == ["自选动作退回修改"]
    assert "补上同学的反馈" in client.get(address).content.decode()
    action.refresh_from_db()
    assert client.post(f"{address}withdraw/", {"version": action.version, "reason": "明年再做"}).status_code == 302
    assert ChosenAction.objects.get().state == ActionState.WITHDRAWN


def test_nobody_reviews_what_stands_too_near(cast: Cast, sign_in: Any) -> None:
    action = sent_in(cast, sign_in(cast.secretary))
    with pytest.raises(PermissionDenied):
        reviewing.open_review(scope_of(cast.secretary.user, TODAY), action.pk, version=action.version)
    with pytest.raises(Http404):
        reviewing.open_review(scope_of(cast.neighbour.user, TODAY), action.pk, version=action.version)
    office = scope_of(cast.office.user, TODAY)
    reviewing.open_review(office, action.pk, version=action.version)
    cast.organizer.organization = cast.branch
    cast.organizer.save()
    with pytest.raises(PermissionDenied, match="本人所在党组织"):
        reviewing.score(scope_of(cast.organizer.user, TODAY), action.pk, given(), opinion="好。")
    with pytest.raises(Refusal, match="每一项都要评分"):
        reviewing.score(office, action.pk, given(need="1.5"), opinion="好。")
    file = ActionEvidence.objects.get()
    assert sign_in(cast.neighbour).get(f"/assessment/actions/files/{file.pk}/").status_code == 404
    got = sign_in(cast.organizer).get(f"/assessment/actions/files/{file.pk}/")
    assert b"".join(got.streaming_content).startswith(b"%PDF-1.4 results")
    assert str(action.title) not in sign_in(cast.member).get("/assessment/actions/").content.decode()


def test_a_rubric_is_read_strictly() -> None:
    document = dict(rubric_for(TODAY).document)
    assert rubric_for(TODAY).most == 5
    with pytest.raises(RubricError, match="不符的有 settle_above"):
        read({key: value for key, value in document.items() if key != "settle_above"}, "x")
    with pytest.raises(RubricError, match="出现两次"):
        read({**document, "criteria": document["criteria"] * 2}, "x")
