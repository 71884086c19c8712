"""What goes into a folder, what is refused and why."""

from __future__ import annotations

import io
import time
import zipfile
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404

from tests.archive.files import docx, pdf
from tests.cast import TODAY, Cast, id_number, make_person
from zhibu.archive import actions, contents, queries, storage
from zhibu.archive.actions import filing
from zhibu.archive.enums import DocumentKind, DocumentState, Match
from zhibu.archive.models import Document
from zhibu.audit.models import Entry
from zhibu.people.models import Person
from zhibu.regulations.refusal import Refusal, Refusals

K = DocumentKind
DAY = date(2026, 9, 1)


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def filed(
    cast: Cast, kind: K = K.TALK_RECORD, *, person: Person | None = None, by: Any = None, **more: Any
) -> Document:
    more = {"place": "支部档案柜", "dated_on": DAY} | more
    person = person or cast.member
    assert person.organization
    return actions.add(
        cast.scope(by or cast.secretary), person=person, organization=person.organization, kind=kind, **more
    )


def refusal(cast: Cast, **more: Any) -> Refusal:
    with pytest.raises((Refusal, Refusals)) as refused:
        filed(cast, **more)
    assert not Document.objects.filter(person=cast.member).exists()
    found = refused.value
    return found.refusals[0] if isinstance(found, Refusals) else found


def test_a_filed_paper_lies_encrypted_under_a_random_name_and_comes_back_verified(cast: Cast, media: Path) -> None:
    upload = docx("入党申请书", "申请人：孟员", name="孟员入党申请书.docx")
    plain = upload.read()
    row = filed(cast, K.APPLICATION, file=upload, place="")

    stored = [path for path in media.rglob("*") if path.is_file()]
    assert len(stored) == 1
    assert "孟员" not in str(stored[0])
    assert b"word/document.xml" not in stored[0].read_bytes()
    assert storage.content(row) == plain
    assert (row.match, row.size, row.version, row.title) == (Match.FOUND, len(plain), 1, "入党申请书")


def test_filing_leaves_an_entry_without_words_of_the_paper(cast: Cast) -> None:
    row = filed(cast, K.APPLICATION, file=docx("申请人：孟员，家在虚构县"), title="入党申请书（第二次）")

    entry = Entry.objects.get(verb="archive.add")
    assert (entry.object_id, entry.organization_path) == (row.pk, cast.branch.path)
    assert "孟员" not in str(entry.changes) and "第二次" not in str(entry.changes)


def test_a_paper_that_exists_only_on_paper_needs_its_place(cast: Cast) -> None:
    assert refusal(cast, place="  ").field == "file"
    assert filed(cast, place="学院党委档案柜 3 号").match == Match.PAPER


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"dated_on": TODAY + timedelta(days=1)}, "dated_on"),
        ({"dated_on": date(1999, 12, 31)}, "dated_on"),
        ({"title": f"申请书 {id_number(1)}"}, "title"),
        ({"place": "档" * 121}, "place"),
        ({"kind": K.ELECTION_REPORT}, "kind"),
    ],
)
def test_what_cannot_be_is_refused_at_its_input(cast: Cast, more: dict[str, Any], field: str) -> None:
    assert refusal(cast, **more).field == field


def test_today_and_the_day_of_birth_are_still_possible(cast: Cast) -> None:
    assert filed(cast, dated_on=TODAY).pk and filed(cast, dated_on=date(2000, 1, 1)).pk


def test_one_document_for_two_people_is_refused_until_the_first_is_withdrawn(cast: Cast) -> None:
    other = make_person("何人", cast.branch, serial=50)
    first = filed(cast, person=other, file=pdf())

    said = refusal(cast, file=pdf())
    assert "一份材料不能归给两个人" in said.message and "撤回" in said.remedy

    actions.withdraw(cast.scope(cast.secretary), first.pk, reason="放错了人")
    assert filed(cast, file=pdf()).pk


def test_minutes_about_several_people_lie_in_each_folder(cast: Cast) -> None:
    other = make_person("何人", cast.branch, serial=50)
    text = "会议记录：讨论何人 N0050、孟员 member01"

    filed(cast, K.MEETING_MINUTES, person=other, file=docx(text))
    row = filed(cast, K.MEETING_MINUTES, file=docx(text))

    assert row.match == Match.SHARED


def test_the_same_file_twice_in_one_folder_is_refused_for_the_same_kind_only(cast: Cast) -> None:
    filed(cast, K.BALLOT_RESULT, file=pdf())

    with pytest.raises(Refusal, match="已经归档"):
        filed(cast, K.BALLOT_RESULT, file=pdf())
    assert filed(cast, K.RESOLUTION, file=pdf()).pk


@pytest.mark.parametrize(
    "text", ["学工号：N0050", f"身份证号 {id_number(50)}", "身份证号 " + " ".join(id_number(50)), "学工号Ｎ００５０。"]
)
def test_a_file_with_the_number_of_somebody_else_is_refused(cast: Cast, text: str) -> None:
    make_person("何人", cast.branch, serial=50)

    said = refusal(cast, file=docx("谈话记录，谈话对象如下所示", text))

    assert said.field == "file"
    assert "N0050" not in str(said) and "何人" not in str(said)


def test_numbers_in_a_pdf_are_read_too(cast: Cast) -> None:
    make_person("何人", cast.branch, serial=50)

    assert refusal(cast, file=pdf("student number N0050 record")).field == "file"


def test_the_number_of_nobody_on_record_does_not_hinder(cast: Cast) -> None:
    assert filed(cast, file=docx("孟员的父亲，身份证号", id_number(77))).match == Match.FOUND


def test_the_own_number_beside_that_of_somebody_else_asks_for_a_reason(cast: Cast) -> None:
    make_person("何人", cast.branch, serial=50)
    upload = {"file": docx(f"入党志愿书 {id_number(1)}，介绍人学工号 N0050"), "kind": K.APPLICATION_FORM}

    assert refusal(cast, **upload).field == "reason"
    assert filed(cast, **upload, reason="介绍人的学工号").match == Match.FOUND


def test_a_file_named_after_a_colleague_is_refused(cast: Cast) -> None:
    make_person("何人来", cast.branch, serial=50)

    assert "何人来" in refusal(cast, file=pdf(name="何人来-思想汇报.pdf")).message
    assert filed(cast, file=pdf(name="孟员（何人来谈话）.pdf")).match == Match.UNREAD


def test_a_text_without_the_own_name_asks_for_a_reason_and_says_so_afterwards(cast: Cast) -> None:
    def upload() -> Any:
        return docx("思想汇报：本季度学习了新修订的工作细则，体会如下。")

    assert refusal(cast, file=upload()).field == "reason"
    row = filed(cast, file=upload(), reason="姓名为手写签名")
    assert (row.match, row.reason) == (Match.ABSENT, "姓名为手写签名")


def test_a_spaced_name_and_a_former_name_are_the_own_name(cast: Cast) -> None:
    Person.objects.filter(pk=cast.member.pk).update(former_name="孟小园")
    cast.member.refresh_from_db()

    assert filed(cast, file=docx("姓名：孟　员　性别：男　民族：汉族")).match == Match.FOUND
    assert filed(cast, file=docx("姓名：孟小园　性别：男　民族：汉")).match == Match.FOUND


def test_a_number_in_the_file_name_is_left_out(cast: Cast) -> None:
    row = filed(cast, file=pdf(name=f"孟员{id_number(1)}.pdf"))

    assert row.name == "孟员.pdf"


def test_a_disguised_file_is_refused(cast: Cast) -> None:
    upload = pdf(name="照片.jpg")

    assert "扩展名不符" in refusal(cast, file=upload).message


def test_who_may_file_for_whom(cast: Cast) -> None:
    with pytest.raises(PermissionDenied):
        filed(cast, by=cast.neighbour)
    with pytest.raises(PermissionDenied):
        filed(cast, by=cast.member)
    stranger = {"person": cast.neighbour, "organization": cast.branch, "kind": K.TALK_RECORD, "dated_on": DAY}
    with pytest.raises(Http404):
        actions.add(cast.scope(cast.secretary), place="柜", **stranger)
    assert filed(cast, K.THOUGHT_REPORT, by=cast.member).added_by == cast.member.user
    assert filed(cast, K.APPROVAL_TALK, by=cast.organizer).pk


def test_nobody_files_for_themselves_in_a_place_that_is_not_theirs(cast: Cast) -> None:
    with pytest.raises(PermissionDenied):
        actions.add(
            cast.scope(cast.member), person=cast.member, organization=cast.other_branch, kind=K.APPLICATION,
            dated_on=DAY, place="柜",
        )  # fmt: skip


def test_a_correction_is_a_new_version_and_the_old_one_stays(cast: Cast) -> None:
    old = filed(cast, file=pdf())
    new = filed(cast, file=docx("谈话记录，谈话对象孟员，已补签名"), replaces=old, reason="补签名后重扫")

    old.refresh_from_db()
    assert (old.state, new.version, new.replaces_id) == (DocumentState.REPLACED, 2, old.pk)
    assert storage.content(old)
    assert queries.held_kinds(cast.member) == {"talk_record": new}


def test_a_version_is_replaced_once_and_with_a_reason_by_the_same_kind(cast: Cast) -> None:
    old = filed(cast)
    with pytest.raises(Refusal, match="理由"):
        filed(cast, replaces=old)
    with pytest.raises(Refusal, match="同一类"):
        filed(cast, K.APPLICATION, replaces=old, reason="补签名后重扫")
    filed(cast, replaces=old, reason="补签名后重扫")
    with pytest.raises(Refusal, match="不能再更正"):
        filed(cast, replaces=old, reason="补签名后重扫")


def test_withdrawing_needs_a_reason_keeps_the_row_and_brings_the_older_version_back(cast: Cast) -> None:
    old = filed(cast)
    new = filed(cast, replaces=old, reason="补签名后重扫")
    scope = cast.scope(cast.secretary)
    with pytest.raises(Refusal, match="理由"):
        actions.withdraw(scope, new.pk, reason="错")
    actions.withdraw(scope, new.pk, reason="误传了别的材料")

    old.refresh_from_db()
    new.refresh_from_db()
    assert (old.state, new.state, new.withdrawn_reason) == ("current", "withdrawn", "误传了别的材料")
    with pytest.raises(Refusal, match="不能撤回"):
        actions.withdraw(scope, new.pk, reason="误传了别的材料")


def test_a_refused_filing_leaves_no_file_behind(cast: Cast, media: Path) -> None:
    make_person("何人", cast.branch, serial=50)
    refusal(cast, file=docx("谈话记录，学工号 N0050"))

    assert not [path for path in media.rglob("*") if path.is_file()]


def test_a_filing_that_fails_at_its_last_step_takes_its_file_along(
    cast: Cast, media: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*given: Any, **more: Any) -> None:
        raise OSError("the log cannot be written")

    monkeypatch.setattr(filing.audit, "record", broken)
    with pytest.raises(OSError, match="log"):
        filed(cast, file=pdf())

    assert not [path for path in media.rglob("*") if path.is_file()]


def test_nobody_files_into_the_own_folder_by_the_post_or_takes_out_of_it(cast: Cast) -> None:
    scope, own = cast.scope(cast.secretary), filed(cast, K.APPLICATION, person=cast.secretary, by=cast.organizer)

    with pytest.raises(PermissionDenied, match="本人的档案"):
        filed(cast, K.POLITICAL_REVIEW, person=cast.secretary)
    with pytest.raises(PermissionDenied, match="本人的档案"):
        actions.withdraw(scope, own.pk, reason="不想留着它")

    own.refresh_from_db()
    assert own.state == DocumentState.CURRENT
    assert filed(cast, K.THOUGHT_REPORT, person=cast.secretary).person == cast.secretary  # what they wrote themselves


def test_a_word_file_of_nothing_but_brackets_keeps_nobody_waiting() -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("word/document.xml", "<w:p>孟员</w:p>" + "<" * 200_000)
    began = time.process_time()

    assert contents.text_of(stream.getvalue(), contents.DOCX).startswith("孟员")

    assert time.process_time() - began < 2
