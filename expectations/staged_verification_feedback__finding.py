"""Rules of returned lists: the validation rules seen in practice. Source: domain.md §5.3."""

from expectations.contract import contract_rules, contract_table_rules
from expectations.values import after_cut_date, missing, name_missing, negative
from pipelines.quality.rules import Rule
from pipelines.sources.verification_feedback import FINDING

OLDEST_STUDENT = 25
_FLAGS = " + ".join(f"CASE WHEN {name} THEN 1 ELSE 0 END" for name in ("is_alive", "is_dead", "is_abnormal"))
_UNREAD = " OR ".join(f"unread.{name} IS NOT NULL" for name in ("is_alive", "is_dead", "is_abnormal"))
_AGE = "date_diff('day', strptime(substr(id_key, 7, 8), '%Y%m%d')::DATE, delivery_cut_date) / 365.25"

RULES = (
    *contract_rules(FINDING),
    negative(FINDING, "overpaid_amount"),
    negative(FINDING, "recovered_amount"),
    negative(FINDING, "overpaid_months"),
    name_missing(FINDING),
    missing(FINDING, "category_code", "a line without a finding answers nothing and comes back next quarter"),
    after_cut_date(FINDING, "verified_date"),
    Rule(
        "village_code_short",
        "regexp_full_match(village_code, '[0-9]{6}([0-9]{3})?')",
        "warning",
        "a finding is filed under a village; a shorter code sends it back to the whole town",
        "“村代码”不足12位,请填到村(社区)",
        "'村代码' has fewer than 12 digits; give the village",
    ),
    Rule(
        "village_outside_town",
        "is_in_scope AND regexp_full_match(village_code, '[0-9]{12}') AND NOT starts_with(village_code, town_code)",
        "warning",
        "the village belongs to another town: one of the two would get a list that is not its own",
        "“村代码”不以“乡镇代码”开头,请核对两个代码",
        "'村代码' does not begin with '乡镇代码'; check both",
    ),
    Rule(
        "student_too_old",
        f"category_code IN ('N07', '203') AND {_AGE} >= {OLDEST_STUDENT}",
        "warning",
        "at 25 and over hardly anybody is still at school; the finding takes a person out of the denominator",
        f"填报为在校学生但已满{OLDEST_STUDENT}周岁,请核实学籍",
        f"said to be a student at {OLDEST_STUDENT} or older; check the roll",
    ),
    Rule(
        "life_not_one",
        f"(is_alive IS NOT NULL OR is_dead IS NOT NULL OR is_abnormal IS NOT NULL) AND {_FLAGS} <> 1 AND NOT ({_UNREAD})",
        "warning",
        "a person is alive, dead or cannot be placed: with two or none of these the benefit is neither paid nor stopped",
        "“正常”“死亡”“异常”应且只应选一项,请核对",
        "exactly one of '正常', '死亡', '异常' must be ticked",
    ),
    Rule(
        "death_month_absent",
        "is_dead AND death_month IS NULL AND unread.death_month IS NULL",
        "warning",
        "without the month nobody can say how many months were paid after it (C08)",
        "选择了“死亡”,请填写六位死亡年月,如 201809",
        "the dead need a month of death in six digits, such as 201809",
    ),
    Rule(
        "death_month_of_the_living",
        "death_month IS NOT NULL AND (is_alive OR is_abnormal) AND NOT coalesce(is_dead, false)",
        "warning",
        "somebody alive has a month of death: the benefit would be stopped by mistake",
        "没有选择“死亡”却填写了死亡年月,请核对",
        "a month of death stands beside somebody who is not ticked as dead",
    ),
    Rule(
        "death_month_later",
        "death_month <> '999912' AND death_month > strftime(delivery_cut_date, '%Y%m')",
        "warning",
        "nobody has died after the cut date",
        "“死亡年月”晚于数据截止日,请核对",
        "'死亡年月' lies after the cut date",
    ),
    Rule(
        "dead_category_of_the_living",
        "category_code IN ('N01', '207') AND is_alive",
        "warning",
        "the finding says dead, the mark says alive: the person would leave the denominator and be paid on",
        "核查类别为死亡,但生存状态为“正常”,请核对",
        "the category says dead, '正常' says alive",
    ),
    Rule(
        "outcome_contradicts",
        "(outcome_code = '0' AND category_code = '011') OR (outcome_code IN ('1', '2') AND regexp_full_match(category_code, '20[0-8]'))",
        "warning",
        "011 means insured here or unwilling, 200 to 208 that insurance is not due: outcome and code say different things",
        "“核查结果”与“核查类别”不匹配:0 配 200–208,1、2 配 011,请核对",
        "outcome 0 goes with 200 to 208, outcomes 1 and 2 with 011",
    ),
    Rule(
        "outcome_absent",
        "category_code = '011' AND outcome_code IS NULL AND unread.outcome_code IS NULL",
        "warning",
        "011 alone may mean insured or unwilling: the one leaves the list, the other stays on it",
        "核查类别为 011 时,请在“核查结果”中填 1 已参保 或 2 无意愿",
        "011 needs an outcome: 1 insured or 2 unwilling",
    ),
    Rule(
        "remark_absent",
        "category_code IN ('X99', '208') AND remark IS NULL",
        "warning",
        "'other' without words cannot be accepted or refused",
        "核查类别为“其他”时必须填写“说明”",
        "'other' needs a remark in '说明'",
    ),
    Rule(
        "correction_absent",
        "(category_code = 'E01' AND corrected_number IS NULL) OR (category_code = 'E02' AND corrected_name IS NULL)"
        " OR (category_code = 'N15' AND corrected_number IS NULL AND corrected_name IS NULL)",
        "warning",
        "an error without its correction comes back next quarter",
        "请填写更正后的证件号码或姓名",
        "give the corrected ID number or name",
    ),
)  # fmt: skip
TABLE_RULES = contract_table_rules(FINDING, RULES)
