"""Reads the procedures from YAML, strictly, and checks each as a whole: its steps, rules and anchors exist."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from zhibu.archive.enums import DocumentKind
from zhibu.people.enums import StageKind, WayOut
from zhibu.procedures.anchors import ANCHORS
from zhibu.procedures.definition import Basis, Effect, Limit, Outcome, People, Procedure, Step, Vote
from zhibu.procedures.enums import Actor, Circumstance, Deed, Late, LimitKind, Subject
from zhibu.procedures.inputs import INPUTS
from zhibu.procedures.rules.conditions import CONDITIONS
from zhibu.regulations.enums import Verified
from zhibu.regulations.models import Source
from zhibu.regulations.queries import UnknownRule, regulations, rule
from zhibu.regulations.reading import Marked, Place, read_mapping, read_text, read_yaml

DATA = Path(__file__).parent / "data"
STEP_KEYS = {
    "id", "number", "phase", "label", "actor", "basis", "requires", "documents", "limits", "checks", "inputs",
    "only", "outcomes", "vote", "people", "effect", "repeated", "optional", "current", "help", "written_by_person",
}  # fmt: skip
STEP_NEEDED = {"id", "number", "phase", "label", "actor", "basis"}


@lru_cache(maxsize=1)
def procedures() -> dict[str, Procedure]:
    """Every procedure by key. Raises `RuleError` with file and line at the first that is not right."""
    return {found.key: found for found in (load(file) for file in sorted(DATA.glob("*.yaml")))}


def procedure(key: str) -> Procedure:
    return procedures()[key]


def load(file: Path) -> Procedure:
    """One procedure file. Raises `RuleError`."""
    place = Place(file)
    needed = {"procedure", "label", "subject", "last", "steps"}
    raw = read_mapping(place, read_yaml(file), needed | {"reached", "dated_by", "panel"}, needed)
    if raw["procedure"] != file.stem:
        raise place.at(raw, "procedure").error(f"编号 {raw['procedure']} 与文件名不一致。")
    if not isinstance(raw["steps"], list) or not raw["steps"]:
        raise place.at(raw, "steps").error("应是步骤的列表。")
    steps: list[Step] = []
    for row in raw["steps"]:
        steps.append(_step(place, row, {step.id for step in steps}))
    if raw["last"] not in {step.id for step in steps}:
        raise place.at(raw, "last").error(f"没有步骤 {raw['last']}。")
    found = Procedure(
        raw["procedure"],
        read_text(place, raw, "label"),
        Subject(raw["subject"]),
        tuple(steps),
        raw["last"],
        dict(raw.get("reached", {})),
        dict(raw.get("dated_by", {})),
        raw.get("panel", ""),
    )
    _check_names(place, found)
    return found


def _step(place: Place, raw: Any, before: set[str]) -> Step:
    row = read_mapping(place, raw, STEP_KEYS, STEP_NEEDED)
    here = Place(place.file, row.line, str(row["id"]))
    if row["id"] in before:
        raise here.error("步骤编号重复。")
    for key in ("requires", "current"):
        if late := [name for name in row.get(key, ()) if name not in before]:
            raise here.at(row, key).error(f"{late[0]} 不是前面的步骤。")
    if unknown := [kind for kind in row.get("documents", ()) if kind not in DocumentKind.values]:
        raise here.at(row, "documents").error(f"没有材料类别 {unknown[0]}。")
    return Step(
        id=row["id"],
        number=str(row["number"]),
        phase=read_text(here, row, "phase"),
        label=read_text(here, row, "label"),
        actor=Actor(row["actor"]),
        basis=_basis(here, row),
        requires=tuple(row.get("requires", ())),
        documents=tuple(row.get("documents", ())),
        limits=tuple(_limit(here, row, one) for one in row.get("limits", ())),
        checks=tuple(row.get("checks", ())),
        inputs=tuple(row.get("inputs", ())),
        only={Circumstance(kind): tuple(names) for kind, names in row.get("only", {}).items()},
        outcomes=tuple(_outcome(here, one) for one in row.get("outcomes", ())),
        vote=_vote(here, row, before) if "vote" in row else None,
        people=_people(here, row) if "people" in row else None,
        effect=_effect(here, row["effect"]) if "effect" in row else None,
        is_repeated=bool(row.get("repeated", False)),
        is_optional=bool(row.get("optional", False)),
        current=tuple(row.get("current", ())),
        is_written_by_person=bool(row.get("written_by_person", False)),
        help=row.get("help", ""),
    )


def _basis(here: Place, row: Marked) -> tuple[Basis, ...]:
    """Each edition's article holds until the next one begins, or until the regulation was replaced."""
    rows, place = row["basis"], here.at(row, "basis")
    if not isinstance(rows, Marked) or not rows or any(type(key) is not date for key in rows):
        raise place.error("应逐版写明起始日期和条号。")
    starts = list(rows)
    if starts != sorted(starts):
        raise place.error("日期应由早到晚。")
    found = []
    for start, following in zip(starts, [*starts[1:], None], strict=True):
        one = read_mapping(place.at(rows, start), rows[start], {"regulation", "article", "verified"}, {"regulation"})
        regulation = regulations().get(one["regulation"])
        if regulation is None:
            raise place.at(rows, start).error(f"目录里没有 {one['regulation']}。")
        verified = Verified(one.get("verified", "checked"))
        if verified is Verified.CHECKED and not one.get("article"):
            raise place.at(rows, start).error("标为已核对的步骤必须写明条号（article）。")
        until = following or regulation.replaced_on
        found.append(Basis(start, until, Source(regulation, str(one.get("article", ""))), verified))
    return tuple(found)


def _rule(here: Place, row: Marked, rule_id: str) -> str:
    try:
        return rule(rule_id).id
    except UnknownRule as unknown:
        raise here.error(str(unknown)) from unknown


def _vote(here: Place, row: Marked, before: set[str]) -> Vote:
    one = read_mapping(here.at(row, "vote"), row["vote"], {"quorum", "passing", "of"}, {"quorum", "passing"})
    if one.get("of", "") not in {"", *before}:
        raise here.at(row, "vote").error(f"{one['of']} 不是前面的步骤。")
    return Vote(_rule(here, row, one["quorum"]), _rule(here, row, one["passing"]), one.get("of", ""))


def _people(here: Place, row: Marked) -> People:
    one = read_mapping(here.at(row, "people"), row["people"], {"role", "label", "rule"}, {"role", "label"})
    return People(one["role"], one["label"], _rule(here, row, one["rule"]) if "rule" in one else "")


def _limit(here: Place, row: Marked, raw: Any) -> Limit:
    one = read_mapping(here, raw, {"kind", "rule", "after", "redo", "extended_by", "exact"}, {"kind", "rule", "after"})
    after = one["after"] if isinstance(one["after"], list) else [one["after"]]
    redo = one.get("redo", "")
    extended_by = one.get("extended_by", "")
    return Limit(
        LimitKind(one["kind"]),
        _rule(here, row, one["rule"]),
        tuple(after),
        Late.REDO if redo else Late.EXPLAIN,
        redo,
        _rule(here, row, extended_by) if extended_by else "",
        bool(one.get("exact", False)),
    )


def _outcome(here: Place, raw: Any) -> Outcome:
    one = read_mapping(here, raw, {"id", "label", "effect", "reopens", "ends", "favour", "reason"}, {"id", "label"})
    return Outcome(
        one["id"],
        one["label"],
        _effect(here, one["effect"]) if "effect" in one else None,
        tuple(one.get("reopens", ())),
        bool(one.get("ends", False)),
        one.get("favour"),
        bool(one.get("reason", False)),
    )


def _effect(here: Place, raw: Any) -> Effect:
    one = read_mapping(here, raw, {"stage", "dated", "way_out", "does"}, set())
    if ("stage" in one) is ("does" in one):
        raise here.error("办理的效果应写明 stage 或 does 其中之一。")
    if "does" in one:
        return Effect(does=Deed(one["does"]))
    return Effect(StageKind(one["stage"]), one.get("dated", ""), WayOut(one["way_out"]) if "way_out" in one else "")


def _check_names(place: Place, found: Procedure) -> None:
    """What a step refers to by name is a step or a known anchor, whichever way it points."""
    if unknown := [name for name in (*found.reached.values(), *found.dated_by.values()) if name not in found.by_id]:
        raise place.error(f"没有步骤 {unknown[0]}。")
    for step in found.steps:
        here = Place(place.file, 0, step.id)
        named = [name for limit in step.limits for name in (*limit.after, limit.redo)]
        named += [name for outcome in step.outcomes for name in outcome.reopens]
        named += [effect.on for effect in (step.effect, *(one.effect for one in step.outcomes)) if effect]
        if unknown := [name for name in named if name and name not in found.by_id and name not in ANCHORS]:
            raise here.error(f"没有步骤或起算点 {unknown[0]}。")
        if unknown := [name for name in step.checks if name not in CONDITIONS]:
            raise here.error(f"没有条件 {unknown[0]}。")
        if unknown := [name for name in step.inputs if name not in INPUTS]:
            raise here.error(f"没有填写项 {unknown[0]}。")
        asked = {*step.inputs, *step.documents}
        if unknown := [name for names in step.only.values() for name in names if name not in asked]:
            raise here.error(f"only 里的 {unknown[0]} 不是这一步的材料或填写项。")
