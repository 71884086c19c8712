"""What can be done around a life meeting, by subject."""

from zhibu.meetings.life.actions.lists import (
    Point,
    add_point,
    hand_in,
    note_reading_list,
    remove_point,
    renew_lists,
    take_back,
)
from zhibu.meetings.life.actions.opinions import (
    enter_opinion,
    give_opinion,
    note_reading_opinions,
    open_box,
    take_up_opinion,
)
from zhibu.meetings.life.actions.preparing import Plan, begin_life, change_life, link_meeting, note_study
from zhibu.meetings.life.actions.rectifying import Line, add_line, change_line, close_line, give_time, report_line
from zhibu.meetings.life.actions.saying import add_criticism, remove_criticism

__all__ = [
    "Line", "Plan", "Point", "add_criticism", "add_line", "add_point", "begin_life", "change_life", "change_line",
    "close_line", "enter_opinion", "give_opinion", "give_time", "hand_in", "link_meeting", "note_reading_list",
    "note_reading_opinions", "note_study", "open_box", "remove_criticism", "remove_point", "renew_lists",
    "report_line", "take_back", "take_up_opinion",
]  # fmt: skip
