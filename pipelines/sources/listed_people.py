"""Columns that the lists of other departments share (domain.md §2.8): who a row is about and where the hukou lies."""

from pipelines.sources.base import Column, Personal, Type

NAME = Column("name", "姓名", Type.NAME, "姓名", "name", personal=Personal.NAME)
ID_NUMBER = Column("id_number", "身份证号码", Type.ID_NUMBER, "身份证号码", "ID number",
                   aliases=("证件号码", "身份证号", "公民身份号码", "身份证件号码"), personal=Personal.ID_NUMBER)  # fmt: skip
# Lists from elsewhere rarely know the register's codes: the names of county, town and village will do.
HUKOU = (
    Column("hukou_code", "户籍地代码", Type.TEXT, "户籍地区划代码(6、9或12位)", "hukou region: 6, 9 or 12 digits",
           aliases=("户籍地区划代码", "户口所在地代码", "户籍地", "户籍所在地", "户口所在地", "AAB301"), personal=Personal.QUASI,
           optional=True),
    Column("county_name", "县(市、区)", Type.TEXT, "户籍县(市、区)", "county of the hukou",
           aliases=("户籍县(市、区)", "户籍县", "户籍县区", "户籍所在县", "户籍所在县区", "县(市、区、旗)", "县(区)", "县区", "区县", "县", "县市区"), optional=True),
    Column("town_name", "乡镇", Type.TEXT, "户籍乡镇(街道)", "town of the hukou",
           aliases=("乡(镇)", "乡镇(街道)", "乡(镇、街道)", "户籍乡镇"), optional=True),
    Column("village_name", "村", Type.TEXT, "户籍村(社区)", "village of the hukou",
           aliases=("村(社区)", "村(居)", "行政村", "户籍村"), personal=Personal.QUASI, optional=True),
)  # fmt: skip
NAMED_BY = ("county_name", "town_name", "village_name")
