-- table:    core_medical_participation
-- grain:    one row per (delivery_id, file_name, line_number): a row of basic medical insurance that may be about a person of the universe
-- reads:    staged_medical_insurance__participation, core_record, core_sought_name
-- quarters: this
-- rule:     basic medical insurance only (310, 390): supplements, cadres' care and maternity insurance are none; without its own flag a row is marked poor by its identity; of the tens of millions of insured only those are read whose ID belongs to a record of the universe, who have no usable ID, who are namesakes in the county of a record that has none or shares its own with another name, or who have the name and all but one part of the number of a record whose own number is not among them
-- Only whose number is not there at all may be there under another one.
WITH held AS (
    SELECT DISTINCT id_key FROM staged_medical_insurance__participation
    WHERE scheme_code IN ('310', '390') AND id_key IN (SELECT id_key FROM core_record WHERE id_key IS NOT NULL)
),

absent AS (
    SELECT DISTINCT r.name, substr(r.id_key, 1, 6) AS area, substr(r.id_key, 7, 8) AS birth, substr(r.id_key, 15, 3) AS sequence
    FROM core_record AS r
    LEFT JOIN held AS h ON h.id_key = r.id_key
    WHERE r.id_key IS NOT NULL AND r.name <> '' AND h.id_key IS NULL
)

SELECT
    p.delivery_id, p.file_name, p.line_number, p.person_number AS record_number, p.id_key, p.id_class,
    coalesce(p.name, '') AS name, p.scheme_code, p.state_code, coalesce(p.has_poor_mark, p.identity_code = '3') AS has_poor_mark,
    p.id_number, p.county_code, p.sex_code, p.birth_date, p.social_security_number
FROM staged_medical_insurance__participation AS p
WHERE p.scheme_code IN ('310', '390') AND (
    p.id_key IS NULL
    OR p.id_key IN (SELECT id_key FROM core_record WHERE id_key IS NOT NULL)
    OR p.name || p.county_code IN (SELECT name || county_code FROM core_sought_name)
    OR p.name || substr(p.id_key, 1, 14) IN (SELECT name || area || birth FROM absent)
    OR p.name || substr(p.id_key, 7, 11) IN (SELECT name || birth || sequence FROM absent)
    OR p.name || substr(p.id_key, 1, 12) || substr(p.id_key, 15, 3) IN (SELECT name || area || left(birth, 6) || sequence FROM absent)
)
