"""Rules of the programme's checklists. Source: domain.md §1, §6.7."""

from expectations.contract import contract_rules, contract_table_rules
from expectations.values import after_cut_date, missing, negative, out_of_range
from pipelines.quality.rules import Rule
from pipelines.sources.programme import ITEM

RULES = (
    *contract_rules(ITEM),
    negative(ITEM, "planned"),
    negative(ITEM, "done"),
    negative(ITEM, "people"),
    negative(ITEM, "poor_people"),
    negative(ITEM, "amount"),
    missing(ITEM, "done", "an item without what was done says only that somebody had a plan"),
    out_of_range(ITEM, "year", 2018, 2021, "the plan runs from 2018 to 2020; its last reports come in 2021"),
    out_of_range(ITEM, "quarter_of_year", 1, 4, "a year has four quarters"),
    after_cut_date(ITEM, "done_date"),
    Rule(
        "poor_above_people",
        "people >= 0 AND poor_people > people",
        "warning",
        "the poor are a part of all people reached; the columns may be exchanged",
        "“其中贫困人数”大于“涉及人数”,请核对两列是否填反",
        "'其中贫困人数' is more than '涉及人数'",
    ),
    Rule(
        "visit_without_field",
        "checklist_code = 'D6' AND field_code IS NULL AND unread.field_code IS NULL",
        "warning",
        "the plan asks for experts of six fields: a visit without one fills no cell of the matrix (D6, M50)",
        "专家服务未填“服务领域”,请填 1 医疗卫生、2 农业畜牧、3 交通运输、4 环境资源、5 企业管理、6 教育",
        "an expert visit needs one of the six fields in '服务领域'",
    ),
    Rule(
        "school_without_name",
        "checklist_code IN ('D4A', 'D4B', 'D4C') AND subject IS NULL",
        "warning",
        "the three items are asked of each school; without its name none can be ticked off (D4)",
        "特色专业、资料室、教师培训按学校填报,请在“名称”中填写学校名称",
        "speciality, reference room and staff training are reported by school; name it in '名称'",
    ),
)
TABLE_RULES = contract_table_rules(ITEM, RULES)
