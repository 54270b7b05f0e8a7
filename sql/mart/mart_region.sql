-- table:    mart_region
-- grain:    one row per (quarter, region_code)
-- reads:    core_region
-- quarters: this
-- rule:     every region in force on the quarter's last day by name, down to the village; a code means what it meant in its quarter
SELECT $quarter AS quarter, region_code, region_level, region_name, parent_code, is_poor_county, is_deep_poverty_village
FROM core_region
