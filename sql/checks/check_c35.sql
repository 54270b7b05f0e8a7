-- table:    check_c35
-- grain:    one row per (subject_code, finding_code, system, entity, delivery_id, file_name, line_number): a resident pension paid below the minimum, by the payment
-- reads:    core_person_quarter, core_parameter, core_person_row, staged_social_insurance__benefit
-- quarters: this
-- rule:     低于最低待遇标准: resident pension (170) of which the basic part, or where the file does not tell it the whole, is below the minimum of the person's county on the quarter's last day; a row that stands alone in its quarter covers the months it says were paid, three at most; the amount is what is missing
WITH paid AS (
    SELECT r.person_key, coalesce(b.basic_amount, b.benefit_amount) AS monthly_amount, b.delivery_id, b.file_name, b.line_number,
        CASE
            WHEN count(*) OVER (PARTITION BY r.person_key, b.person_number, b.scheme_code) = 1 THEN least(greatest(coalesce(b.months_paid, 1), 1), 3)
            ELSE 1
        END AS n_months
    FROM staged_social_insurance__benefit AS b
    JOIN core_person_row AS r
        ON r.system = 'social_insurance' AND r.entity = 'benefit'
        AND r.delivery_id = b.delivery_id AND r.file_name = b.file_name AND r.line_number = b.line_number
    WHERE b.scheme_code = '170'
        AND (b.pay_mark_code = '40' OR (b.pay_mark_code IS NULL AND b.benefit_state_code = '1'))
)

SELECT
    p.person_key AS subject_code, p.person_key, q.county_code, 'below_minimum' AS finding_code,
    'social_insurance' AS system, 'benefit' AS entity, p.delivery_id, p.file_name, p.line_number,
    CAST(p.n_months AS BIGINT) AS n_months, CAST((m.basic_pension_minimum_amount - p.monthly_amount) * p.n_months AS DECIMAL(18, 2)) AS finding_amount
FROM paid AS p
JOIN core_person_quarter AS q ON q.person_key = p.person_key
LEFT JOIN core_parameter AS k ON k.region_code = q.county_code
JOIN core_parameter AS m ON m.region_code = coalesce(k.region_code, '36')
WHERE p.monthly_amount > 0 AND p.monthly_amount < m.basic_pension_minimum_amount
