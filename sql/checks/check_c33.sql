-- table:    check_c33
-- grain:    one row per (subject_code, finding_code, system, entity, delivery_id, file_name, line_number): an organiser of labour export in a county where more was claimed than can be seen, and its payments
-- reads:    core_subsidy, core_job, core_source_scope
-- quarters: this
-- rule:     组织输出服务补助: no job says who organised it, so that the year's claims of all organisers of a county are held against all organised jobs outside the county that its people began since the first day of the year, or of the earliest period claimed (where nobody says whether outside, it counts); one person's two jobs are two; an organiser goes by its credit code, else its name
WITH claims AS (
    SELECT coalesce(organisation_code, organisation_name) AS organiser, county_code, delivery_id, file_name, line_number,
        coalesce(n_people, 0) AS n_claimed, paid_amount, coalesce(since_date, make_date(year($last_day), 1, 1)) AS since_date
    FROM core_subsidy
    WHERE subsidy_code = 'ORGANISER' AND year(paid_date) = year($last_day)
),

counties AS (
    SELECT c.county_code, sum(c.n_claimed) AS n_claimed, least(min(c.since_date), make_date(year($last_day), 1, 1)) AS since_date
    FROM claims AS c
    JOIN core_source_scope AS s ON s.system = 'employment_platform' AND s.county_code = c.county_code
    WHERE s.has_data
    GROUP BY c.county_code
),

sent AS (
    SELECT DISTINCT county_code, person_key, since_date
    FROM core_job
    WHERE is_organised AND coalesce(is_out_of_county, TRUE)
),

seen AS (
    SELECT c.county_code, count(j.person_key) AS n_seen
    FROM counties AS c
    LEFT JOIN sent AS j ON j.county_code = c.county_code AND j.since_date >= c.since_date AND j.since_date <= $last_day
    GROUP BY c.county_code
)

SELECT
    m.organiser AS subject_code, CAST(NULL AS VARCHAR) AS person_key, m.county_code, 'claimed_more' AS finding_code,
    'employment_platform' AS system, 'subsidy' AS entity, m.delivery_id, m.file_name, m.line_number,
    CAST(NULL AS BIGINT) AS n_months, m.paid_amount AS finding_amount
FROM claims AS m
JOIN counties AS c ON c.county_code = m.county_code
JOIN seen AS s ON s.county_code = m.county_code AND s.n_seen < c.n_claimed
WHERE m.organiser IS NOT NULL
