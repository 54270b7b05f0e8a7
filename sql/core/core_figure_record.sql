-- table:    core_figure_record
-- grain:    one row per (measure_code, figure_code, region_code, cut, group_code): what a county's records are like, by system
-- reads:    core_source_scope, core_record, core_link_group
-- quarters: this
-- rule:     M46 whether a delivery is in force in the county, and whether it is one of this quarter; when it came is in ops.delivery_timeliness; M47 records that make the universe whose ID number is valid; M48 records that speak of somebody of the universe and are linked, and those that wait for an official, as mart_linkage counts them; records are not disclosed, deliveries as they are: no keys
WITH scope AS (
    SELECT county_code, system, has_data, has_data AND delivery_quarter = $quarter AS is_current FROM core_source_scope
),

records AS (
    SELECT county_code, system, id_key IS NOT NULL AS is_valid FROM core_record
),

linked AS (
    SELECT county_code, system, tier IN ('T1', 'T2', 'T3', 'T5', 'T6', 'official') AS is_linked, is_waiting
    FROM core_link_group
    WHERE entity = 'record' OR is_waiting OR tier NOT IN ('no_usable_id', 'not_found')
),

facts AS (
    SELECT 'M46' AS measure_code, 'in_force' AS figure_code, county_code, system, has_data AS is_so FROM scope
    UNION ALL
    SELECT 'M46', 'current', county_code, system, is_current FROM scope
    UNION ALL
    SELECT 'M47', 'valid', county_code, system, is_valid FROM records
    UNION ALL
    SELECT 'M48', 'linked', county_code, system, is_linked FROM linked
    UNION ALL
    SELECT 'M48', 'waiting', county_code, system, is_waiting FROM linked
)

SELECT measure_code, figure_code, county_code AS region_code, 'system' AS cut, system AS group_code,
    CAST(count(*) FILTER (WHERE is_so) AS DECIMAL(18, 2)) AS figure_value, CAST(count(*) AS DECIMAL(18, 2)) AS figure_base,
    CAST(NULL AS BIGINT) AS figure_key, CAST(NULL AS DECIMAL(18, 2)) AS figure_largest, CAST(NULL AS BIGINT) AS base_key, CAST(NULL AS DECIMAL(18, 2)) AS base_largest
FROM facts
WHERE county_code IS NOT NULL
GROUP BY measure_code, figure_code, county_code, system
UNION ALL
SELECT measure_code, figure_code, county_code, 'total', 'all', CAST(count(*) FILTER (WHERE is_so) AS DECIMAL(18, 2)), CAST(count(*) AS DECIMAL(18, 2)), NULL, NULL, NULL, NULL
FROM facts
WHERE county_code IS NOT NULL
GROUP BY measure_code, figure_code, county_code
