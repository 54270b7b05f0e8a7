-- table:    core_pension_payment
-- grain:    one row per (delivery_id, file_name, line_number): a payment row that may be about a person of the universe
-- reads:    staged_social_insurance__payment, core_record, core_sought_name, core_pension_participation
-- quarters: this
-- rule:     all payment items of the resident pension (a row without scheme is of it); which of them is 代缴 is decided where it is counted; read are rows of the people whose participation is, and those chosen in the same way by ID number, name and county
SELECT
    p.delivery_id, p.file_name, p.line_number, p.person_number AS record_number, p.id_key, p.id_class,
    coalesce(p.name, '') AS name, p.premium_year, p.payment_item_code, p.paid_amount,
    p.id_number, p.county_code, p.social_security_number
FROM staged_social_insurance__payment AS p
WHERE coalesce(p.scheme_code, '170') = '170' AND (
    p.id_key IS NULL
    OR p.id_key IN (SELECT id_key FROM core_record WHERE id_key IS NOT NULL)
    OR p.name || p.county_code IN (SELECT name || county_code FROM core_sought_name)
    OR p.person_number IN (SELECT record_number FROM core_pension_participation)
)
