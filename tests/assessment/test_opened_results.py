"""A result shown to everybody: only after a review for secrecy, until a day, organizations alone."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from tests.assessment.test_publication import ANSWER, DAYS, ended, noticed, text
from tests.assessment.test_publication import at as at_day
from tests.cast import TODAY, Cast
from zhibu.assessment.models import OrganizationScore
from zhibu.assessment.publication import actions, queries
from zhibu.assessment.publication.enums import Audience
from zhibu.assessment.publication.models import Publication
from zhibu.audit.models import Entry
from zhibu.regulations.queries import value
from zhibu.regulations.refusal import Refusal

pytestmark = pytest.mark.django_db
LONGEST = value("assess.open_days", TODAY).number
PUBLISHED = TODAY + timedelta(days=DAYS + 1)


def final(cast: Cast) -> Publication:
    found = noticed(cast)
    return actions.finalize(at_day(cast.office, DAYS + 1), found.pk, found.version)


def opened(cast: Cast, **about: Any) -> Publication:
    found = final(cast)
    given = {
        "audience": Audience.PUBLIC, "reviewed_by": "党委保密办公室", "open_until": PUBLISHED + timedelta(days=30),
        **about,
    }  # fmt: skip
    return actions.publish(
        at_day(cast.office, DAYS + 1), found.pk, found.version, document="校党委会〔2026〕12 号纪要", **given
    )


def test_everybody_sees_organizations_and_totals_and_nothing_else(cast: Cast, client: Client) -> None:
    made = opened(cast)
    listed = text(client, "/results/")
    assert "2026年第三季度" in listed and f"/results/{made.pk}/" in listed
    page = text(client, f"/results/{made.pk}/")
    assert "本科生第一党支部" in page and "57.14" in page and "校党委会〔2026〕12 号纪要" in page
    assert "党委保密办公室" not in page, "who reviewed is no business of the public"
    for person in (cast.secretary, cast.member, cast.organizer):
        assert person.name not in page
    answer = client.get(f"/results/{made.pk}/", {"sort": "members", "export": ""})
    assert answer.status_code == 200, "what may not be sorted by is passed over"
    assert "no-store" in answer["Cache-Control"] and "noindex" in answer["X-Robots-Tag"], "no copy outlives the end"
    assert client.get(f"/results/{made.pk}/", {"export": "csv"}).status_code == 403
    assert "export=" not in page and f"/assessment/publications/{made.pk}/" not in page
    for address in ("", f"{cast.branch.pk}/"):
        answer = client.get(f"/assessment/publications/{made.pk}/{address}")
        assert answer.status_code == 302, "the records behind it stay inside"
    assert "/results/" in text(client, "/account/sign-in/")


@pytest.mark.parametrize(
    ("about", "said"),
    [
        ({"reviewed_by": " "}, "保密审查"),
        ({"open_until": None}, "没有填写公开到哪一天"),
        ({"open_until": PUBLISHED - timedelta(days=1)}, "不在"),
        ({"open_until": PUBLISHED + timedelta(days=LONGEST + 1)}, "不在"),
        ({"audience": Audience.FACULTY}, "公布范围却不是"),
        ({"audience": Audience.UNIVERSITY, "reviewed_by": ""}, "公布范围却不是"),
        ({"audience": Audience.OWN, "open_until": None}, "公布范围却不是"),
    ],
)
def test_nothing_is_opened_without_review_and_end(cast: Cast, about: dict[str, Any], said: str) -> None:
    with pytest.raises(Refusal, match=said):
        opened(cast, **about)
    assert not queries.opened(PUBLISHED).exists() and Publication.objects.get().state == "final"


@pytest.mark.parametrize("days", [0, LONGEST])
def test_it_is_open_to_its_last_day_and_not_after(cast: Cast, days: int) -> None:
    last = PUBLISHED + timedelta(days=days)
    made = opened(cast, open_until=last)
    assert made.is_open(last) and queries.opened(last).get() == made
    assert not made.is_open(last + timedelta(days=1)) and not queries.opened(last + timedelta(days=1)).exists()


def test_results_for_the_university_are_no_business_of_strangers(cast: Cast, client: Client) -> None:
    found = ended(cast, noticed(cast), Audience.UNIVERSITY)
    assert (found.reviewed_by, found.open_until) == ("", None)
    assert "2026年第三季度" not in text(client, "/results/")
    text(client, f"/results/{found.pk}/", 404)


def test_what_is_open_can_be_closed_and_stays_known_inside(cast: Cast, sign_in: Any) -> None:
    made = opened(cast)
    office = sign_in(cast.office)
    page = text(office, f"/assessment/publications/{made.pk}/")
    assert "停止向社会公开" in page and "党委保密办公室" in page
    stale = office.post(f"/assessment/publications/{made.pk}/close/", {"version": "1"})
    assert stale.status_code == 422 and queries.opened(TODAY).exists()
    assert sign_in(cast.secretary).post(f"/assessment/publications/{made.pk}/close/").status_code == 403
    sign_in(cast.office).post(f"/assessment/publications/{made.pk}/close/", {"version": str(made.version)})
    gone = text(Client(), f"/results/{made.pk}/", 404)
    assert "公开期限已过" in gone and "/results/" in gone and "管理范围" not in gone
    inside = text(sign_in(cast.neighbour), f"/assessment/publications/{made.pk}/")
    assert "57.14" in inside and "公布范围：全校党组织（已停止向社会公开）" in inside
    assert "正在向社会公开" not in inside
    assert "（已停止向社会公开）" in text(sign_in(cast.office), "/assessment/publications/")
    assert Entry.objects.filter(verb="assessment.publication_close").count() == 1
    again = Publication.objects.get()
    with pytest.raises(Refusal, match="没有向社会公开"):
        actions.close(at_day(cast.office), again.pk, again.version)


def test_a_withdrawn_result_is_no_longer_open(cast: Cast, client: Client) -> None:
    made = opened(cast)
    actions.withdraw(at_day(cast.office, DAYS + 1), made.pk, made.version, reason="数据有误")
    text(client, f"/results/{made.pk}/", 404)
    assert "2026年第三季度" not in text(client, "/results/")


def test_the_form_asks_for_both_and_keeps_what_was_typed(cast: Cast, sign_in: Any) -> None:
    made = noticed(cast)
    Publication.objects.update(state="final", final_on=TODAY)
    form = {"version": str(made.version), "audience": "public", "document": "校党委会〔2026〕12 号纪要"}
    office = sign_in(cast.office)
    refused = office.post(f"/assessment/publications/{made.pk}/publish/", form)
    assert refused.status_code == 422
    assert "保密审查" in refused.content.decode() and "12 号纪要" in refused.content.decode()
    full = form | {"reviewed_by": "党委保密办公室", "open_until": str(TODAY + timedelta(days=30))}
    assert office.post(f"/assessment/publications/{made.pk}/publish/", full).status_code == 302
    assert queries.opened(TODAY).exists()


def test_the_database_itself_opens_nothing_without_review(cast: Cast) -> None:
    made = final(cast)
    with pytest.raises(IntegrityError, match="open_publication_was_reviewed"), transaction.atomic():
        Publication.objects.filter(pk=made.pk).update(state="published", published_on=TODAY, audience="public")
    assert OrganizationScore.objects.filter(run=made.run_id).exists() and ANSWER
