-- table:    bi_group
-- grain:    one row per (quarter, cut, group_code)
-- reads:    bi_coverage, bi_coverage_reason, bi_figure, core_group
-- quarters: this
-- rule:     every group of which bi says anything this quarter, by name; of training providers and schools no list is kept: they are named as delivered
WITH shown AS (
    SELECT cut, group_code FROM bi_coverage
    UNION
    SELECT cut, group_code FROM bi_coverage_reason
    UNION
    SELECT cut, group_code FROM bi_figure
)

SELECT $quarter AS quarter, s.cut, s.group_code, c.cut_name, c.cut_name_en, coalesce(g.group_name, s.group_code) AS group_name
FROM shown AS s
LEFT JOIN core_group AS c ON c.cut = s.cut AND c.group_code = '*'
LEFT JOIN core_group AS g ON g.cut = s.cut AND g.group_code = s.group_code
