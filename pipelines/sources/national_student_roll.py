"""教育部门学籍 of primary, secondary and vocational schools and universities. Source: domain.md §2.4, §2.8, N07 (layout
rebuilt, mark L).

Quirks: where a child has no number yet, the system takes temporary ones of the same shape: 999, ten digits of the
school, five of a serial. They fail as IDs and are counted apart, never matched. Technical schools are not on this roll.
"""

from datetime import date

from pipelines.sources.base import Cadence, CodeList, Column, Format, Owner, Source, SourceTable, Type
from pipelines.sources.hrss_codes import SEX
from pipelines.sources.listed_people import HUKOU, ID_NUMBER, NAME, NAMED_BY

_HERE = "domain.md §2.8"

STAGE = CodeList(
    "education_stage",
    "学段",
    {"1": "学前", "2": "小学", "3": "初中", "4": "普通高中", "5": "中等职业教育", "6": "高等职业教育(专科)", "7": "本科", "8": "研究生"},
    "L",
    _HERE,
    {
        **dict.fromkeys(("幼儿园", "学前教育"), "1"),
        **dict.fromkeys(("初级中学",), "3"),
        **dict.fromkeys(("高中", "普高"), "4"),
        **dict.fromkeys(("中职", "中专", "职高", "职业高中", "中等职业"), "5"),
        **dict.fromkeys(("高职", "高职高专", "专科", "大专"), "6"),
        **dict.fromkeys(("大学本科", "大学"), "7"),
        **dict.fromkeys(("硕士", "博士"), "8"),
    },
)  # fmt: skip
STATE = CodeList(
    "student_state",
    "学籍状态",
    {"1": "在读", "2": "休学", "3": "毕业", "4": "结业", "5": "退学", "6": "转出", "7": "注销"},
    "L",
    _HERE,
    {
        **dict.fromkeys(("在籍", "在校", "正常", "在籍在校"), "1"),
        **dict.fromkeys(("已毕业",), "3"),
        **dict.fromkeys(("肄业", "辍学"), "5"),
        **dict.fromkeys(("转学",), "6"),
        **dict.fromkeys(("死亡", "开除"), "7"),
    },
)
STUDY_FORM = CodeList(
    "national_study_form",
    "学习形式",
    {"1": "全日制", "2": "非全日制"},
    "L",
    _HERE,
    {**dict.fromkeys(("业余", "函授", "夜大", "在职", "网络教育"), "2"), "普通全日制": "1"},
)

STUDENT = SourceTable(
    source="national_student_roll",
    entity="student",
    zh="教育部门学籍",
    grain="one row per entry on a school's roll at the cut date",
    columns=(
        Column("roll_number", "学籍号", Type.TEXT, "学籍号", "roll number",
               aliases=("全国学籍号", "学籍编号", "学籍辅号", "考生号"),
               optional=True, made_of=("name", "id_number", "school_name", "stage_code")),
        NAME,
        ID_NUMBER,
        Column("sex_code", "性别", Type.CODE, "性别", "sex", codes=SEX, optional=True),
        Column("school_code", "学校标识码", Type.TEXT, "学校标识码(10位)", "school code, ten digits",
               aliases=("学校代码",), optional=True),
        Column("school_name", "学校名称", Type.TEXT, "学校名称", "school", aliases=("学校",), optional=True),
        Column("stage_code", "学段", Type.CODE, "学段", "stage of education", codes=STAGE,
               aliases=("教育阶段", "学历层次", "培养层次", "层次", "学校类型", "学校类别")),
        Column("grade", "年级", Type.TEXT, "年级", "grade", optional=True),
        Column("class_name", "班级", Type.TEXT, "班级", "class", aliases=("班级名称",), optional=True),
        Column("study_form_code", "学习形式", Type.CODE, "学习形式", "study form", codes=STUDY_FORM, optional=True),
        Column("enrolled_month", "入学年月", Type.MONTH, "入学年月", "enrolled in month",
               aliases=("入学时间", "入学日期"), optional=True),
        Column("due_graduation_month", "预计毕业年月", Type.MONTH, "预计毕业年月", "due to graduate in month",
               aliases=("预计毕业时间", "预计毕业日期"), optional=True),
        Column("state_code", "学籍状态", Type.CODE, "学籍状态", "roll state", codes=STATE, aliases=("学生状态", "在籍状态", "在校状态", "状态")),
        *HUKOU,
    ),
    key=("roll_number",),
    county="hukou_code",
    named_by=NAMED_BY,
    file_stem="教育学籍",
    format=Format.CSV_UTF8_BOM,
    unique=True,
)  # fmt: skip

SOURCE = Source(
    name="national_student_roll",
    code="EDU",
    zh="教育部门学籍信息管理系统",
    en="education department's student roll",
    owners=(Owner("省教育厅", date(2013, 8, 11)),),
    cadence=Cadence.TERM,
    due_days=10,
    required=False,
    valid_quarters=2,
    split="province",
    tables=(STUDENT,),
    due_in=(),
)
