"""Folders as two browsers use them at once, and as one uses them on a phone."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.urls import reverse

from tests.archive.files import docx, pdf
from tests.archive.test_filing import DAY, filed, media  # noqa: F401
from tests.browser import enter, overflow
from tests.cast import TODAY, make_cast, make_person
from tests.house.test_two_at_once import together
from zhibu.accounts.scope import system_scope
from zhibu.archive import actions
from zhibu.archive.enums import DocumentKind
from zhibu.archive.models import Document
from zhibu.audit.models import Entry
from zhibu.regulations.refusal import Refusal
from zhibu.site import doctor

pytestmark = pytest.mark.django_db(transaction=True)
K = DocumentKind


def refused_or_done(call: Any) -> Any:
    def run() -> str:
        try:
            call()
        except Refusal as refusal:
            return refusal.message
        return "done"

    return run


def test_one_file_for_two_people_at_once_goes_to_one_of_them() -> None:
    cast = make_cast()
    other = make_person("何人", cast.branch, serial=50)

    said = together(
        *(refused_or_done(lambda who=who: filed(cast, person=who, file=pdf())) for who in (cast.member, other))
    )

    assert sorted(one == "done" for one in said) == [False, True]
    assert any("不能归给两个人" in one for one in said)
    assert Document.objects.count() == 1


def test_a_paper_corrected_by_two_has_one_new_version(media: Path) -> None:  # noqa: F811
    cast = make_cast()
    old = filed(cast)

    said = together(
        *(
            refused_or_done(
                lambda by=by, word=word: filed(
                    cast, by=by, replaces=old, reason="补签名后重扫", file=docx(f"谈话记录，孟员，{word}")
                )
            )
            for by, word in ((cast.secretary, "甲"), (cast.organizer, "乙"))
        )
    )

    assert sorted(one == "done" for one in said) == [False, True]
    assert Document.objects.filter(replaces=old).count() == 1
    assert len([path for path in media.rglob("*") if path.is_file()]) == 1


def test_a_filing_that_is_undone_later_leaves_a_file_that_the_doctor_names_and_sweeps(media: Path) -> None:  # noqa: F811
    cast = make_cast()
    kept = filed(cast, file=docx("孟员，另一份"))
    with pytest.raises(ValueError, match="later"), transaction.atomic():
        filed(cast, file=pdf())
        raise ValueError("something later in the same transaction")
    assert list(Document.objects.all()) == [kept]
    assert [finding.state for finding in doctor._archive()] == ["well"]  # it might still be committed

    for path in (media / "archive").iterdir():
        os.utime(path, (0, 0))

    assert [finding.state for finding in doctor._archive()] == ["well", "note"]
    assert actions.sweep(system_scope(TODAY)) == 1
    assert actions.sweep(system_scope(TODAY)) == 0
    assert [path.name for path in (media / "archive").iterdir()] == [Path(kept.file.name or "").name]
    assert Entry.objects.filter(verb="archive.sweep").count() == 1


@pytest.mark.browser
def test_a_secretary_files_photographs_on_a_phone(phone: Any, live_server: Any, tmp_path: Path) -> None:
    cast = make_cast()
    from tests.archive.files import photo

    pictures = []
    for name, shade in (("1.jpg", 20), ("2.jpg", 220)):
        file = tmp_path / name
        file.write_bytes(photo(name, shade).read())
        pictures.append(str(file))

    enter(phone, live_server, cast.secretary.user)
    phone.goto(live_server.url + reverse("archive:folder", args=[cast.member.pk]))
    assert overflow(phone) == 0
    phone.get_by_role("link", name="归档材料").first.click()
    phone.get_by_label("类别").select_option("talk_record")
    phone.get_by_label("材料日期").fill(DAY.isoformat())
    phone.get_by_label("文件", exact=True).set_input_files(pictures)
    assert overflow(phone) == 0
    phone.get_by_role("button", name="归档").click()
    phone.get_by_text("已归档：谈话记录").wait_for()

    assert Document.objects.get().content_type == "application/pdf"
    with phone.expect_download() as download:
        phone.goto(live_server.url + reverse("archive:package", args=[cast.member.pk]))
        phone.get_by_role("button", name="下载").click()
    assert download.value.suggested_filename == "电子档案_孟员.zip"
