-- table:    check_c34
-- grain:    one row per (subject_code, finding_code, system, entity, delivery_id, file_name, line_number): a poor worker whom a start-up has kept for a year, no award being seen, and the platform's rows
-- reads:    core_job, core_person_quarter, core_parameter, core_subsidy, core_source_scope
-- quarters: this
-- rule:     创业稳定就业: a registered worker taken on through 返乡创业带动 at least as many months ago as the county's parameter says and still there, with the same employer and no gap longer than stable work allows (a parameter); no award is known that names the person, the carrier, the employer's credit code or its name; the award may be given, nobody is entitled to it
WITH jobs AS (
    SELECT person_key, entity, delivery_id, file_name, line_number, carrier_number, employer_code, employer_name, since_date, until_date, is_active,
        coalesce(employer_code, employer_name, carrier_number, '') AS employer
    FROM core_job
    WHERE channel_code = 'RETURN_STARTUP' AND since_date IS NOT NULL
),

breaks AS (
    SELECT *,
        CASE
            WHEN since_date > days_after(
                lag(until_date) OVER (PARTITION BY person_key, employer ORDER BY since_date, entity, delivery_id, file_name, line_number),
                $stable_gap_days + 1
            ) THEN 1
            ELSE 0
        END AS is_new
    FROM jobs
),

runs AS (
    SELECT *, sum(is_new) OVER (PARTITION BY person_key, employer ORDER BY since_date, entity, delivery_id, file_name, line_number) AS run
    FROM breaks
),

stable AS (
    SELECT person_key, employer, run, min(since_date) AS since_date FROM runs GROUP BY person_key, employer, run HAVING bool_or(is_active)
),

kept AS (
    SELECT j.person_key, q.county_code, j.entity, j.delivery_id, j.file_name, j.line_number, j.carrier_number, j.employer_code, j.employer_name
    FROM runs AS j
    JOIN stable AS b ON b.person_key = j.person_key AND b.employer = j.employer AND b.run = j.run
    JOIN core_person_quarter AS q ON q.person_key = j.person_key
    LEFT JOIN core_parameter AS k ON k.region_code = q.county_code
    JOIN core_parameter AS p ON p.region_code = coalesce(k.region_code, '36')
    JOIN core_source_scope AS s ON s.system = 'employment_platform' AND s.county_code = q.county_code AND s.has_data
    WHERE b.since_date <= months_after($last_day, -p.startup_months) AND q.is_registered AND NOT q.is_dead
),

awards AS (
    SELECT person_key, carrier_number, organisation_code, organisation_name FROM core_subsidy WHERE subsidy_code = 'STARTUP_STABLE'
),

awarded AS (
    SELECT k.person_key FROM kept AS k JOIN awards AS a ON a.person_key = k.person_key
    UNION ALL
    SELECT k.person_key FROM kept AS k JOIN awards AS a ON a.carrier_number = k.carrier_number
    UNION ALL
    SELECT k.person_key FROM kept AS k JOIN awards AS a ON a.organisation_code = k.employer_code
    UNION ALL
    SELECT k.person_key FROM kept AS k JOIN awards AS a ON a.organisation_name = k.employer_name
)

SELECT
    k.person_key AS subject_code, k.person_key, k.county_code, 'award_open' AS finding_code,
    'employment_platform' AS system, k.entity, k.delivery_id, k.file_name, k.line_number,
    CAST(NULL AS BIGINT) AS n_months, CAST(NULL AS DECIMAL(18, 2)) AS finding_amount
FROM kept AS k
WHERE k.person_key NOT IN (SELECT person_key FROM awarded)
