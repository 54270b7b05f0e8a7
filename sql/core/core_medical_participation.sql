-- table:    core_medical_participation
-- grain:    one row per (delivery_id, file_name, line_number): a row of basic medical insurance whose ID belongs to a record of the universe
-- reads:    staged_medical_insurance__participation, core_record
-- quarters: this
-- rule:     basic medical insurance only (310, 390): supplements, cadres' care and maternity insurance are none; without its own flag a row is marked poor by its identity; the tens of millions of insured are read only where their ID meets the universe
SELECT
    p.delivery_id, p.file_name, p.line_number, p.person_number AS record_number, p.id_key, p.id_class,
    coalesce(p.name, '') AS name, p.scheme_code, p.state_code, coalesce(p.has_poor_mark, p.identity_code = '3') AS has_poor_mark
FROM staged_medical_insurance__participation AS p
WHERE p.scheme_code IN ('310', '390') AND p.id_key IN (SELECT id_key FROM core_record WHERE id_key IS NOT NULL)
