"""Who analyses the activists."""

from django.db.models import TextChoices


class Analyst(TextChoices):
    """Who has to analyse the activists every year: the labels are the words of the rule `dev.analysis_by`."""

    COMMITTEE = "committee", "基层党委"
    COUNTY = "county", "县级党委组织部门"
