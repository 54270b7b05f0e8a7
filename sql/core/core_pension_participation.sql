-- table:    core_pension_participation
-- grain:    one row per (delivery_id, file_name, line_number): a row of a pension scheme that may be about a person of the universe
-- reads:    staged_social_insurance__participation, core_record
-- quarters: this
-- rule:     pension schemes only (110, 120, 170): unemployment, injury and maternity insurance are no pension; of the tens of millions of insured only those are read whose ID belongs to a record of the universe, who have no usable ID, or who are namesakes in the county of a record without one
WITH without_id AS (
    SELECT DISTINCT name, county_code FROM core_record WHERE id_key IS NULL AND name <> ''
)

SELECT
    p.delivery_id, p.file_name, p.line_number, p.person_number AS record_number, p.id_key, p.id_class,
    coalesce(p.name, '') AS name, p.scheme_code, p.participation_state_code, p.payment_state_code,
    p.id_number, p.county_code, p.sex_code, p.birth_date, p.phone, p.social_security_number
FROM staged_social_insurance__participation AS p
WHERE p.scheme_code IN ('110', '120', '170') AND (
    p.id_key IS NULL
    OR p.id_key IN (SELECT id_key FROM core_record WHERE id_key IS NOT NULL)
    OR EXISTS (SELECT 1 FROM without_id AS w WHERE w.name = p.name AND w.county_code = p.county_code)
)
