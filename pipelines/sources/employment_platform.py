"""农村贫困劳动力就业信息平台: one labour record per poor worker. Source: domain.md §2.3 (layout rebuilt, mark L).

Quirks: the unemployed are verified where their hukou is, the employed where they work; carrier type (six) and channel
(four) are two columns, since a 专岗 counts as public post only where it meets the public-post conditions.
"""

from datetime import date

from pipelines.sources.base import Cadence, CodeList, Column, Format, Owner, Personal, Source, SourceTable, Type

_HERE = "domain.md §2.3"

STATUS = CodeList("employment_status", "就业状态", {"1": "已就业", "2": "未就业"}, "L", _HERE)
CHANNEL = CodeList(
    "channel",
    "就业渠道",
    {
        "WORKSHOP": "扶贫车间吸纳",
        "RETURN_STARTUP": "返乡创业带动",
        "ORG_EXPORT": "有组织劳务输出",
        "PUBLIC_POST": "公益性岗位安置",
        "SELF": "自主创业",
        "SPONTANEOUS": "自发外出",
        "OTHER": "其他",
    },
    "L",
    _HERE,
)
CARRIER = CodeList(
    "carrier_type",
    "载体类型",
    {
        "PARK": "就业扶贫园区",
        "LEAD_BASE": "龙头企业扶贫基地",
        "WORKSHOP": "就业扶贫车间",
        "COOP": "新型农村合作社",
        "INFORMAL": "非正规就业组织",
        "POST": "就业扶贫专岗",
        "NONE": "无",
    },
    "L",
    _HERE,
)

WORKER = SourceTable(
    source="employment_platform",
    entity="worker",
    zh="农村贫困劳动力就业信息",
    grain="one row per labour record at the cut date",
    columns=(
        Column("record_number", "记录编号", Type.TEXT, "记录编号", "record number"),
        Column("hukou_code", "户籍地代码", Type.TEXT, "户籍地区划代码", "hukou region code", personal=Personal.QUASI),
        Column("household_number", "户编号", Type.TEXT, "户编号", "household number"),
        Column("name", "姓名", Type.NAME, "姓名", "name", personal=Personal.NAME),
        Column("id_number", "身份证号码", Type.ID_NUMBER, "身份证号码", "ID number", aliases=("证件号码",),
               personal=Personal.ID_NUMBER),
        Column("employment_status_code", "就业状态", Type.CODE, "就业状态", "employment status", codes=STATUS),
        Column("employer_name", "就业单位", Type.TEXT, "就业单位", "employer"),
        Column("workplace_code", "就业地代码", Type.TEXT, "就业地区划代码(6位)", "workplace, six digits"),
        Column("channel_code", "就业渠道", Type.CODE, "就业渠道", "channel", codes=CHANNEL),
        Column("carrier_type_code", "载体类型", Type.CODE, "载体类型", "carrier type", codes=CARRIER),
        Column("is_public_post_qualified", "是否符合公益性岗位条件", Type.FLAG, "是否符合公益性岗位条件",
               "post meets the public-post conditions"),
        Column("started_date", "就业时间", Type.DATE, "就业开始日期", "employed since"),
        Column("ended_date", "离职时间", Type.DATE, "就业结束日期", "employed until"),
        Column("wage_amount", "月工资", Type.AMOUNT, "月工资", "monthly wage", unit="元", personal=Personal.SENSITIVE),
        Column("wants_training", "培训意愿", Type.FLAG, "培训意愿", "wants training"),
        Column("wants_work", "就业意愿", Type.FLAG, "就业意愿", "wants work"),
        Column("verified_date", "核实日期", Type.DATE, "核实日期", "verified on"),
    ),
    key=("record_number",),
    county="hukou_code",
    file_stem="农村贫困劳动力就业信息",
    format=Format.XLSX,
    title_rows=2,
    footer=True,
    unique=True,
)  # fmt: skip

SOURCE = Source(
    name="employment_platform",
    code="EMP",
    zh="农村贫困劳动力就业信息平台",
    en="poor-labour employment platform",
    owners=(Owner("省就业局", date(2017, 1, 1)),),
    cadence=Cadence.QUARTER,
    due_days=5,
    required=True,
    valid_quarters=1,
    split="city",
    tables=(WORKER,),
)
