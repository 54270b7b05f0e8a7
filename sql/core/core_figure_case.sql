-- table:    core_figure_case
-- grain:    one row per (measure_code, figure_code, region_code, cut, group_code): people of a county who should be insured and are not
-- reads:    core_case
-- quarters: this
-- rule:     M05 the cases of C01 that are open now, those of them that are new or came back, those that stayed, and those that were open last quarter and are cleared; who left the universe is not cleared
WITH cases AS (
    SELECT county_code, case_state_code FROM core_case WHERE check_code = 'C01' AND county_code IS NOT NULL
),

counted AS (
    SELECT county_code, 'uncovered' AS figure_code FROM cases WHERE case_state_code IN ('new', 'reopened', 'carried')
    UNION ALL
    SELECT county_code, 'new' FROM cases WHERE case_state_code IN ('new', 'reopened')
    UNION ALL
    SELECT county_code, 'carried' FROM cases WHERE case_state_code = 'carried'
    UNION ALL
    SELECT county_code, 'cleared' FROM cases WHERE case_state_code = 'cleared'
)

SELECT 'M05' AS measure_code, figure_code, county_code AS region_code, 'total' AS cut, 'all' AS group_code,
    CAST(count(*) AS DECIMAL(18, 2)) AS figure_value, CAST(NULL AS DECIMAL(18, 2)) AS figure_base
FROM counted
GROUP BY figure_code, county_code
