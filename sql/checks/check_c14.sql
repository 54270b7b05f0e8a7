-- table:    check_c14
-- grain:    one row per (subject_code, finding_code, system, entity, delivery_id, file_name, line_number): somebody whose job-seeking allowance and work out of the county do not go together, and the rows by which
-- reads:    core_job, core_subsidy, core_person_row, core_person_quarter, core_parameter, core_source_scope
-- quarters: this
-- rule:     求职补贴: due to a registered worker sent in an organised way to work outside the county of hukou, once in a life (a parameter: else once a year), some time after the job began (a parameter); asked for only since payments are known; not due where every job the platform knows of its worker is within the county or found alone; the amount stands at the payments, and what is due, where the county's amount is known, at the first job for which it is
WITH payments AS (
    SELECT person_key, delivery_id, file_name, line_number, paid_date, paid_amount,
        CASE WHEN $is_allowance_once_for_life THEN 0 ELSE year(paid_date) END AS allowed_year
    FROM core_subsidy
    WHERE subsidy_code = 'JOB_SEEKING' AND person_key IS NOT NULL
),

known AS (
    SELECT make_date(min(year(paid_date)), 1, 1) AS known_date FROM core_subsidy
),

last_paid AS (
    SELECT person_key, max(paid_date) AS paid_date FROM payments GROUP BY person_key
),

due AS (
    SELECT j.person_key, j.entity, j.delivery_id, j.file_name, j.line_number,
        row_number() OVER (PARTITION BY j.person_key ORDER BY j.since_date, j.entity, j.delivery_id, j.file_name, j.line_number) AS position
    FROM core_job AS j
    JOIN known AS k ON j.since_date >= k.known_date
    LEFT JOIN last_paid AS p ON p.person_key = j.person_key
    WHERE j.is_organised AND j.is_out_of_county AND j.since_date <= days_after($last_day, -$job_seeking_lag_days)
        AND (p.person_key IS NULL OR (NOT $is_allowance_once_for_life AND year(p.paid_date) < year(j.since_date)))
),

-- Where nobody says how or where to, the job may be the one that was paid for.
jobs_of_paid AS (
    SELECT p.person_key, coalesce(bool_or(coalesce(j.is_organised, TRUE) AND coalesce(j.is_out_of_county, TRUE) AND j.person_key IS NOT NULL), FALSE) AS may_be_due
    FROM last_paid AS p
    LEFT JOIN core_job AS j ON j.person_key = p.person_key
    WHERE p.person_key IN (SELECT person_key FROM core_person_row WHERE system = 'employment_platform' AND entity = 'worker')
    GROUP BY p.person_key
),

twice AS (
    SELECT person_key, allowed_year FROM payments GROUP BY person_key, allowed_year HAVING count(*) > 1
),

findings AS (
    SELECT d.person_key, 'due_not_paid' AS finding_code, d.entity, d.delivery_id, d.file_name, d.line_number,
        CASE WHEN d.position = 1 THEN p.job_seeking_allowance_amount END AS finding_amount
    FROM due AS d
    JOIN core_person_quarter AS q ON q.person_key = d.person_key
    LEFT JOIN core_parameter AS k ON k.region_code = q.county_code
    JOIN core_parameter AS p ON p.region_code = coalesce(k.region_code, '36')
    WHERE q.is_registered AND NOT q.is_dead
    UNION ALL
    SELECT p.person_key, 'paid_not_due' AS finding_code, 'subsidy', p.delivery_id, p.file_name, p.line_number, p.paid_amount
    FROM payments AS p
    JOIN jobs_of_paid AS j ON j.person_key = p.person_key
    WHERE NOT j.may_be_due
    UNION ALL
    SELECT j.person_key, 'paid_not_due' AS finding_code, j.entity, j.delivery_id, j.file_name, j.line_number, NULL
    FROM core_job AS j
    JOIN jobs_of_paid AS p ON p.person_key = j.person_key
    WHERE NOT p.may_be_due
    UNION ALL
    SELECT p.person_key, 'paid_twice' AS finding_code, 'subsidy', p.delivery_id, p.file_name, p.line_number, p.paid_amount
    FROM payments AS p
    JOIN twice AS t ON t.person_key = p.person_key AND t.allowed_year = p.allowed_year
)

SELECT
    f.person_key AS subject_code, f.person_key, q.county_code, f.finding_code, 'employment_platform' AS system,
    f.entity, f.delivery_id, f.file_name, f.line_number, CAST(NULL AS BIGINT) AS n_months, f.finding_amount
FROM findings AS f
JOIN core_person_quarter AS q ON q.person_key = f.person_key
JOIN core_source_scope AS s ON s.system = 'employment_platform' AND s.county_code = q.county_code AND s.has_data
