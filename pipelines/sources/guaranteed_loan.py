"""创业担保贷款: loans, their borrowers and the poor workers they employ. Source: domain.md §1.1 (E17, E23), §6.4 (M43); the
layout is rebuilt (L).

Quirks: a borrower is a person, a partnership or a small enterprise; for an enterprise name and ID are its legal
representative's.
"""

from datetime import date

from pipelines.sources.base import (
    Cadence,
    CodeList,
    Column,
    Format,
    Owner,
    Personal,
    Source,
    SourceTable,
    Type,
)
from pipelines.sources.listed_people import HUKOU, ID_NUMBER, NAMED_BY

_HERE = "domain.md §1.1 (E23)"

BORROWER = CodeList(
    "borrower_kind",
    "借款人类型",
    {"1": "个人", "2": "合伙创业", "3": "小微企业", "4": "农民专业合作社"},
    "L",
    _HERE,
    also={"个人贷款": "1", "合伙": "2", "合伙贷款": "2", "企业": "3", "小微企业贷款": "3", "合作社": "4"},
)
FOUNDER = CodeList(
    "founder_kind",
    "创业者类别",
    {
        "1": "贫困劳动力",
        "2": "农村自主创业农民",
        "3": "返乡创业农民工",
        "4": "致富能人(创业者)",
        "5": "高校毕业生",
        "6": "退役军人",
        "9": "其他",
    },
    "L",
    _HERE,
    also={
        "建档立卡贫困劳动力": "1",
        "建档立卡贫困人口": "1",
        "自主创业农民": "2",
        "返乡农民工": "3",
        "返乡创业": "3",
        "致富能人": "4",
        "致富带头人": "4",
        "复员转业退役军人": "6",
    },
)
STATE = CodeList(
    "loan_state",
    "贷款状态",
    {"1": "正常", "2": "已结清", "3": "逾期", "4": "代偿"},
    "L",
    _HERE,
    also={"在贷": "1", "结清": "2", "已还清": "2", "已代偿": "4"},
)

LOAN = SourceTable(
    source="guaranteed_loan",
    entity="loan",
    zh="创业担保贷款",
    grain="one row per loan that ran on some day of the quarter",
    columns=(
        Column("loan_number", "贷款编号", Type.TEXT, "贷款编号", "number of the loan",
               aliases=("合同编号", "借款合同号", "贷款合同号", "贷款合同编号")),
        Column("borrower_kind_code", "借款人类型", Type.CODE, "借款人类型", "kind of borrower", codes=BORROWER,
               aliases=("贷款类型", "贷款对象")),
        Column("founder_kind_code", "创业者类别", Type.CODE, "创业者类别", "kind of founder", codes=FOUNDER,
               aliases=("人员类别", "扶持对象类别"), optional=True),
        Column("name", "借款人姓名", Type.NAME, "借款人姓名(企业为法定代表人)", "borrower; legal representative of an enterprise",
               aliases=("姓名", "借款人"), personal=Personal.NAME),
        ID_NUMBER,
        *HUKOU,
        Column("enterprise_name", "企业名称", Type.TEXT, "企业(实体)名称", "enterprise", aliases=("单位名称", "创业实体名称"),
               optional=True),
        Column("enterprise_code", "统一社会信用代码", Type.TEXT, "统一社会信用代码", "credit code",
               aliases=("统一信用代码",), optional=True),
        Column("industry", "所属行业", Type.TEXT, "所属行业", "industry", aliases=("行业", "经营项目"), optional=True),
        Column("loan_amount", "贷款金额", Type.AMOUNT, "贷款金额", "amount lent", unit="元", aliases=("放款金额",),
               personal=Personal.SENSITIVE),
        Column("interest_subsidy_amount", "贴息金额", Type.AMOUNT, "财政贴息金额", "interest paid by the treasury",
               unit="元", optional=True),
        Column("bank_name", "经办银行", Type.TEXT, "经办银行", "bank", optional=True),
        Column("granted_date", "放款日期", Type.DATE, "放款日期", "paid out on", aliases=("贷款发放日期", "发放日期", "起始日期")),
        Column("due_date", "到期日期", Type.DATE, "到期日期", "due on", aliases=("贷款到期日",), optional=True),
        Column("state_code", "贷款状态", Type.CODE, "贷款状态", "state of the loan", codes=STATE, aliases=("状态",),
               optional=True),
        Column("workers", "带动就业人数", Type.INTEGER, "带动就业人数", "workers employed", unit="人",
               aliases=("吸纳就业人数",), optional=True),
        Column("poor_workers", "吸纳贫困劳动力人数", Type.INTEGER, "其中:吸纳贫困劳动力人数", "of them poor workers", unit="人",
               aliases=("带动贫困劳动力人数", "其中贫困劳动力人数"), optional=True),
    ),
    key=("loan_number",),
    county="hukou_code",
    named_by=NAMED_BY,
    file_stem="创业担保贷款台账",
    format=Format.XLSX,
    title_rows=1,
    footer=True,
    unique=True,
)  # fmt: skip

SOURCE = Source(
    name="guaranteed_loan",
    code="LOAN",
    zh="创业担保贷款管理",
    en="guaranteed start-up loans",
    owners=(Owner("省创业贷款担保中心", date(2002, 12, 1)),),
    cadence=Cadence.QUARTER,
    due_days=15,
    required=False,
    valid_quarters=2,
    split="province",
    tables=(LOAN,),
    due_in=(),
)
