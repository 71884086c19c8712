"""Which form stands behind which audited act, and what of it the page fills in. Acts that ask for nothing but a button,
and corrections, which open with what is there, are not among them."""

from __future__ import annotations

from django.forms import BaseForm

from zhibu.archive.forms import PaperForm
from zhibu.assessment.chosen.forms import ActionForm
from zhibu.dues import forms as dues
from zhibu.initiatives import forms as initiatives
from zhibu.meetings import forms as meetings
from zhibu.meetings.life import forms as life
from zhibu.meetings.planning import forms as planning
from zhibu.meetings.quality.forms import AnswerForm, ProposeForm
from zhibu.meetings.talks import forms as talks
from zhibu.organizations import forms as organizations
from zhibu.people import forms as people
from zhibu.procedures import forms as procedures
from zhibu.procedures.analysis.forms import AnalysisForm
from zhibu.supervision import forms as supervision
from zhibu.supervision.alerts import forms as alerts

HERE = ("organization",)
FORMS: dict[str, tuple[type[BaseForm], tuple[str, ...]]] = {
    "archive.add": (PaperForm, ()),
    "assessment.action_proposed": (ActionForm, HERE),
    "dues.add_fund_entry": (dues.FundForm, ("on",)),
    "dues.fix_base": (dues.BaseForm, ("started_on",)),
    "dues.hand_over": (dues.HandOverForm, ("handed_on", "amount")),
    "dues.propose_relief": (dues.ReliefForm, ()),
    "dues.publish": (dues.PublishForm, ("published_on",)),
    "dues.register": (dues.PayForm, ("months", "amount", "paid_on")),
    "initiatives.declare_project": (initiatives.ProjectForm, HERE),
    "initiatives.finish_project": (initiatives.FinishForm, ("on",)),
    "initiatives.plan_activity": (initiatives.ActivityForm, (*HERE, "on")),
    "initiatives.reach_milestone": (initiatives.ReachForm, ("on",)),
    "initiatives.report_deed": (initiatives.ReportForm, ("on",)),
    "initiatives.take_up_deed": (initiatives.DeedForm, (*HERE, "heard_on")),
    "initiatives.write_journal": (initiatives.JournalForm, (*HERE, "on")),
    "meetings.add_correction": (meetings.CorrectionForm, ()),
    "meetings.add_criticism": (life.CriticismForm, ()),
    "meetings.add_rectification": (life.LineForm, ()),
    "meetings.answer_likeness": (AnswerForm, ()),
    "meetings.begin_life": (life.BeginForm, ("year", "title")),
    "meetings.close_rectification": (life.CloseForm, ()),
    "meetings.enter_opinion": (life.PaperForm, ("on",)),
    "meetings.hand_in": (life.PointForm, ()),
    "meetings.note_study": (life.StudyForm, ("on",)),
    "meetings.propose_model": (ProposeForm, ()),
    "meetings.replan": (planning.PlannedForm, ("kind",)),
    "meetings.report_rectification": (life.LineReportForm, ()),
    "meetings.report_task": (meetings.ReportForm, ()),
    "meetings.talk": (meetings.TalkForm, (*HERE, "held_on", "first")),
    "meetings.note_talk": (talks.NoteForm, ()),
    "organizations.appoint": (organizations.AppointForm, ("on",)),
    "organizations.end_tenure": (organizations.EndTenureForm, ("on",)),
    "organizations.extend_term": (organizations.ExtendForm, ()),
    "organizations.start_term": (organizations.TermForm, ("on",)),
    "people.mark_found": (people.FoundForm, ()),
    "people.mark_lost": (people.LostForm, ()),
    "people.mark_mobile": (people.MobileForm, ()),
    "people.mark_returned": (people.ReturnedForm, ()),
    "people.move": (people.MoveForm, ()),
    "people.record_contact": (people.ContactForm, ()),
    "people.set_stage": (people.StageForm, ()),
    "procedures.enter_analysis": (AnalysisForm, ()),
    "procedures.open": (procedures.OpenForm, ()),
    "supervision.alert_snooze": (alerts.SnoozeForm, ()),
    "supervision.extend": (supervision.DatedForm, ("due_on",)),
    "supervision.measure": (supervision.MeasureForm, ()),
    "supervision.raise": (supervision.RaiseForm, HERE),
    "supervision.report": (supervision.ReportForm, ()),
}
