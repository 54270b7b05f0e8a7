-- table:    bi_coverage
-- grain:    one row per (quarter, measure_code, region_code, cut, group_code)
-- reads:    core_cell, mart_coverage
-- quarters: this
-- rule:     province, city and county; every count is protected by itself (protected_count), so sums need not add, between regions nor within a cut; a part is
--           shown as no larger than its whole, and not at all where the whole is not; a group that may have fewer than $small_cell people has no row, a region always
--           has its total; rates come from the protected counts, of at least $rate_from_people; NULL: too few to be shown, or no data (has_data)
WITH by_region AS (
    SELECT measure_code, '36' AS region_code, cut, group_code, state_code, n_people, people_key, n_sure, sure_key, n_possible, possible_key FROM core_cell
    UNION ALL
    SELECT measure_code, substr(county_code, 1, 4), cut, group_code, state_code, n_people, people_key, n_sure, sure_key, n_possible, possible_key FROM core_cell
    UNION ALL
    SELECT measure_code, county_code, cut, group_code, state_code, n_people, people_key, n_sure, sure_key, n_possible, possible_key FROM core_cell
),

counted AS (
    SELECT measure_code, region_code, cut, group_code,
        sum(n_people) AS n_population, sum(people_key) AS population_key,
        sum(CASE WHEN state_code = 'covered' THEN n_people ELSE 0 END) AS n_numerator,
        sum(CASE WHEN state_code = 'covered' THEN people_key ELSE 0 END) AS numerator_key,
        sum(CASE WHEN state_code = 'uncovered' THEN n_people ELSE 0 END) AS n_uncovered,
        sum(CASE WHEN state_code = 'uncovered' THEN people_key ELSE 0 END) AS uncovered_key,
        sum(CASE WHEN state_code = 'excluded' THEN n_people ELSE 0 END) AS n_excluded,
        sum(CASE WHEN state_code = 'excluded' THEN people_key ELSE 0 END) AS excluded_key,
        sum(n_sure) AS n_sure, sum(sure_key) AS sure_key, sum(n_possible) AS n_possible, sum(possible_key) AS possible_key
    FROM by_region
    GROUP BY measure_code, region_code, cut, group_code
),

protected AS (
    SELECT c.measure_code, c.region_code, c.region_level, c.cut, c.group_code, c.has_data, c.n_counties_missing,
        protected_count(k.n_population, k.population_key, $small_cell, $rounding_base) AS n_population,
        protected_count(k.n_excluded, k.excluded_key, $small_cell, $rounding_base) AS n_excluded,
        CASE WHEN c.has_data THEN protected_count(k.n_numerator + k.n_uncovered, k.numerator_key + k.uncovered_key, $small_cell, $rounding_base) END AS n_denominator,
        CASE WHEN c.has_data THEN protected_count(k.n_numerator, k.numerator_key, $small_cell, $rounding_base) END AS n_numerator,
        CASE WHEN c.has_data THEN protected_count(k.n_uncovered, k.uncovered_key, $small_cell, $rounding_base) END AS n_uncovered,
        CASE WHEN c.has_data THEN protected_count(k.n_sure, k.sure_key, $small_cell, $rounding_base) END AS n_sure,
        CASE WHEN c.has_data THEN protected_count(k.n_possible, k.possible_key, $small_cell, $rounding_base) END AS n_possible
    FROM mart_coverage AS c
    LEFT JOIN counted AS k ON k.measure_code = c.measure_code AND k.region_code = c.region_code AND k.cut = c.cut AND k.group_code = c.group_code
    WHERE c.region_level IN ('province', 'city', 'county')
),

-- Noise may show a part larger than its whole: the whole then stands for both.
whole AS (
    SELECT measure_code, region_code, region_level, cut, group_code, has_data, n_counties_missing, n_population, n_numerator, n_uncovered, n_sure, n_possible,
        CASE WHEN n_excluded > n_population THEN n_population WHEN n_population IS NOT NULL THEN n_excluded END AS n_excluded,
        CASE WHEN n_denominator > n_population THEN n_population WHEN n_population IS NOT NULL THEN n_denominator END AS n_denominator
    FROM protected
    WHERE cut = 'total' OR n_population IS NOT NULL
),

parts AS (
    SELECT measure_code, region_code, region_level, cut, group_code, has_data, n_counties_missing, n_population, n_excluded, n_denominator, n_sure, n_possible,
        CASE WHEN n_numerator > n_denominator THEN n_denominator WHEN n_denominator IS NOT NULL THEN n_numerator END AS n_numerator,
        CASE WHEN n_uncovered > n_denominator THEN n_denominator WHEN n_denominator IS NOT NULL THEN n_uncovered END AS n_uncovered
    FROM whole
),

-- Nothing is said of the ends of a numerator that is not shown.
ends AS (
    SELECT measure_code, region_code, region_level, cut, group_code, has_data, n_counties_missing, n_population, n_excluded, n_denominator, n_numerator, n_uncovered,
        CASE WHEN n_sure > n_numerator THEN n_numerator WHEN n_numerator IS NOT NULL THEN n_sure END AS n_numerator_low,
        CASE WHEN n_possible > n_denominator THEN n_denominator WHEN n_possible > n_numerator THEN n_possible ELSE n_numerator END AS n_numerator_high
    FROM parts
)

SELECT
    $quarter AS quarter, measure_code, region_code, region_level, cut, group_code, n_population, n_denominator, n_numerator, n_uncovered,
    n_numerator_low, n_numerator_high, n_excluded,
    CASE WHEN n_denominator >= $rate_from_people THEN rate(n_numerator, n_denominator) END AS coverage_rate,
    CASE WHEN n_denominator >= $rate_from_people THEN rate(n_numerator_low, n_denominator) END AS coverage_low_rate,
    CASE WHEN n_denominator >= $rate_from_people THEN rate(n_numerator_high, n_denominator) END AS coverage_high_rate,
    has_data, n_counties_missing
FROM ends
