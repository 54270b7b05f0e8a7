-- table:    check_c13
-- grain:    one row per (subject_code, finding_code, system, entity, delivery_id, file_name, line_number): somebody said to be unemployed for whom a unit pays, and the rows by which
-- reads:    staged_employment_platform__worker, core_person_row, core_unit_contribution, core_person_quarter
-- quarters: this
-- rule:     登记未就业但有参保缴费: the platform says unemployed, since before the quarter's last month, for which a unit paid employees' pension; flexible workers, who pay alone, are not meant
WITH unemployed AS (
    SELECT r.person_key, w.delivery_id, w.file_name, w.line_number
    FROM staged_employment_platform__worker AS w
    JOIN core_person_row AS r
        ON r.system = 'employment_platform' AND r.entity = 'worker'
        AND r.delivery_id = w.delivery_id AND r.file_name = w.file_name AND r.line_number = w.line_number
    WHERE w.employment_status_code = '2' AND (w.ended_date IS NULL OR w.ended_date < make_date(year($last_day), month($last_day), 1))
),

paid AS (
    SELECT person_key, delivery_id, file_name, line_number
    FROM core_unit_contribution
    WHERE scheme_code IN ('110', '120') AND since_date = make_date(year($last_day), month($last_day), 1)
),

evidence AS (
    SELECT person_key, 'employment_platform' AS system, 'worker' AS entity, delivery_id, file_name, line_number FROM unemployed
    UNION ALL
    SELECT person_key, 'social_insurance', 'contribution', delivery_id, file_name, line_number FROM paid
)

SELECT
    e.person_key AS subject_code, e.person_key, q.county_code, 'insured_by_unit' AS finding_code,
    e.system, e.entity, e.delivery_id, e.file_name, e.line_number,
    CAST(NULL AS BIGINT) AS n_months, CAST(NULL AS DECIMAL(18, 2)) AS finding_amount
FROM evidence AS e
JOIN core_person_quarter AS q ON q.person_key = e.person_key
WHERE NOT q.is_employed AND NOT q.is_dead
    AND e.person_key IN (SELECT person_key FROM unemployed) AND e.person_key IN (SELECT person_key FROM paid)
