"""Rules of the comparison, each with the smallest change of the code that breaks it.

A change is text for text in one file. `snapshot` is how far the undisturbed pipeline goes before the changed code takes
over: 'arriving' (the register of the quarter is not ingested yet), 'staged' (everything is), 'linked' (people are known).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

ARRIVING, STAGED, LINKED = "arriving", "staged", "linked"


@dataclass(frozen=True)
class Broken:
    """One rule, how it is broken, and a measure in which the count must then differ from the truth."""

    rule: str
    snapshot: str
    file: str
    old: str
    new: str
    measure: str

    def apply(self, code: Path) -> None:
        """Change the file in a copy of the code. ValueError where the text does not stand there exactly once."""
        path = code / self.file
        text = path.read_text(encoding="utf-8")
        if text.count(self.old) != 1:
            raise ValueError(f"{self.rule}: the text to change stands {text.count(self.old)} times in {self.file}")
        path.write_text(text.replace(self.old, self.new), encoding="utf-8")


ID_LINK = "sql/core/core_id_link.sql"
PERSON_QUARTER, PERSON_MEASURE = "sql/core/core_person_quarter.sql", "sql/core/core_person_measure.sql"

RULES = (
    Broken(
        "a number of 15 digits is the same person's number",
        ARRIVING,
        "pipelines/identity/id_numbers.py",
        "CASE WHEN {shape} = 'upgraded_15' THEN left({t}, 6) || '19' || substr({t}, 7)",
        "CASE WHEN {shape} = 'upgraded_15' THEN left({t}, 6) || '20' || substr({t}, 7)",
        "M03",
    ),
    Broken(
        "a row that breaks the contract is not used",
        ARRIVING,
        "expectations/contract.py",
        'f"unread IS NOT NULL AND unread.{name} IS NOT NULL",\n            "critical",\n            "a code without a meaning',
        'f"unread IS NOT NULL AND unread.{name} IS NOT NULL",\n            "warning",\n            "a code without a meaning',
        "M13",
    ),
    Broken(
        "the same number beside another name (T4) is no match",
        STAGED,
        ID_LINK,
        "WHEN c.is_another THEN 'T4'",
        "WHEN c.is_another THEN 'T3'",
        "M13",
    ),
    Broken(
        "a record without a usable number stands as a person of its own",
        STAGED,
        ID_LINK,
        "WHEN t.tier = 'no_usable_id' AND t.entity = 'record' THEN t.system || ':' || t.record_number",
        "WHEN t.tier = 'no_usable_id' THEN NULL",
        "M08",
    ),
    Broken(
        "who is delivered twice counts once",
        STAGED,
        ID_LINK,
        "WHEN t.tier IN ('T1', 'T2', 'T3') THEN",
        "WHEN t.system = 'poverty_register' AND t.tier IN ('T1', 'T2', 'T3')"
        " AND row_number() OVER (PARTITION BY t.system, t.id_key ORDER BY t.record_number) > 1"
        " THEN 'again:' || t.record_number WHEN t.tier IN ('T1', 'T2', 'T3') THEN",
        "M13",
    ),
    Broken(
        "students are left out",
        LINKED,
        PERSON_QUARTER,
        "coalesce(q.student_status_code, '1') <> '1' OR coalesce(s.is_full_time_student, FALSE) OR coalesce(x.is_on_national_roll, FALSE) AS is_student",
        "FALSE AS is_student",
        "M03",
    ),
    Broken(
        "who serves a sentence outside is not left out",
        STAGED,
        "sql/core/core_listed_row.sql",
        "execution_code IN ('1', '2')",
        "execution_code IN ('1', '2', '3', '4', '5', '6')",
        "M03",
    ),
    Broken(
        "nobody is left out for what has ended",
        LINKED,
        "sql/core/core_exclusion.sql",
        " AND (r.until_date IS NULL OR r.until_date >= $last_day)",
        "",
        "M13A",
    ),
    Broken(
        "premiums are due up to the age of 59",
        LINKED,
        PERSON_MEASURE,
        "age >= pension_benefit_age",
        "age > pension_benefit_age",
        "M08",
    ),
    Broken(
        "who is on benefit (state 1, payment 3) is insured",
        LINKED,
        PERSON_QUARTER,
        "i.payment_state_code IN ('1', '2', '3') AS is_insured",
        "i.payment_state_code IN ('1', '2') AS is_insured",
        "M03",
    ),
    Broken(
        "a paused account is insured",
        LINKED,
        PERSON_QUARTER,
        "i.participation_state_code IN ('1', '2') AND i.payment_state_code IN ('1', '2', '3') AS is_insured",
        "i.participation_state_code = '1' AND i.payment_state_code IN ('1', '2', '3') AS is_insured",
        "M03",
    ),
    Broken(
        "only item 11 is a premium paid by government",
        LINKED,
        PERSON_QUARTER,
        "bool_or(p.payment_item_code = '11' AND p.premium_year = $premium_year AND l.certainty > 0) AS has_premium_subsidy,",
        "bool_or(p.payment_item_code = '1' AND p.premium_year = $premium_year AND l.certainty > 0) AS has_premium_subsidy,",
        "M08",
    ),
    Broken(
        "who lost work is not employed",
        LINKED,
        PERSON_QUARTER,
        "w.employment_status_code = '1'",
        "w.employment_status_code IN ('1', '2')",
        "M19",
    ),
    Broken(
        "who left school is not on the roll",
        LINKED,
        PERSON_QUARTER,
        "bool_or(s.roll_state_code = '1' AND l.certainty > 0) AS is_on_roll,",
        "bool_or(s.roll_state_code IS NOT NULL AND l.certainty > 0) AS is_on_roll,",
        "M36",
    ),
    Broken(
        "Yulu aid counts once it is paid",
        LINKED,
        PERSON_QUARTER,
        "bool_or(y.state_code = '3' AND l.certainty > 0) AS has_yulu,",
        "bool_or(y.state_code IN ('1', '2', '3') AND l.certainty > 0) AS has_yulu,",
        "M38",
    ),
    Broken(
        "work after a course is asked about once, in the quarter in which its half year ends",
        LINKED,
        "sql/core/core_judged.sql",
        "months_after(finished_date, $training_employed_months) >= $first_day AND ",
        "",
        "M33",
    ),
)
