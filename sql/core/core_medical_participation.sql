-- table:    core_medical_participation
-- grain:    one row per (delivery_id, file_name, line_number): an insured row whose ID belongs to a record of the universe
-- reads:    staged_medical_insurance__participation, core_record
-- quarters: this
-- rule:     the tens of millions of insured are read only where their ID meets the universe
SELECT
    p.delivery_id, p.file_name, p.line_number, p.person_number AS record_number, p.id_key, p.id_class,
    coalesce(p.name, '') AS name, p.scheme_code, p.state_code, p.has_poor_mark
FROM staged_medical_insurance__participation AS p
WHERE p.id_key IN (SELECT id_key FROM core_record WHERE id_key IS NOT NULL)
