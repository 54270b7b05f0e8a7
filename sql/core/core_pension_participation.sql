-- table:    core_pension_participation
-- grain:    one row per (delivery_id, file_name, line_number): a row of a pension scheme whose ID belongs to a record of the universe
-- reads:    staged_social_insurance__participation, core_record
-- quarters: this
-- rule:     pension schemes only (110, 120, 170): unemployment, injury and maternity insurance are no pension; the tens of millions of insured are read only where their ID meets the universe
SELECT
    p.delivery_id, p.file_name, p.line_number, p.person_number AS record_number, p.id_key, p.id_class,
    coalesce(p.name, '') AS name, p.scheme_code, p.participation_state_code, p.payment_state_code
FROM staged_social_insurance__participation AS p
WHERE p.scheme_code IN ('110', '120', '170') AND p.id_key IN (SELECT id_key FROM core_record WHERE id_key IS NOT NULL)
