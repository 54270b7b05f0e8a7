-- table:    mart_case_count
-- grain:    one row per (quarter, check_code, finding_code, region_code, case_state_code)
-- reads:    core_case
-- quarters: this
-- rule:     cases of each region by what became of them: opening (carried, cleared, gone, not_checked) and new or reopened ones, so that opening + new - closed = closing; amounts of those found
WITH cases AS (
    SELECT check_code, finding_code, county_code, town_code, village_code, case_state_code, count(*) AS n_cases, sum(finding_amount) AS finding_amount
    FROM core_case
    WHERE case_state_code <> 'closed'
    GROUP BY check_code, finding_code, county_code, town_code, village_code, case_state_code
),

by_region AS (
    SELECT check_code, finding_code, '36' AS region_code, case_state_code, n_cases, finding_amount FROM cases
    UNION ALL
    SELECT check_code, finding_code, substr(county_code, 1, 4), case_state_code, n_cases, finding_amount FROM cases WHERE county_code IS NOT NULL
    UNION ALL
    SELECT check_code, finding_code, county_code, case_state_code, n_cases, finding_amount FROM cases WHERE county_code IS NOT NULL
    UNION ALL
    SELECT check_code, finding_code, town_code, case_state_code, n_cases, finding_amount FROM cases WHERE town_code IS NOT NULL
    UNION ALL
    SELECT check_code, finding_code, village_code, case_state_code, n_cases, finding_amount FROM cases WHERE village_code IS NOT NULL
)

SELECT
    $quarter AS quarter, check_code, finding_code, region_code,
    CASE length(region_code) WHEN 2 THEN 'province' WHEN 4 THEN 'city' WHEN 6 THEN 'county' WHEN 9 THEN 'town' ELSE 'village' END AS region_level,
    case_state_code, sum(n_cases) AS n_cases, sum(finding_amount) AS finding_amount
FROM by_region
GROUP BY check_code, finding_code, region_code, case_state_code
