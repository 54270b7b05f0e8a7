"""Rules of moves and cancellations of hukou. Source: domain.md §2.8, N03, N04."""

from expectations.contract import contract_rules, contract_table_rules
from expectations.values import after_cut_date, missing, name_missing, sex_differs
from pipelines.quality.rules import Rule
from pipelines.sources.hukou_move import MOVE

RULES = (
    *contract_rules(MOVE),
    name_missing(MOVE),
    missing(MOVE, "kind_code", "without its kind the row says neither that a person came nor that one left"),
    Rule(
        "changed_date_missing",
        "kind_code IN ('1', '2', '3', '4') AND changed_date IS NULL AND unread.changed_date IS NULL",
        "warning",
        "a move without a day cannot be given to a quarter",
        "“变动日期”为空,请补填",
        "'变动日期' is empty; fill it in",
    ),
    sex_differs(MOVE),
    after_cut_date(MOVE, "changed_date"),
    Rule(
        "cancelled_for_other_kind",
        "cancelled_for_code IS NOT NULL AND kind_code IN ('0', '1', '2')",
        "warning",
        "only a cancellation has such a reason; one of the two codes is of another case",
        "填了“注销原因”,但“变动类型”不是注销,请核对",
        "'注销原因' is given, but '变动类型' is no cancellation",
    ),
    Rule(
        "moved_nowhere",
        "kind_code IN ('1', '2') AND from_code = to_code",
        "warning",
        "who moves within a county stays in its lists; such a row must not take anybody out of them",
        "“迁出地”与“迁入地”是同一县区,请核对",
        "the region left and the region moved to are the same",
    ),
)
TABLE_RULES = contract_table_rules(MOVE, RULES)
