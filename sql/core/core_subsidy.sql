-- table:    core_subsidy
-- grain:    one row per (delivery_id, file_name, line_number): a subsidy that was paid, this year or before, and to whom
-- reads:    staged_employment_platform__subsidy, core_person_row, core_source_scope, core_subsidy
-- quarters: this, previous
-- rule:     the platform lists a year's payments: those of former years, and of a county that sends nothing now, are kept as they were last told; only what is paid, and only the subsidies that a check follows over years
WITH told AS (
    SELECT
        s.delivery_id, s.file_name, s.line_number, r.person_key, s.county_code, s.subsidy_code, s.organisation_code, s.organisation_name,
        s.carrier_number, s.period_start_date AS since_date, s.period_end_date AS until_date,
        coalesce(s.paid_date, s.period_end_date, $last_day) AS paid_date, s.paid_amount, CAST(s.n_beneficiaries AS BIGINT) AS n_people
    FROM staged_employment_platform__subsidy AS s
    LEFT JOIN core_person_row AS r
        ON r.system = 'employment_platform' AND r.entity = 'subsidy'
        AND r.delivery_id = s.delivery_id AND r.file_name = s.file_name AND r.line_number = s.line_number
    WHERE coalesce(s.state_code, '3') = '3'
        AND s.subsidy_code IN ('JOB_SEEKING', 'TRAINING_LIVING', 'WORKSHOP', 'ORGANISER', 'STARTUP_STABLE')
        AND year(coalesce(s.paid_date, s.period_end_date, $last_day)) = year($last_day)
),

kept AS (
    SELECT w.*
    FROM previous.core_subsidy AS w
    LEFT JOIN core_source_scope AS s ON s.system = 'employment_platform' AND s.county_code = w.county_code
    WHERE year(w.paid_date) < year($last_day) OR NOT coalesce(s.has_data, FALSE)
)

SELECT
    delivery_id, file_name, line_number, person_key, county_code, subsidy_code, organisation_code, organisation_name, carrier_number,
    since_date, until_date, paid_date, paid_amount, n_people
FROM told
UNION ALL
SELECT
    delivery_id, file_name, line_number, person_key, county_code, subsidy_code, organisation_code, organisation_name, carrier_number,
    since_date, until_date, paid_date, paid_amount, n_people
FROM kept
