-- table:    core_figure_work
-- grain:    one row per (measure_code, figure_code, region_code, cut, group_code): carriers and posts of a county, and work out of it
-- reads:    core_person_row, core_person_quarter, core_person_measure, core_person_work, core_region, staged_employment_platform__carrier, staged_employment_platform__post
-- quarters: this
-- rule:     for disclosure control each figure has the sum of the record keys of whom it counts, and the largest contribution of one of them (1 in a count); of workers whom a carrier reports the carrier's figure, of posts the post; carriers have none; carriers that are open on the last day, with the staff they report, where they stand; posts of poor counties that came up in the quarter: made, vacated, or taken by somebody; filled by the poor: held by one of the poor labour force since this quarter; posts that are not vacated: held on the last day, of these by one of the poor labour force; people at work out of their county, of the poor labour force
WITH carriers AS (
    SELECT county_code, carrier_type_code, carrier_number, coalesce(speciality_code, 'unknown') AS speciality_group,
        CASE WHEN is_in_project_plan THEN 'yes' WHEN NOT is_in_project_plan THEN 'no' ELSE 'unknown' END AS plan_group,
        coalesce(n_workers, 0) AS n_workers, coalesce(n_poor_workers, 0) AS n_poor_workers,
        record_key(carrier_number || ':' || CAST(coalesce(n_workers, 0) AS VARCHAR)) AS workers_key,
        record_key(carrier_number || ':' || CAST(coalesce(n_poor_workers, 0) AS VARCHAR)) AS poor_key
    FROM staged_employment_platform__carrier
    WHERE carrier_type_code <> 'NONE' AND (opened_date IS NULL OR opened_date <= $last_day) AND (closed_date IS NULL OR closed_date > $last_day)
),

labour AS (
    SELECT person_key FROM core_person_measure WHERE measure_code = 'M19' AND state_code <> 'excluded'
),

holders AS (
    SELECT r.delivery_id, r.file_name, r.line_number
    FROM core_person_row AS r
    JOIN labour AS l ON l.person_key = r.person_key
    WHERE r.system = 'employment_platform' AND r.entity = 'post'
),

posts AS (
    SELECT p.county_code, record_key(p.post_number) AS post_key, p.post_state_code = '1' AND p.started_date >= $first_day AND p.started_date <= $last_day AND h.line_number IS NOT NULL AS is_filled_by_poor
    FROM staged_employment_platform__post AS p
    JOIN core_region AS c ON c.region_code = p.county_code AND c.is_poor_county
    LEFT JOIN holders AS h ON h.delivery_id = p.delivery_id AND h.file_name = p.file_name AND h.line_number = p.line_number
    WHERE (p.created_date >= $first_day AND p.created_date <= $last_day)
        OR (p.vacated_date >= $first_day AND p.vacated_date <= $last_day)
        OR (p.post_state_code = '1' AND p.started_date >= $first_day AND p.started_date <= $last_day)
),

kept_posts AS (
    SELECT p.county_code, coalesce(p.post_kind_code, 'unknown') AS post_group, record_key(p.post_number) AS post_key,
        p.post_state_code = '1' AND (p.started_date IS NULL OR p.started_date <= $last_day) AS is_held,
        p.post_state_code = '1' AND (p.started_date IS NULL OR p.started_date <= $last_day) AND h.line_number IS NOT NULL AS is_held_by_poor
    FROM staged_employment_platform__post AS p
    LEFT JOIN holders AS h ON h.delivery_id = p.delivery_id AND h.file_name = p.file_name AND h.line_number = p.line_number
    WHERE p.post_state_code IN ('1', '2')
),

away AS (
    SELECT q.county_code, q.record_key, w.is_organised_away
    FROM core_person_work AS w
    JOIN labour AS l ON l.person_key = w.person_key
    JOIN core_person_quarter AS q ON q.person_key = w.person_key
    WHERE w.is_employed_away
),

by_carrier_group AS (
    SELECT county_code, 'total' AS cut, 'all' AS group_code, n_poor_workers, poor_key FROM carriers
    UNION ALL
    SELECT county_code, 'carrier_type', carrier_type_code, n_poor_workers, poor_key FROM carriers
    UNION ALL
    SELECT county_code, 'speciality', speciality_group, n_poor_workers, poor_key FROM carriers
    UNION ALL
    SELECT county_code, 'project_plan', plan_group, n_poor_workers, poor_key FROM carriers
),

by_post_group AS (
    SELECT county_code, 'total' AS cut, 'all' AS group_code, post_key, is_held, is_held_by_poor FROM kept_posts
    UNION ALL
    SELECT county_code, 'post_kind', post_group, post_key, is_held, is_held_by_poor FROM kept_posts
),

counted AS (
    SELECT 'M25' AS measure_code, 'carriers' AS figure_code, county_code, cut, group_code,
        CAST(count(*) AS DECIMAL(18, 2)) AS figure_value, CAST(NULL AS DECIMAL(18, 2)) AS figure_base,
        CAST(NULL AS BIGINT) AS figure_key, CAST(NULL AS DECIMAL(18, 2)) AS figure_largest, CAST(NULL AS BIGINT) AS base_key, CAST(NULL AS DECIMAL(18, 2)) AS base_largest
    FROM by_carrier_group GROUP BY county_code, cut, group_code
    UNION ALL
    SELECT 'M25', 'poor_workers', county_code, cut, group_code, CAST(sum(n_poor_workers) AS DECIMAL(18, 2)), NULL, sum(poor_key), 1, NULL, NULL
    FROM by_carrier_group GROUP BY county_code, cut, group_code
    UNION ALL
    SELECT 'M26', 'poor_share', county_code, 'carrier', carrier_number, CAST(sum(n_poor_workers) AS DECIMAL(18, 2)), CAST(sum(n_workers) AS DECIMAL(18, 2)),
        sum(poor_key), 1, sum(workers_key), 1
    FROM carriers GROUP BY county_code, carrier_number
    UNION ALL
    SELECT 'M26', 'poor_share', county_code, 'carrier_type', carrier_type_code, CAST(sum(n_poor_workers) AS DECIMAL(18, 2)), CAST(sum(n_workers) AS DECIMAL(18, 2)),
        sum(poor_key), 1, sum(workers_key), 1
    FROM carriers GROUP BY county_code, carrier_type_code
    UNION ALL
    SELECT 'M26', 'poor_share', county_code, 'total', 'all', CAST(sum(n_poor_workers) AS DECIMAL(18, 2)), CAST(sum(n_workers) AS DECIMAL(18, 2)),
        sum(poor_key), 1, sum(workers_key), 1
    FROM carriers GROUP BY county_code
    UNION ALL
    SELECT 'M27', 'filled_by_poor', county_code, 'total', 'all', CAST(count(*) FILTER (WHERE is_filled_by_poor) AS DECIMAL(18, 2)), CAST(count(*) AS DECIMAL(18, 2)),
        sum(CASE WHEN is_filled_by_poor THEN post_key ELSE 0 END), 1, sum(post_key), 1
    FROM posts GROUP BY county_code
    UNION ALL
    SELECT 'M28', 'organised', county_code, 'total', 'all', CAST(count(*) FILTER (WHERE is_organised_away) AS DECIMAL(18, 2)), CAST(count(*) AS DECIMAL(18, 2)),
        sum(CASE WHEN is_organised_away THEN record_key ELSE 0 END), 1, sum(record_key), 1
    FROM away GROUP BY county_code
    UNION ALL
    SELECT 'M27A', 'held', county_code, cut, group_code, CAST(count(*) FILTER (WHERE is_held) AS DECIMAL(18, 2)), CAST(count(*) AS DECIMAL(18, 2)),
        sum(CASE WHEN is_held THEN post_key ELSE 0 END), 1, sum(post_key), 1
    FROM by_post_group GROUP BY county_code, cut, group_code
    UNION ALL
    SELECT 'M27A', 'held_by_poor', county_code, cut, group_code, CAST(count(*) FILTER (WHERE is_held_by_poor) AS DECIMAL(18, 2)), CAST(count(*) AS DECIMAL(18, 2)),
        sum(CASE WHEN is_held_by_poor THEN post_key ELSE 0 END), 1, sum(post_key), 1
    FROM by_post_group WHERE is_held GROUP BY county_code, cut, group_code
)

SELECT measure_code, figure_code, county_code AS region_code, cut, group_code, figure_value, figure_base, figure_key, figure_largest, base_key, base_largest
FROM counted
WHERE county_code IS NOT NULL
