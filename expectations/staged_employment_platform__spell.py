"""Rules of the spells of employment and unemployment. Source: domain.md §2.3."""

from expectations.contract import contract_rules, contract_table_rules
from expectations.platform import organised_contradicts, unqualified_public_post, wage_too_high
from expectations.values import after_cut_date, name_missing, negative, out_of_order
from pipelines.quality.rules import Rule
from pipelines.sources.employment_platform import SPELL

RULES = (
    *contract_rules(SPELL),
    negative(SPELL, "wage_amount"),
    wage_too_high(SPELL),
    name_missing(SPELL),
    after_cut_date(SPELL, "started_date"),
    after_cut_date(SPELL, "registered_date"),
    out_of_order(SPELL, "started_date", "ended_date"),
    Rule(
        "unemployed_with_channel",
        "registration_code = '2' AND channel_code IS NOT NULL",
        "warning",
        "a spell of unemployment would count as a placement",
        "“登记类别”为失业登记,却填了“就业渠道”,请核对",
        "'登记类别' says unemployment, yet '就业渠道' is given; check both",
    ),
    unqualified_public_post(SPELL),
    organised_contradicts(SPELL),
)
TABLE_RULES = contract_table_rules(SPELL, RULES)
