-- table:    core_expert_visit
-- grain:    one row per (county_code, plan_year, field_code): expert visits planned and done in a county, a year and a field
-- reads:    staged_programme__item, core_region_succession, core_expert_visit
-- quarters: this, previous
-- rule:     item D6 of the checklist as last reported; a year that is no longer reported stays as it was reported last, under what the county is today, of several that became one the sum
WITH told AS (
    SELECT county_code, year AS plan_year, field_code, sum(coalesce(planned, 0)) AS n_planned, sum(coalesce(done, 0)) AS n_done
    FROM staged_programme__item
    WHERE checklist_code = 'D6' AND field_code IS NOT NULL
    GROUP BY county_code, year, field_code
),

recorded AS (
    SELECT coalesce(c.region_code, w.county_code) AS county_code, w.plan_year, w.field_code, sum(w.n_planned) AS n_planned, sum(w.n_done) AS n_done
    FROM previous.core_expert_visit AS w
    LEFT JOIN core_region_succession AS c ON c.was_region_code = w.county_code AND c.is_main AND c.since_date >= $first_day
    GROUP BY coalesce(c.region_code, w.county_code), w.plan_year, w.field_code
)

SELECT county_code, plan_year, field_code, n_planned, n_done FROM told
UNION ALL
SELECT w.county_code, w.plan_year, w.field_code, w.n_planned, w.n_done
FROM recorded AS w
LEFT JOIN told AS t ON t.county_code = w.county_code AND t.plan_year = w.plan_year AND t.field_code = w.field_code
WHERE t.county_code IS NULL
