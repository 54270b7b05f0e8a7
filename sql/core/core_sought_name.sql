-- table:    core_sought_name
-- grain:    one row per (name, county_code): a name under which the insured of a county are looked for, whatever their number
-- reads:    core_record
-- quarters: this
-- rule:     the names of records that have no usable ID number, or one that another name bears too
WITH disputed AS (
    SELECT id_key FROM core_record WHERE id_key IS NOT NULL GROUP BY id_key HAVING min(name) <> max(name)
)

SELECT DISTINCT r.name, r.county_code
FROM core_record AS r
LEFT JOIN disputed AS d ON d.id_key = r.id_key
WHERE r.name <> '' AND (r.id_key IS NULL OR d.id_key IS NOT NULL)
