-- table:    check_c05
-- grain:    one row per (subject_code, finding_code, system, entity, delivery_id, file_name, line_number): somebody for whom government paid the premium of one year twice, and the payments
-- reads:    core_person_quarter, core_person_row, core_pension_payment, staged_social_insurance__payment
-- quarters: this
-- rule:     重复代缴: two payments of item 11 for one premium year, refunds taken off, of different counties or under different identities (a payment of one's own beside is lawful); the amount stands on every payment after the first
WITH paid AS (
    SELECT r.person_key, p.premium_year, p.delivery_id, p.file_name, p.line_number
    FROM core_pension_payment AS p
    JOIN core_person_row AS r
        ON r.system = 'social_insurance' AND r.entity = 'payment'
        AND r.delivery_id = p.delivery_id AND r.file_name = p.file_name AND r.line_number = p.line_number
    WHERE p.payment_item_code = '11'
),

several AS (
    SELECT person_key, premium_year FROM paid GROUP BY person_key, premium_year HAVING count(*) > 1
),

payments AS (
    SELECT p.person_key, p.premium_year, p.delivery_id, p.file_name, p.line_number, s.county_code, s.identity_code, s.paid_amount, s.booked_date,
        coalesce(s.payment_type_code, '10') = '20' AS is_refund
    FROM several AS v
    JOIN paid AS p ON p.person_key = v.person_key AND p.premium_year = v.premium_year
    JOIN staged_social_insurance__payment AS s
        ON s.delivery_id = p.delivery_id AND s.file_name = p.file_name AND s.line_number = p.line_number
),

twice AS (
    SELECT person_key, premium_year
    FROM payments
    GROUP BY person_key, premium_year
    HAVING sum(CASE WHEN is_refund THEN -1 ELSE 1 END) > 1
        AND (count(DISTINCT CASE WHEN NOT is_refund THEN county_code END) > 1 OR count(DISTINCT CASE WHEN NOT is_refund THEN identity_code END) > 1)
),

placed AS (
    SELECT p.person_key, p.delivery_id, p.file_name, p.line_number, p.paid_amount,
        row_number() OVER (
            PARTITION BY p.person_key, p.premium_year
            ORDER BY coalesce(p.booked_date, DATE '9999-12-31'), p.delivery_id, p.file_name, p.line_number
        ) AS position
    FROM twice AS t
    JOIN payments AS p ON p.person_key = t.person_key AND p.premium_year = t.premium_year
    WHERE NOT p.is_refund
)

SELECT
    p.person_key AS subject_code, p.person_key, q.county_code, 'paid_twice' AS finding_code,
    'social_insurance' AS system, 'payment' AS entity, p.delivery_id, p.file_name, p.line_number,
    CAST(NULL AS BIGINT) AS n_months, CASE WHEN p.position > 1 THEN p.paid_amount END AS finding_amount
FROM placed AS p
JOIN core_person_quarter AS q ON q.person_key = p.person_key
