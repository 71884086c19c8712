"""Codes of the people room that the invented people carry."""

from __future__ import annotations

from datetime import date

from zhibu.demo.world import Being


def student_level(level: str) -> str:
    return {"bachelor": "21", "master": "14", "doctor": "11"}[level]


def work_post(being: Being, today: date) -> str:
    return "0000"
