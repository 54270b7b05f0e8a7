-- table:    bi_change
-- grain:    one row per (quarter, measure_code, region_code, change_code, change_cause_code)
-- reads:    mart_change
-- quarters: this
-- rule:     mart_change of province, city and county, every count protected by itself; what befell too few people to be shown has no row, so causes need not add up to the change
WITH protected AS (
    SELECT quarter, measure_code, region_code, region_level, change_code, change_cause_code,
        protected_count(n_people, people_key, $small_cell, $rounding_base) AS n_people
    FROM mart_change
    WHERE region_level IN ('province', 'city', 'county')
)

SELECT quarter, measure_code, region_code, region_level, change_code, change_cause_code, n_people
FROM protected
WHERE n_people IS NOT NULL
