"""Rules of the employment platform's labour records. Source: domain.md §2.3."""

from expectations.contract import contract_rules, contract_table_rules
from expectations.platform import organised_contradicts, unqualified_public_post, wage_too_high
from expectations.values import after_cut_date, missing, name_missing, negative
from pipelines.quality.rules import Rule
from pipelines.sources.employment_platform import WORKER

RULES = (
    *contract_rules(WORKER),
    negative(WORKER, "wage_amount"),
    negative(WORKER, "wished_wage_amount"),
    wage_too_high(WORKER),
    name_missing(WORKER),
    after_cut_date(WORKER, "started_date"),
    after_cut_date(WORKER, "verified_date"),
    after_cut_date(WORKER, "aid_date"),
    Rule(
        "ended_before_started",
        "ended_date < started_date",
        "warning",
        "a job that ends before it begins proves no employment",
        "“离职时间”早于“就业时间”,请核对两个日期",
        "'离职时间' lies before '就业时间'; check both dates",
    ),
    missing(WORKER, "employment_status_code", "without a status the worker counts as neither employed nor unemployed"),
    Rule(
        "employed_and_ended",
        "employment_status_code = '1' AND ended_date < delivery_cut_date",
        "warning",
        "whose job ended before the cut date does not count as employed, whatever the status says",
        "“就业状态”为已就业,但“离职时间”早于数据截止日,请核对",
        "'就业状态' says employed, '离职时间' lies before the cut date; check both",
    ),
    Rule(
        "unemployed_without_end",
        "employment_status_code = '2' AND started_date IS NOT NULL AND ended_date IS NULL AND unread.ended_date IS NULL",
        "warning",
        "a job without an end and a status without a job: the worker is on one of two lists wrongly",
        "“就业状态”为未就业,有“就业时间”而无“离职时间”,请补填离职时间或改正就业状态",
        "'就业状态' says unemployed, '就业时间' is given without '离职时间'; give the end or correct the status",
    ),
    Rule(
        "employed_under_16",
        "employment_status_code = '1' AND substr(id_key, 7, 8) <= strftime(delivery_cut_date, '%Y%m%d')"
        " AND substr(id_key, 7, 8) > strftime(delivery_cut_date - INTERVAL 16 YEAR, '%Y%m%d')",
        "warning",
        "employing children is forbidden: the ID number is another person's, or the case must be looked into",
        "“就业状态”为已就业,但按身份证号码未满16周岁,请核对",
        "'就业状态' says employed, the ID number says under 16; check both",
    ),
    unqualified_public_post(WORKER),
    organised_contradicts(WORKER),
)
TABLE_RULES = contract_table_rules(WORKER, RULES)
