"""农村贫困劳动力就业信息平台: poor workers, their jobs and wishes, and what is done for them. Source: domain.md §2.3 (mark L).

Quirks: the unemployed are verified where their hukou is, the employed where they work; carrier type (six) and channel
(four) are two columns, since a 专岗 counts as public post only where it meets the public-post conditions; 就业人员 and
未就业人员 are two forms, often two sheets whose name alone says the status.
"""

from datetime import date

from pipelines.sources.base import Cadence, Owner, Source
from pipelines.sources.employment_platform.help import SERVICE, SUBSIDY, TRAINING
from pipelines.sources.employment_platform.people import SYSTEM, WISH, WORKER
from pipelines.sources.employment_platform.work import CARRIER, POST, SPELL

__all__ = ["CARRIER", "POST", "SERVICE", "SOURCE", "SPELL", "SUBSIDY", "TRAINING", "WISH", "WORKER"]

SOURCE = Source(
    name=SYSTEM,
    code="EMP",
    zh="农村贫困劳动力就业信息平台",
    en="poor-labour employment platform",
    owners=(Owner("省就业局", date(2017, 1, 1)),),
    cadence=Cadence.QUARTER,
    due_days=5,
    required=True,
    valid_quarters=1,
    split="city",
    tables=(WORKER, SPELL, WISH, SERVICE, TRAINING, SUBSIDY, CARRIER, POST),
)
