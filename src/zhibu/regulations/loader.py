"""Reads the rules from YAML, strictly: what is unknown, missing, doubled or out of order is refused with its place."""

from __future__ import annotations

from dataclasses import MISSING, fields
from datetime import date
from pathlib import Path
from typing import Any

from zhibu.regulations.content import kind_of, read_content
from zhibu.regulations.enums import PREFIXES, SUBJECTS, Binding, Verified
from zhibu.regulations.models import Catalogue, Regulation, Rule, Source, Value
from zhibu.regulations.reading import Marked, Place, RuleError, read_day, read_mapping, read_text, read_yaml

__all__ = ["DATA", "RuleError", "load_catalogue", "load_rule", "load_rules"]

DATA = Path(__file__).parent / "data"
RULE_KEYS = {"id", "title", "unit", "binding", "anchor", "values", "note", "reviewed_on"}
VALUE_KEYS = {"value", "source", "verified", "binding", "end"}
REGULATION_KEYS = {field.name for field in fields(Regulation)}
REGULATION_NEEDED = {field.name for field in fields(Regulation) if field.default is MISSING}


def load_catalogue(file: Path = DATA / "regulations.yaml") -> Catalogue:
    """The regulations by code. Raises `RuleError`."""
    rows = read_yaml(file)
    if not isinstance(rows, list):
        raise Place(file).error("应是规定的列表，每个规定一行。")
    found: dict[str, Regulation] = {}
    for row in rows:
        regulation = _regulation(Place(file), row)
        if regulation.code in found:
            raise Place(file, row.line).error(f"代号 {regulation.code} 重复。")
        found[regulation.code] = regulation
    for regulation in found.values():
        before = found.get(regulation.replaces)
        if regulation.replaces and (before is None or before.replaced_on != regulation.effective_on):
            raise Place(file).error(
                f"{regulation.code} 替代 {regulation.replaces}，后者的 replaced_on 应是 {regulation.effective_on}。"
            )
    return found


def _regulation(place: Place, raw: Any) -> Regulation:
    row = read_mapping(place, raw, REGULATION_KEYS, REGULATION_NEEDED)
    here = Place(place.file, row.line, str(row["code"]))
    for key in row:
        if key.endswith("_on"):
            read_day(here, row, key)
        elif key == "articles":
            if type(row[key]) is not int or row[key] < 1:
                raise here.at(row, key).error("应是条数，例如 44。")
        else:
            read_text(here, row, key, empty=key == "edition")
    return Regulation(**row)


def load_rules(folder: Path = DATA, catalogue: Catalogue | None = None) -> dict[str, Rule]:
    """Every rule by id. Raises `RuleError` at the first file that is not right."""
    catalogue = catalogue or load_catalogue(folder / "regulations.yaml")
    if stray := [*folder.glob("*/*.yml"), *folder.glob("*/*/**/*.yaml")]:
        raise Place(stray[0]).error("规则应放在 分类/规则.yaml，放在这里不会被读取。")
    return {rule.id: rule for rule in (load_rule(file, catalogue) for file in sorted(folder.glob("*/*.yaml")))}


def load_rule(file: Path, catalogue: Catalogue) -> Rule:
    """One rule file. Raises `RuleError`."""
    place = Place(file)
    if file.parent.name not in SUBJECTS:
        raise place.error(f"不认识的分类 {file.parent.name}。")
    raw = read_mapping(place, read_yaml(file), RULE_KEYS, RULE_KEYS)
    if raw["id"] != f"{PREFIXES[file.parent.name]}.{file.stem}":
        raise place.at(raw, "id").error(f"编号 {raw['id']} 与文件夹和文件名不一致。")
    return Rule(
        id=raw["id"],
        subject=file.parent.name,
        title=read_text(place, raw, "title"),
        unit=read_text(place, raw, "unit", empty=True),
        binding=_word(place, raw, "binding", Binding),
        anchor=read_text(place, raw, "anchor", empty=True),
        values=_values(place, raw, catalogue),
        note=read_text(place, raw, "note", empty=True),
        reviewed_on=read_day(place, raw, "reviewed_on"),
    )


def _values(place: Place, raw: Marked, catalogue: Catalogue) -> tuple[Value, ...]:
    rows = raw["values"]
    here = place.at(raw, "values")
    if not isinstance(rows, Marked) or not rows:
        raise here.error("至少要有一个带起始日期的值。")
    starts = list(rows)
    if wrong := [key for key in starts if type(key) is not date]:
        raise here.at(rows, wrong[0]).error(f"“{wrong[0]}”不是日期，应写成 2026-05-11 这样。")
    if starts != sorted(starts):
        raise here.error("日期应由早到晚。")
    values = tuple(
        _value(place.at(rows, start), raw, start, following, catalogue)
        for start, following in zip(starts, [*starts[1:], None], strict=True)
    )
    for value in values[1:]:
        if kind_of(value.content) is not kind_of(values[0].content):
            raise place.at(rows, value.started_on).error("各版的值应是同一种（整数、比例、范围……），程序按它来用。")
    return values


def _value(place: Place, rule: Marked, start: date, following: date | None, catalogue: Catalogue) -> Value:
    row = read_mapping(place, rule["values"][start], VALUE_KEYS, {"value", "source", "verified"})
    value = Value(
        rule_id=rule["id"],
        started_on=start,
        ended_on=_end(place, row, start, following),
        content=read_content(place.at(row, "value"), row["value"]),
        unit=rule["unit"],
        binding=_word(place, row, "binding", Binding) if "binding" in row else Binding(rule["binding"]),
        source=_source(place.at(row, "source"), row["source"], catalogue),
        verified=_word(place, row, "verified", Verified),
    )
    _check_source(place.at(row, "source"), value)
    return value


def _end(place: Place, row: Marked, start: date, following: date | None) -> date | None:
    """A value ends where the next begins. A written end must be just that, else there is an overlap or a gap."""
    if "end" not in row:
        return following
    end = read_day(place, row, "end")
    here = place.at(row, "end")
    if end <= start:
        raise here.error("应是晚于起始日的日期。")
    if following is not None and end > following:
        raise here.error(f"与 {following} 起的值重叠，end 应是 {following}。")
    if following is not None and end < following:
        raise here.error(f"{end} 至 {following} 之间没有值，请补上或删去 end。")
    return end


def _source(place: Place, raw: Any, catalogue: Catalogue) -> Source:
    if not isinstance(raw, Marked) or not raw.get("regulation"):
        raise place.error("要写明出自哪个规定（regulation）。")
    read_mapping(place, raw, {"regulation", "article"}, {"regulation"})
    code = read_text(place, raw, "regulation")
    if code not in catalogue:
        raise place.at(raw, "regulation").error(f"目录 regulations.yaml 里没有 {code}。")
    article = read_text(place, raw, "article") if "article" in raw else ""
    last = catalogue[code].articles
    if article.isdigit() and not (1 <= int(article) <= (last or 99) and str(int(article)) == article):
        known = f"{code} 只有 {last} {catalogue[code].unit}" if last else "条号应在 1 与 99 之间"
        raise place.at(raw, "article").error(f"没有第 {article} {catalogue[code].unit}：{known}。")
    return Source(catalogue[code], article)


def _check_source(place: Place, value: Value) -> None:
    """A value checked against the text names the article, and none is cited from a text that was not in force."""
    regulation = value.source.regulation
    if not value.source.article and value.verified is Verified.CHECKED:
        raise place.error("标为已核对的值必须写明条号（article）。")
    if regulation.effective_on > value.started_on:
        raise place.error(f"{regulation.code} 自 {regulation.effective_on} 起施行，值不能更早。")
    ended = regulation.replaced_on
    if ended is not None and (value.ended_on is None or value.ended_on > ended):
        raise place.error(f"{regulation.code} 自 {ended} 起已被替代，请补上新版的值，或者写明 end: {ended}。")


def _word(place: Place, raw: Marked, key: str, kind: Any) -> Any:
    try:
        return kind(raw[key])
    except ValueError as error:
        raise place.at(raw, key).error(f"“{raw[key]}”不在 {'、'.join(kind)} 之中。") from error
