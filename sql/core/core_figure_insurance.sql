-- table:    core_figure_insurance
-- grain:    one row per (measure_code, figure_code, region_code, cut, group_code): whom of a county social insurance has on file, and benefits paid to the registered
-- reads:    core_person_measure, core_person_quarter, core_person_row, staged_social_insurance__benefit
-- quarters: this
-- rule:     for disclosure control each figure has the sum of the record keys of whom it counts, and the largest contribution of one of them (1 in a count); M03A of everybody who counts in M03: on file in any scheme, whatever its state; M06A benefits paid to the registered in the quarter, by scheme: people once in each group, months, and the monthly amount times the months; not what was paused, has ended or came back, nor to whom a list of the dead names
WITH on_file AS (
    SELECT DISTINCT person_key FROM core_person_row WHERE system = 'social_insurance' AND entity = 'participation'
),

due AS (
    SELECT q.county_code, q.record_key, f.person_key IS NOT NULL AS is_on_file
    FROM core_person_measure AS m
    JOIN core_person_quarter AS q ON q.person_key = m.person_key
    LEFT JOIN on_file AS f ON f.person_key = m.person_key
    WHERE m.measure_code = 'M03' AND m.state_code <> 'excluded'
),

benefits AS (
    SELECT q.county_code, q.person_key, q.record_key, b.scheme_code,
        CAST(greatest(coalesce(b.months_paid, 1), 1) AS DECIMAL(18, 2)) AS n_months, CAST(b.benefit_amount * greatest(coalesce(b.months_paid, 1), 1) AS DECIMAL(18, 2)) AS benefit_amount
    FROM core_person_row AS r
    JOIN core_person_quarter AS q ON q.person_key = r.person_key AND q.is_registered AND NOT q.is_dead
    JOIN staged_social_insurance__benefit AS b
        ON r.system = 'social_insurance' AND r.entity = 'benefit'
        AND b.delivery_id = r.delivery_id AND b.file_name = r.file_name AND b.line_number = r.line_number
    WHERE b.benefit_state_code = '1' AND coalesce(b.pay_mark_code, '40') = '40' AND b.benefit_amount > 0
),

grouped AS (
    SELECT county_code, person_key, record_key, n_months, benefit_amount, 'total' AS cut, 'all' AS group_code FROM benefits
    UNION ALL
    SELECT county_code, person_key, record_key, n_months, benefit_amount, 'scheme', scheme_code FROM benefits
),

by_person AS (
    SELECT county_code, cut, group_code, record_key, sum(n_months) AS n_months, sum(benefit_amount) AS sum_amount
    FROM grouped
    GROUP BY county_code, cut, group_code, person_key, record_key
),

counted AS (
    SELECT 'M03A' AS measure_code, 'on_file' AS figure_code, county_code, 'total' AS cut, 'all' AS group_code,
        CAST(count(*) FILTER (WHERE is_on_file) AS DECIMAL(18, 2)) AS figure_value, CAST(count(*) AS DECIMAL(18, 2)) AS figure_base,
        sum(CASE WHEN is_on_file THEN record_key ELSE 0 END) AS figure_key, CAST(1 AS DECIMAL(18, 2)) AS figure_largest,
        sum(record_key) AS base_key, CAST(1 AS DECIMAL(18, 2)) AS base_largest
    FROM due GROUP BY county_code
    UNION ALL
    SELECT 'M06A', 'people', county_code, cut, group_code, CAST(count(*) AS DECIMAL(18, 2)), NULL, sum(record_key), 1, NULL, NULL
    FROM by_person GROUP BY county_code, cut, group_code
    UNION ALL
    SELECT 'M06A', 'months', county_code, cut, group_code, CAST(sum(n_months) AS DECIMAL(18, 2)), NULL, sum(record_key), CAST(max(n_months) AS DECIMAL(18, 2)), NULL, NULL
    FROM by_person GROUP BY county_code, cut, group_code
    UNION ALL
    SELECT 'M06A', 'amount', county_code, cut, group_code, CAST(sum(sum_amount) AS DECIMAL(18, 2)), NULL, sum(record_key), CAST(max(sum_amount) AS DECIMAL(18, 2)), NULL, NULL
    FROM by_person GROUP BY county_code, cut, group_code
)

SELECT measure_code, figure_code, county_code AS region_code, cut, group_code, figure_value, figure_base, figure_key, figure_largest, base_key, base_largest
FROM counted
WHERE county_code IS NOT NULL
