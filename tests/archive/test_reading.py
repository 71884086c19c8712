"""Who sees which paper, what opening one leaves behind, and that a damaged file is never handed out."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.test import Client
from docx import Document as Word

from tests.archive.files import docx, pdf, photo
from tests.archive.test_filing import DAY, filed, media  # noqa: F401
from tests.cast import Cast, id_number, make_person
from zhibu.archive import actions, queries, storage
from zhibu.archive.enums import DocumentKind, DocumentState
from zhibu.archive.models import Document
from zhibu.audit.models import Entry
from zhibu.people.models import Person
from zhibu.regulations.refusal import Refusal

K = DocumentKind
SignIn = Callable[[Any], Client]


def seen(cast: Cast, who: Any) -> set[str]:
    return set(queries.documents(cast.scope(who), cast.member).values_list("kind", flat=True))


def test_the_person_sees_their_own_class_the_posts_all_and_a_neighbour_nothing(cast: Cast) -> None:
    for kind in (K.APPLICATION, K.TALK_RECORD, K.POLITICAL_REVIEW):
        filed(cast, kind)

    assert seen(cast, cast.member) == {"application"}
    assert seen(cast, cast.secretary) == {"application", "talk_record", "political_review"}
    assert seen(cast, cast.neighbour) == set()


def test_a_secretary_reads_no_paper_about_themselves_by_the_post(cast: Cast) -> None:
    row = filed(cast, person=cast.secretary, by=cast.organizer)
    own = filed(cast, K.APPLICATION, person=cast.secretary, by=cast.organizer)

    with pytest.raises(Http404):
        queries.document(cast.scope(cast.secretary), row.pk)
    assert queries.document(cast.scope(cast.secretary), own.pk) == own


def test_what_was_filed_by_mistake_is_out_of_the_persons_sight(cast: Cast) -> None:
    row = filed(cast, K.APPLICATION)
    actions.withdraw(cast.scope(cast.secretary), row.pk, reason="放错了人")

    assert seen(cast, cast.member) == set()
    assert queries.document(cast.scope(cast.secretary), row.pk) == row


def test_every_kind_has_its_class() -> None:
    assert {kind for kind in K if kind.reading == "sealed"} == {K.POLITICAL_REVIEW, K.INQUIRY_LETTER}
    assert K.TALK_RECORD.reading == "acting" and K.APPLICATION.reading == "own"


def test_a_sealed_paper_opens_with_the_right_and_a_reason_and_is_logged(cast: Cast) -> None:
    row = filed(cast, K.POLITICAL_REVIEW, file=pdf())
    organizer = cast.scope(cast.organizer)

    with pytest.raises(PermissionDenied):
        actions.open_paper(cast.scope(cast.secretary), row.pk, reason="支部大会讨论前核对")
    for reason in ("", "看看", f"核对 {id_number(1)}"):
        with pytest.raises(Refusal) as refused:
            actions.open_paper(organizer, row.pk, reason=reason)
        assert refused.value.field == "reason"
    assert not Entry.objects.filter(verb="archive.open_sealed").exists()

    _, content = actions.open_paper(organizer, row.pk, reason="党委预审前核对")
    entry = Entry.objects.get(verb="archive.open_sealed")
    assert content.startswith(b"%PDF-")
    assert (entry.object_id, entry.user_id, entry.reason) == (row.pk, cast.organizer.user_id, "党委预审前核对")


def test_nobody_opens_the_sealed_paper_about_themselves(cast: Cast) -> None:
    row = filed(cast, K.POLITICAL_REVIEW, person=cast.organizer, by=cast.office, file=pdf())

    with pytest.raises(Http404):
        actions.open_paper(cast.scope(cast.organizer), row.pk, reason="党委预审前核对")


def test_the_person_sees_who_looked_but_not_why_a_sealed_paper_was_opened(cast: Cast) -> None:
    application, review = filed(cast, K.APPLICATION, file=docx("孟员")), filed(cast, K.POLITICAL_REVIEW, file=pdf())
    actions.open_folder(cast.scope(cast.secretary), cast.member.pk)
    actions.open_paper(cast.scope(cast.secretary), application.pk)
    actions.open_paper(cast.scope(cast.organizer), review.pk, reason="有人举报需要核对")
    actions.open_paper(cast.scope(cast.member), application.pk)

    looks = queries.looks(cast.scope(cast.member), cast.member)

    assert [(look.who[:2], look.what) for look in looks] == [
        ("祖员", "查阅密封材料"), ("舒记", "打开：入党申请书"), ("舒记", "查看电子档案"),
    ]  # fmt: skip
    assert "举报" not in str(looks)
    with pytest.raises(Http404):
        queries.looks(cast.scope(cast.secretary), cast.member)


def test_a_changed_swapped_or_lost_file_is_never_handed_out(cast: Cast) -> None:
    scope = cast.scope(cast.secretary)
    first, second = filed(cast, file=docx("孟员，第一份")), filed(cast, file=docx("孟员，第二份"))
    file = Path(first.file.path)
    whole = file.read_bytes()

    for content in (Path(second.file.path).read_bytes(), whole[:-1] + bytes([whole[-1] ^ 1]), b"", b"%PDF-1.4"):
        file.write_bytes(content)
        with pytest.raises(storage.Damaged):
            actions.open_paper(scope, first.pk)
    file.unlink()
    with pytest.raises(storage.Damaged, match="找不到"):
        actions.open_paper(scope, first.pk)
    assert not Entry.objects.filter(verb="archive.open").exists()


def test_the_doctor_names_the_damaged_paper(cast: Cast) -> None:
    from zhibu.site.doctor import _archive

    row = filed(cast, file=docx("孟员，第一份"))
    filed(cast, file=docx("孟员，第二份"))
    assert [finding.state for finding in _archive()] == ["well"]

    Path(row.file.path).write_bytes(b"x" * 40)
    (finding,) = _archive()
    assert finding.state == "fault"
    assert f"材料编号：{row.pk}）" in finding.text, "that one and no other"


def unpacked(answer: Any) -> tuple[dict[str, bytes], list[tuple[Any, ...]]]:
    with zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content))) as archive:
        assert archive.testzip() is None
        files = {name: archive.read(name) for name in archive.namelist()}
    assert "word/document.xml" in zipfile.ZipFile(io.BytesIO(files.pop("00 归档目录.docx"))).namelist()
    sheet = openpyxl.load_workbook(io.BytesIO(files.pop("00 归档目录.xlsx"))).active
    return files, list(sheet.iter_rows(values_only=True))


def test_the_package_holds_the_papers_in_force_and_a_catalogue_without_sealed_ones(cast: Cast, sign_in: SignIn) -> None:
    plain = docx("入党申请书", "孟员").read()
    filed(cast, K.APPLICATION, file=docx("入党申请书", "孟员"), title="=1+1")
    filed(cast, K.POLITICAL_REVIEW, file=pdf())
    old = filed(cast, K.TALK_RECORD)
    filed(cast, K.TALK_RECORD, replaces=old, reason="补签名后重扫")

    client = sign_in(cast.secretary)
    answer = client.post(f"/archive/{cast.member.pk}/package/")
    files, rows = unpacked(answer)

    assert files == {"01 入党申请书 20260901.docx": plain}
    listed = [row for row in rows[2:] if row[0] and row[1]]
    assert [(row[1], row[8]) for row in listed] == [
        ("入党申请书", "与归档时一致"), ("谈话记录", "只有纸质原件"), ("政治审查结论性材料", "密封，未随包提供"),
    ]  # fmt: skip
    assert listed[0][2] == "=1+1" and listed[0][7] == hashlib.sha256(plain).hexdigest()
    assert id_number(1) not in str(rows)
    assert Entry.objects.filter(verb="archive.package", object_id=cast.member.pk).count() == 1


def test_sealed_papers_go_in_only_with_right_and_reason_and_each_is_logged(cast: Cast, sign_in: SignIn) -> None:
    filed(cast, K.POLITICAL_REVIEW, file=pdf())
    address = f"/archive/{cast.member.pk}/package/"

    files, _ = unpacked(sign_in(cast.organizer).post(address, {"with_sealed": "on", "reason": "随材料报党委审批"}))
    assert list(files) == ["01 政治审查结论性材料 20260901.pdf"]
    assert Entry.objects.get(verb="archive.open_sealed").reason == "随材料报党委审批"

    with pytest.raises(PermissionDenied):
        actions.package(cast.scope(cast.secretary), cast.member.pk, with_sealed=True, reason="想看看内容")
    assert sign_in(cast.organizer).post(address, {"with_sealed": "on"}).status_code == 422
    # A secretary has no such box; a forged one is not read.
    assert sign_in(cast.secretary).post(address, {"with_sealed": "on", "reason": "想看看内容"}).status_code == 422
    assert Entry.objects.filter(verb="archive.open_sealed").count() == 1


def test_a_damaged_file_is_left_out_of_the_package_and_named(cast: Cast, sign_in: SignIn) -> None:
    Path(filed(cast, file=docx("孟员")).file.path).write_bytes(b"x" * 40)

    files, rows = unpacked(sign_in(cast.secretary).post(f"/archive/{cast.member.pk}/package/"))

    assert files == {} and "打不开" in str(rows[2][8])


def test_the_person_takes_along_only_what_they_may_read(cast: Cast, sign_in: SignIn) -> None:
    filed(cast, K.APPLICATION, file=docx("孟员"))
    filed(cast, K.TALK_RECORD, file=docx("孟员，谈话"))

    files, rows = unpacked(sign_in(cast.member).post("/archive/me/package/"))

    assert [name[3:8] for name in files] == ["入党申请书"]
    assert "谈话" not in str(rows)
    assert not Entry.objects.filter(verb="archive.package").exists()


def test_photographs_of_one_paper_become_one_pdf_and_the_same_ones_are_noticed(cast: Cast, sign_in: SignIn) -> None:
    client, address = sign_in(cast.secretary), f"/archive/{cast.member.pk}/add/"

    def send() -> Any:
        pictures = [photo("a.jpg", 10), photo("b.jpg", 200)]
        return client.post(address, {"kind": "talk_record", "dated_on": DAY, "file": pictures})

    assert send().status_code == 302
    row = Document.objects.get()
    content = storage.content(row)
    assert (row.content_type, content.count(b"/Type /Page\n"), row.match) == ("application/pdf", 2, "unread")
    again = send()
    assert again.status_code == 422 and "已经归档" in again.content.decode()


def test_several_files_that_are_not_pictures_are_refused(cast: Cast, sign_in: SignIn) -> None:
    sent = {"kind": "talk_record", "dated_on": DAY, "file": [photo(), pdf()], "number": "支字〔2026〕3 号"}
    answer = sign_in(cast.secretary).post(f"/archive/{cast.member.pk}/add/", sent)

    assert answer.status_code == 422
    assert "只有照片可以一次选多张" in answer.content.decode()
    assert "支字〔2026〕3 号" in answer.content.decode()


def test_a_broken_picture_among_several_is_named(cast: Cast, sign_in: SignIn) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    broken = SimpleUploadedFile("坏.jpg", b"\xff\xd8\xff\xe0" + bytes(40))
    sent = {"kind": "talk_record", "dated_on": DAY, "file": [photo(), broken]}
    answer = sign_in(cast.secretary).post(f"/archive/{cast.member.pk}/add/", sent)

    assert answer.status_code == 422 and "“坏.jpg”不是能打开的照片" in answer.content.decode()


def test_a_person_hands_in_what_they_write_and_nothing_else(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.member)
    sent = {"kind": "thought_report", "dated_on": DAY, "file": [docx("思想汇报 孟员")]}

    assert client.post("/archive/me/add/", sent).status_code == 302
    assert client.post("/archive/me/add/", sent | {"kind": "talk_record"}).status_code == 422
    assert Document.objects.get().kind == "thought_report"
    assert "思想汇报" in client.get("/archive/me/").content.decode()


def test_a_file_comes_back_only_as_a_download_and_a_sealed_one_asks_first(cast: Cast, sign_in: SignIn) -> None:
    row, sealed = filed(cast, file=docx("孟员")), filed(cast, K.INQUIRY_LETTER, file=pdf())

    answer = sign_in(cast.secretary).get(f"/archive/papers/{row.pk}/file/")
    assert answer["Content-Disposition"].startswith("attachment") and answer["X-Content-Type-Options"] == "nosniff"
    assert sign_in(cast.organizer).get(f"/archive/papers/{sealed.pk}/file/")["Location"].endswith("/open/")
    assert sign_in(cast.secretary).get(f"/archive/papers/{sealed.pk}/open/").status_code == 403
    opened = sign_in(cast.organizer).post(f"/archive/papers/{sealed.pk}/open/", {"reason": "党委预审前核对"})
    assert opened.content.startswith(b"%PDF-")


def test_the_list_finds_who_lacks_what(cast: Cast, sign_in: SignIn) -> None:
    from zhibu.people.enums import StageKind

    lacking = make_person("申请甲", cast.branch, serial=60, stage=StageKind.APPLICANT)
    ready = make_person("申请乙", cast.branch, serial=61, stage=StageKind.APPLICANT)
    filed(cast, K.APPLICATION, person=ready)
    client = sign_in(cast.secretary)

    shown = client.get("/archive/?lacking=lately").content.decode()
    assert lacking.name in shown and ready.name not in shown
    shown = client.get("/archive/?without=application&stage=10").content.decode()
    assert lacking.name in shown and ready.name not in shown
    shown = client.get("/archive/?lacking=no&stage=10").content.decode()
    assert ready.name in shown and lacking.name not in shown


def test_papers_of_an_organization_lie_in_nobodys_folder(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.secretary)
    sent = {"organization": cast.branch.name, "kind": "election_report", "dated_on": DAY, "place": "支部档案柜"}

    assert client.post("/archive/papers/new/", sent).status_code == 302
    row = Document.objects.get()
    assert row.person is None and row.title in client.get("/archive/papers/").content.decode()
    assert client.get(f"/archive/papers/{row.pk}/").status_code == 200
    assert sign_in(cast.neighbour).get(f"/archive/papers/{row.pk}/").status_code == 404


def test_a_correction_and_a_withdrawal_on_the_pages(cast: Cast, sign_in: SignIn) -> None:
    row, client = filed(cast, file=pdf()), sign_in(cast.secretary)
    sent = {"dated_on": DAY, "file": [docx("谈话记录，谈话对象孟员")], "reason": "补签名后重扫"}

    answer = client.post(f"/archive/papers/{row.pk}/replace/", sent)
    newer = Document.objects.get(state=DocumentState.CURRENT)
    assert answer["Location"] == f"/archive/papers/{newer.pk}/"
    assert "第 1 版" in client.get(answer["Location"]).content.decode()
    assert client.post(f"/archive/papers/{newer.pk}/withdraw/", {"reason": "错"}).status_code == 422
    assert client.post(f"/archive/papers/{newer.pk}/withdraw/", {"reason": "误传了别的材料"}).status_code == 302
    assert "误传了别的材料" in client.get(f"/archive/papers/{newer.pk}/").content.decode()


def test_a_folder_goes_with_its_person(cast: Cast) -> None:
    row = filed(cast)
    Person.objects.filter(pk=cast.member.pk).update(organization=cast.other_branch)

    assert queries.document(cast.scope(cast.neighbour), row.pk) == row
    with pytest.raises(Http404):
        queries.document(cast.scope(cast.secretary), row.pk)


def test_why_a_sealed_paper_was_opened_is_read_only_by_whoever_may_open_it(cast: Cast, sign_in: SignIn) -> None:
    row = filed(cast, K.POLITICAL_REVIEW, file=pdf())
    actions.open_paper(cast.scope(cast.organizer), row.pk, reason="有人举报需要核对")

    page = {
        who: sign_in(getattr(cast, who)).get(f"/archive/papers/{row.pk}/").content.decode()
        for who in ("secretary", "office")
    }

    assert all("祖员" in text and "查阅密封材料" in text for text in page.values())
    assert "举报" not in page["secretary"] and "举报" in page["office"]


def test_catalogues_of_many_folders_are_one_file_and_their_people_see_it(cast: Cast, sign_in: SignIn) -> None:
    filed(cast, K.APPLICATION, file=docx("孟员的申请"))
    filed(cast, K.POLITICAL_REVIEW, title="关于其父的函", place="学院党委档案柜 3 号", file=None)
    other = make_person("贰员", cast.branch, serial=60)
    client = sign_in(cast.secretary)
    chosen = [str(cast.member.pk), str(other.pk), str(cast.secretary.pk)]

    answer = client.post("/archive/catalogues/", {"selected": chosen})

    document = Word(io.BytesIO(answer.content))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    assert {text for text in cells if text.startswith(("孟员", "贰员", "舒记"))} == {"贰员（N0060）", "孟员（member）"}
    assert "入党申请书" in cells and "政治审查结论性材料" in cells
    assert not any("其父" in text for text in cells)
    assert Entry.objects.filter(verb="archive.catalogue", object_id=cast.member.pk).count() == 1
    assert "打印归档目录" in sign_in(cast.member).get("/archive/me/").content.decode()
    mine = Word(io.BytesIO(client.get("/archive/me/catalogue/").content))
    assert "政治审查" not in "".join(cell.text for table in mine.tables for row in table.rows for cell in row.cells)


def test_the_catalogue_of_one_folder_is_for_whoever_may_read_it(cast: Cast, sign_in: SignIn) -> None:
    address = f"/archive/{cast.member.pk}/catalogue/"

    assert sign_in(cast.secretary).get(address).status_code == 200
    assert sign_in(cast.neighbour).get(address).status_code == 404
    assert sign_in(cast.member).get(f"/archive/{cast.secretary.pk}/catalogue/").status_code in {403, 404}


def test_a_paper_that_is_not_sealed_is_not_said_to_be_and_the_addresses_of_work_lead_somewhere(
    cast: Cast, sign_in: SignIn
) -> None:
    row, client = filed(cast, K.APPLICATION), sign_in(cast.organizer)

    answer = client.get(f"/archive/papers/{row.pk}/open/", follow=True)
    assert answer.redirect_chain == [(f"/archive/papers/{row.pk}/", 302)]
    assert "没有密封" in answer.content.decode() and "查阅密封材料" not in answer.content.decode()
    listed = client.get("/archive/catalogues/", follow=True)
    assert listed.redirect_chain == [("/archive/", 302)] and "请在名单中勾选人员" in listed.content.decode()
