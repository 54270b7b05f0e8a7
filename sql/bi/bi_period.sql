-- table:    bi_period
-- grain:    one row per (quarter)
-- reads:    core_region
-- quarters: this
-- rule:     the quarter with its days, its year and what the plan calls the year (G2)
SELECT
    $quarter AS quarter, $plan_year AS plan_year, quarter($last_day) AS quarter_number, $first_day AS first_date, $last_day AS last_date,
    CASE $plan_year WHEN 2018 THEN '深化落实年' WHEN 2019 THEN '巩固提升年' WHEN 2020 THEN '全面决胜年' END AS theme_text
FROM core_region
WHERE region_level = 'province'
