-- table:    core_unit_contribution
-- grain:    one row per (delivery_id, file_name, line_number, person_key): a month for which a unit paid employees' insurance for somebody
-- reads:    staged_social_insurance__contribution, core_person_row
-- quarters: this
-- rule:     what was paid back is none, nor is what the insured paid alone (flexible workers): the employer's part is above nothing or, where nobody writes it, the employer is named
SELECT
    r.person_key, c.county_code, c.delivery_id, c.file_name, c.line_number, c.scheme_code, c.employer_name,
    make_date(to_integer(substr(c.period_month, 1, 4)), to_integer(substr(c.period_month, 5, 2)), 1) AS since_date
FROM staged_social_insurance__contribution AS c
JOIN core_person_row AS r
    ON r.system = 'social_insurance' AND r.entity = 'contribution'
    AND r.delivery_id = c.delivery_id AND r.file_name = c.file_name AND r.line_number = c.line_number
WHERE coalesce(c.payment_type_code, '10') <> '20'
    AND (c.employer_amount > 0 OR (c.employer_amount IS NULL AND (c.employer_number IS NOT NULL OR c.employer_name IS NOT NULL)))
