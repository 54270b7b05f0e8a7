-- table:    check_c23
-- grain:    one row per (subject_code, finding_code, system, entity, delivery_id, file_name, line_number): a carrier whose staff is to be verified, and the rows by which
-- reads:    core_carrier, core_job, core_person_quarter, core_source_scope, staged_employment_platform__carrier
-- quarters: this
-- rule:     载体: the platform shows as a poor worker of an open carrier somebody who is not in the register, where the register has spoken of the person's county; somebody at work in two open carriers on one day; no registered worker for as many quarters on end as the parameter says, the carrier itself claiming none; other staff of a carrier is lawfully not poor
WITH staff AS (
    SELECT j.carrier_number, c.county_code, j.person_key, j.entity, j.delivery_id, j.file_name, j.line_number
    FROM core_job AS j
    JOIN core_carrier AS c ON c.carrier_number = j.carrier_number
    WHERE j.is_active
),

in_two AS (
    SELECT person_key FROM staff GROUP BY person_key HAVING count(DISTINCT carrier_number) > 1
),

claimed AS (
    SELECT carrier_number, county_code, max(coalesce(n_poor_workers, 0)) AS n_claimed
    FROM staged_employment_platform__carrier
    GROUP BY carrier_number, county_code
),

findings AS (
    SELECT s.carrier_number, s.county_code, 'worker_not_registered' AS finding_code, s.entity, s.delivery_id, s.file_name, s.line_number
    FROM staff AS s
    JOIN core_person_quarter AS q ON q.person_key = s.person_key
    JOIN core_source_scope AS p ON p.system = 'poverty_register' AND p.county_code = q.county_code
    WHERE p.has_data AND NOT q.is_registered
    UNION ALL
    SELECT a.carrier_number, a.county_code, 'worker_in_two' AS finding_code, b.entity, b.delivery_id, b.file_name, b.line_number
    FROM (SELECT DISTINCT carrier_number, county_code, person_key FROM staff WHERE person_key IN (SELECT person_key FROM in_two)) AS a
    JOIN (SELECT DISTINCT person_key, entity, delivery_id, file_name, line_number FROM staff) AS b ON b.person_key = a.person_key
    UNION ALL
    SELECT c.carrier_number, c.county_code, 'no_poor_worker' AS finding_code, 'carrier', c.delivery_id, c.file_name, c.line_number
    FROM core_carrier AS c
    JOIN claimed AS n ON n.carrier_number = c.carrier_number AND n.county_code = c.county_code AND n.n_claimed = 0
    WHERE c.n_quarters >= $carrier_idle_quarters
)

SELECT DISTINCT
    carrier_number AS subject_code, CAST(NULL AS VARCHAR) AS person_key, county_code, finding_code, 'employment_platform' AS system,
    entity, delivery_id, file_name, line_number, CAST(NULL AS BIGINT) AS n_months, CAST(NULL AS DECIMAL(18, 2)) AS finding_amount
FROM findings
