"""Rules of the employment platform's labour records. Source: domain.md §2.3."""

from expectations.contract import contract_rules, contract_table_rules
from expectations.values import after_cut_date, name_missing, negative
from pipelines.quality.rules import Rule
from pipelines.sources.employment_platform import WORKER

RULES = (
    *contract_rules(WORKER),
    negative(WORKER, "wage_amount"),
    name_missing(WORKER),
    after_cut_date(WORKER, "started_date"),
    Rule(
        "ended_before_started",
        "ended_date < started_date",
        "warning",
        "a job that ends before it begins proves no employment",
        "“离职时间”早于“就业时间”,请核对两个日期",
        "'离职时间' lies before '就业时间'; check both dates",
    ),
    Rule(
        "status_missing",
        "NOT is_misshapen AND employment_status_code IS NULL AND unread.employment_status_code IS NULL",
        "warning",
        "without a status the worker counts as neither employed nor unemployed",
        "“就业状态”为空,请填 1 已就业 或 2 未就业",
        "'就业状态' is empty; write 1 (employed) or 2 (unemployed)",
    ),
)
TABLE_RULES = contract_table_rules(WORKER, RULES)
