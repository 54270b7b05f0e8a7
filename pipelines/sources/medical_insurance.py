"""医疗保险: participation in basic medical insurance, in the national 医保 column names. Source: domain.md §2.7.

Quirks: insutype and psn_insu_stas are codes of this system only; some public lists give 320 for residents and 3 for
ended, both wrong against real data. Ownership left 人社 for 医保 at the end of 2018.
"""

from datetime import date

from pipelines.sources.base import Cadence, CodeList, Column, Format, Owner, Personal, Source, SourceTable, Type

_HERE = "domain.md §2.7"

SCHEME = CodeList("medical_scheme", "险种类型", {"310": "职工基本医疗保险", "390": "城乡居民基本医疗保险"}, "H", _HERE)
STATE = CodeList(
    "medical_state", "人员参保状态", {"0": "未参保", "1": "正常参保", "2": "暂停参保", "4": "终止参保"}, "M", _HERE
)

PARTICIPATION = SourceTable(
    source="medical_insurance",
    entity="participation",
    zh="基本医疗保险参保人员",
    grain="one row per personal number and scheme at the cut date",
    columns=(
        Column("person_number", "psn_no", Type.TEXT, "人员编号", "personal number", aliases=("人员编号",)),
        Column("id_number", "certno", Type.ID_NUMBER, "证件号码", "ID number", aliases=("证件号码",),
               personal=Personal.ID_NUMBER),
        Column("name", "psn_name", Type.NAME, "姓名", "name", aliases=("姓名",), personal=Personal.NAME),
        Column("scheme_code", "insutype", Type.CODE, "险种类型", "scheme", codes=SCHEME, aliases=("险种类型",)),
        Column("state_code", "psn_insu_stas", Type.CODE, "人员参保状态", "state", codes=STATE, aliases=("参保状态",)),
        Column("joined_date", "psn_insu_date", Type.DATE, "参保日期", "insured since", aliases=("参保日期",)),
        Column("has_poor_mark", "poor_flag", Type.FLAG, "贫困人口身份标识", "flagged as registered poor",
               aliases=("贫困标识",), personal=Personal.SENSITIVE),
        Column("place_code", "insuplc_admdvs", Type.TEXT, "参保地区划(6位)", "place of insurance, six digits",
               aliases=("参保地",)),
    ),
    key=("person_number", "scheme_code"),
    county="place_code",
    file_stem="医保参保",
    format=Format.CSV_UTF8_BOM,
)  # fmt: skip

SOURCE = Source(
    name="medical_insurance",
    code="MED",
    zh="医疗保险信息系统",
    en="medical insurance",
    owners=(
        Owner("省人力资源和社会保障厅医疗保险处", date(1998, 12, 14), date(2018, 12, 31)),
        Owner("省医疗保障局", date(2019, 1, 1)),
    ),
    cadence=Cadence.QUARTER,
    due_days=5,
    required=True,
    valid_quarters=1,
    split="city",
    tables=(PARTICIPATION,),
)
