-- table:    bi_figure
-- grain:    one row per (quarter, measure_code, figure_code, region_code, cut, group_code)
-- reads:    core_figure, bi_coverage
-- quarters: this
-- rule:     mart_figure of province, city and county: what counts people or is theirs is protected by itself (protected_amount), so that sums need not add; what bodies and deliveries are is shown as it is; a part is shown as no larger than its whole, and not at all where the whole is not; a group of which nothing can be shown has no row, a region always has its total; rates and the day a target is reached come from the protected figures, rates only of $rate_from_people people, or so many times the largest contribution of one; M41 is what the rates of bi_coverage differ by; no single carriers
WITH shown AS (
    SELECT measure_code, figure_code, region_code, region_level, cut, group_code, base_kind, disclosure_code,
        has_data, n_counties_missing, base_largest,
        CASE WHEN disclosure_code = 'open' THEN figure_value ELSE protected_amount(figure_value, figure_largest, figure_key, $small_cell, $rounding_base) END AS figure_value,
        CASE
            WHEN disclosure_code = 'open' OR base_kind = 'target' THEN figure_base
            ELSE protected_amount(figure_base, base_largest, base_key, $small_cell, $rounding_base)
        END AS figure_base
    FROM core_figure
    WHERE disclosure_code <> 'withheld' AND cut <> 'carrier'
),

-- Noise may show a part larger than its whole: the whole then stands for both.
parts AS (
    SELECT measure_code, figure_code, region_code, region_level, cut, group_code, base_kind, disclosure_code, has_data, n_counties_missing, figure_base, base_largest,
        CASE WHEN base_kind <> 'part' THEN figure_value WHEN figure_value > figure_base THEN figure_base WHEN figure_base IS NOT NULL THEN figure_value END AS figure_value
    FROM shown
)

SELECT
    $quarter AS quarter, measure_code, figure_code, region_code, region_level, cut, group_code, figure_value, figure_base,
    CASE
        WHEN disclosure_code = 'open' OR base_kind = 'target' OR figure_base >= $rate_from_people * base_largest THEN quotient(figure_value, figure_base)
    END AS figure_rate,
    CASE WHEN base_kind = 'target' THEN day_reached(figure_value, figure_base, $placement_start_date, $last_day) END AS reached_date,
    has_data, n_counties_missing
FROM parts
WHERE cut = 'total' OR disclosure_code = 'open' OR figure_value IS NOT NULL OR figure_base IS NOT NULL
UNION ALL
SELECT
    $quarter AS quarter, 'M41' AS measure_code, 'gap' AS figure_code, d.region_code, d.region_level, 'measure' AS cut, d.measure_code AS group_code,
    CAST((d.coverage_rate - o.coverage_rate) * 100 AS DECIMAL(18, 2)), CAST(NULL AS DECIMAL(18, 2)), CAST(NULL AS DECIMAL(9, 6)),
    CAST(NULL AS DATE), TRUE, d.n_counties_missing
FROM bi_coverage AS d
JOIN bi_coverage AS o
    ON o.measure_code = d.measure_code AND o.region_code = d.region_code AND o.cut = d.cut AND o.group_code = 'other'
WHERE d.cut = 'deep_poverty_village' AND d.group_code = 'deep' AND d.coverage_rate IS NOT NULL AND o.coverage_rate IS NOT NULL
