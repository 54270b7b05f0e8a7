-- table:    check_c12
-- grain:    one row per (subject_code, finding_code, system, entity, delivery_id, file_name, line_number): somebody said to be employed of whose job nothing else is to be seen, and the platform's rows
-- reads:    core_untraced_job, core_parameter
-- quarters: this
-- rule:     登记就业但无参保或用工记录: a unit's job inside the province without insurance, wage or contract for as many quarters on end as the county's parameter says
SELECT
    j.person_key AS subject_code, j.person_key, j.county_code, 'no_trace' AS finding_code,
    'employment_platform' AS system, j.entity, j.delivery_id, j.file_name, j.line_number,
    CAST(NULL AS BIGINT) AS n_months, CAST(NULL AS DECIMAL(18, 2)) AS finding_amount
FROM core_untraced_job AS j
LEFT JOIN core_parameter AS k ON k.region_code = j.county_code
JOIN core_parameter AS p ON p.region_code = coalesce(k.region_code, '36')
WHERE j.n_quarters >= p.untraced_quarters
