"""Rules of the training people went through. Source: domain.md §1.2, §5.4 C15."""

from expectations.contract import contract_rules, contract_table_rules
from expectations.values import after_cut_date, name_missing, out_of_order, out_of_range
from pipelines.quality.rules import Rule
from pipelines.sources.employment_platform import TRAINING

RULES = (
    *contract_rules(TRAINING),
    name_missing(TRAINING),
    after_cut_date(TRAINING, "started_date"),
    out_of_order(TRAINING, "started_date", "ended_date"),
    out_of_order(TRAINING, "started_date", "certified_date"),
    out_of_range(TRAINING, "n_days", 1, 366, "the living allowance is paid by the day"),
    Rule(
        "days_beyond_course",
        "n_days > date_diff('day', started_date, ended_date) + 1",
        "warning",
        "more days than the course lasted would be paid for",
        "“培训天数”多于开始到结束的天数,请核对",
        "'培训天数' is more than the days from start to end; check it",
    ),
    Rule(
        "attended_beyond_days",
        "n_attended_days > n_days OR n_attended_days < 0",
        "warning",
        "attendance beyond the course is a sign of rolls filled in afterwards",
        "“出勤天数”多于“培训天数”或为负数,请核对",
        "'出勤天数' is more than '培训天数' or negative; check both",
    ),
)
TABLE_RULES = contract_table_rules(TRAINING, RULES)
