-- table:    core_carrier
-- grain:    one row per (carrier_number, county_code): an open carrier and how many registered people the platform shows at work there
-- reads:    staged_employment_platform__carrier, core_job, core_person_quarter, core_carrier
-- quarters: this, previous
-- rule:     open on the quarter's last day; a person counts once, by any job held that day under the carrier's number; first_quarter since when it is known without a break; n_quarters: for how many quarters on end nobody has been there
WITH staff AS (
    SELECT j.carrier_number, count(DISTINCT j.person_key) AS n_people
    FROM core_job AS j
    JOIN core_person_quarter AS q ON q.person_key = j.person_key
    WHERE j.is_active AND j.carrier_number IS NOT NULL AND q.is_registered AND NOT q.is_dead
    GROUP BY j.carrier_number
)

SELECT
    c.carrier_number, c.county_code, c.delivery_id, c.file_name, c.line_number, coalesce(w.first_quarter, $quarter) AS first_quarter,
    coalesce(s.n_people, 0) AS n_people, CASE WHEN s.n_people > 0 THEN 0 ELSE coalesce(w.n_quarters, 0) + 1 END AS n_quarters
FROM staged_employment_platform__carrier AS c
LEFT JOIN staff AS s ON s.carrier_number = c.carrier_number
LEFT JOIN previous.core_carrier AS w ON w.carrier_number = c.carrier_number AND w.county_code = c.county_code
WHERE (c.opened_date IS NULL OR c.opened_date <= $last_day) AND (c.closed_date IS NULL OR c.closed_date > $last_day)
