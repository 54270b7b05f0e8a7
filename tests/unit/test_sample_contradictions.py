"""What lists say against each other: planted where cross-checks look, and nobody else is any different for it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from pipelines.periods import Quarter
from pipelines.sample import make_province
from pipelines.sample.parameters import parameters

pytestmark = pytest.mark.minutes(1)
SCALE, SEED, QUARTERS = 0.002, 11, [Quarter(2019, 3), Quarter(2019, 4)]
OFTEN = 20  # times as often as declared: the province is small
LAST, LAST_MONTH, FIRST_OF_IT = "2019Q4", "201912", "2019-12-01"


@dataclass(frozen=True)
class Made:
    out: Path
    truth: Path

    def people(self, query: str) -> set[int]:
        """True ids; `truth_record`, `truth_state` and a table by its name read what is true of the last quarter."""
        with duckdb.connect() as connection:
            for name in ("record", "state"):
                files = f"{self.truth}/truth_{name}/*.parquet"
                connection.execute(
                    f"CREATE VIEW truth_{name} AS FROM read_parquet('{files}') WHERE quarter::VARCHAR = '{LAST}'"
                )
            for file in (self.truth / "truth_told").glob(f"*_{LAST}.parquet"):
                name = file.stem.removesuffix(f"_{LAST}")
                connection.execute(
                    f"""CREATE VIEW {name} AS
                        SELECT r.true_id, t.* FROM truth_record AS r JOIN read_parquet('{file}') AS t
                        ON t.file_name = r.file_name::VARCHAR AND t.line_number = r.line_number
                        WHERE r.system::VARCHAR || '_' || r.entity::VARCHAR = '{name}'"""
                )
            return {row[0] for row in connection.execute(query).fetchall()}


def _make(home: Path) -> Made:
    make_province(
        SCALE, QUARTERS, SEED, home / "out", truth_folder=home / "truth", defect_factor=0, habits=0, split="province"
    )
    return Made(home / "out", home / "truth")


@pytest.fixture(scope="module")
def provinces(tmp_path_factory: pytest.TempPathFactory) -> tuple[Made, Made]:
    """The same province without anything contradicting, and with much of it."""
    rates = parameters().contradictions
    with pytest.MonkeyPatch.context() as patch:
        for name, rate in vars(rates).copy().items():
            patch.setattr(rates, name, 0.0)
            assert 0 < rate < 1, name
        plain = _make(tmp_path_factory.mktemp("plain"))
    with pytest.MonkeyPatch.context() as patch:
        for name, rate in vars(rates).copy().items():
            patch.setattr(rates, name, min(rate * OFTEN, 0.5))
        return plain, _make(tmp_path_factory.mktemp("contradicting"))


TWICE_PAID = """SELECT true_id FROM social_insurance_payment WHERE payment_item_code = '11'
    GROUP BY true_id, premium_year HAVING count(DISTINCT county_code) > 1 AND count(DISTINCT booked_date) > 1"""
TWO_PENSIONS = """SELECT true_id FROM social_insurance_benefit WHERE scheme_code = '170' AND pay_mark_code = '40'
    GROUP BY true_id, benefit_month HAVING count(DISTINCT person_number) > 1 AND count(DISTINCT county_code) > 1"""
PAID_IN_PRISON = """SELECT b.true_id FROM social_insurance_benefit AS b JOIN prison_sentence AS s USING (true_id)
    WHERE b.scheme_code = '170' AND b.pay_mark_code = '40' AND s.execution_code = '1' AND s.released_date = ''
        AND s.started_date < '2018-07-01' AND s.ended_date > '2020-12-31'"""
STUDENT_EMPLOYED = f"""SELECT r.true_id FROM truth_state AS r
    JOIN technical_school_roll AS s USING (true_id) JOIN employment_platform_worker AS w USING (true_id)
    JOIN social_insurance_contribution AS c USING (true_id)
    WHERE r.is_fulltime_student AND r.roll_state_code = '1' AND r.age >= 16 AND r.is_employed
        AND r.started_date > s.enrolled_date AND c.scheme_code = '110' AND c.period_month = '{LAST_MONTH}'"""
UNIT_PAYS_ON = f"""SELECT s.true_id FROM truth_state AS s JOIN employment_platform_worker AS w USING (true_id)
    JOIN social_insurance_contribution AS c USING (true_id)
    WHERE NOT s.is_employed AND s.ended_date < '{FIRST_OF_IT}' AND c.scheme_code = '110' AND c.period_month = '{LAST_MONTH}'"""
UNCLAIMED = """SELECT s.true_id FROM employment_platform_spell AS s
    JOIN truth_record AS p ON p.true_id = s.true_id AND p.entity::VARCHAR = 'participation' AND p.item::VARCHAR = '210'
    JOIN truth_state AS t ON t.true_id = s.true_id
    WHERE s.registration_code = '失业登记' AND s.ended_date = '' AND NOT t.is_employed
        AND s.true_id NOT IN (SELECT true_id FROM social_insurance_benefit WHERE scheme_code = '210')"""
CONTRADICTIONS = {
    "C05": TWICE_PAID, "C07": TWO_PENSIONS, "C09": PAID_IN_PRISON, "C10": STUDENT_EMPLOYED, "C13": UNIT_PAYS_ON,
    "C31": UNCLAIMED,
}  # fmt: skip


@pytest.mark.parametrize("check", CONTRADICTIONS)
def test_what_a_check_is_there_to_find_is_planted_and_nothing_else_makes_it(
    provinces: tuple[Made, Made], check: str
) -> None:
    plain, contradicting = provinces
    assert plain.people(CONTRADICTIONS[check]) == set()
    assert len(contradicting.people(CONTRADICTIONS[check])) >= 2


def _untraced(made: Made, entity: str) -> int:
    """Jobs in a unit of which neither a wage nor a contract is told."""
    folder = made.out / "employment_platform" / LAST / "36"
    files = json.loads((folder / "delivery.json").read_text(encoding="utf-8"))["files"]
    (name,) = (file["name"] for file in files if file["table"] == entity)
    rows = pd.read_csv(folder / name, dtype=str, keep_default_na=False, encoding="gb18030")
    untold = (rows["就业形式"] == "单位就业") & (rows["月工资"] == "") & (rows["是否签订劳动合同"] == "否")
    return int(untold.sum())


@pytest.mark.parametrize("entity", ["worker", "spell"])
def test_of_some_jobs_nothing_but_the_job_is_told(provinces: tuple[Made, Made], entity: str) -> None:
    plain, contradicting = provinces
    assert _untraced(plain, entity) == 0 and _untraced(contradicting, entity) >= 20


def test_nobody_else_is_any_different_for_it(provinces: tuple[Made, Made]) -> None:
    row = ["quarter", "system", "entity", "true_id", "item"]
    states, records = [], []
    for made in provinces:
        state = pd.concat(pd.read_parquet(file) for file in sorted((made.truth / "truth_state").glob("*")))
        states.append(state.set_index(["quarter", "true_id"]))
        record = pd.concat(pd.read_parquet(file, columns=row) for file in (made.truth / "truth_record").glob("*"))
        records.append(record.astype(dict.fromkeys(row, str)).groupby(row).size())
    assert states[0].index.equals(states[1].index)
    is_planted = (states[0] != states[1]).any(axis=1)
    planted = is_planted[is_planted].index.get_level_values("true_id").astype(str)
    more = records[1].sub(records[0], fill_value=0)
    # Whose state is as it was has rows more at most: a second account, a registration as unemployed.
    others = more[~more.index.get_level_values("true_id").isin(planted) & (more != 0)]
    assert set(others.index.droplevel(["quarter", "true_id", "item"])) == {
        ("social_insurance", "participation"),
        ("social_insurance", "payment"),
        ("social_insurance", "benefit"),
        ("employment_platform", "spell"),
    }
    assert (others > 0).all() and 0 < len(planted) < 0.05 * len(is_planted)
