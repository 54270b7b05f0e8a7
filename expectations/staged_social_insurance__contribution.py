"""Rules of employees' monthly contributions. Source: domain.md §2.2, §5.4 (C06, C11–C13, C30)."""

from expectations.contract import contract_rules, contract_table_rules
from expectations.values import after_cut_date, name_missing, negative, numbers_differ
from pipelines.quality.rules import Rule
from pipelines.sources.social_insurance import CONTRIBUTION

RULES = (
    *contract_rules(CONTRIBUTION),
    negative(CONTRIBUTION, "base_amount"),
    negative(CONTRIBUTION, "personal_amount"),
    negative(CONTRIBUTION, "employer_amount"),
    name_missing(CONTRIBUTION),
    after_cut_date(CONTRIBUTION, "booked_date"),
    Rule(
        "period_month_later",
        "period_month > strftime(delivery_cut_date, '%Y%m')",
        "warning",
        "a month that has not come proves no insurance and overlaps with nothing",
        "“AAE003”(费款所属期)晚于数据截止日,请核对",
        "'AAE003' (month for which is paid) lies after the cut date",
    ),
    Rule(
        "person_pays_injury",
        "scheme_code IN ('410', '510') AND personal_amount > 0",
        "warning",
        "injury and maternity insurance are paid by the employer alone: the scheme or the amount stands in the wrong row",
        "工伤、生育保险个人不缴费,但“个人缴费金额”不为0,请核对险种或金额",
        "the person pays nothing for injury and maternity insurance; check scheme and amount",
    ),
    numbers_differ(CONTRIBUTION),
)
TABLE_RULES = contract_table_rules(CONTRIBUTION, RULES)
