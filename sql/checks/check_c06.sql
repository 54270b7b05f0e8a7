-- table:    check_c06
-- grain:    one row per (subject_code, finding_code, system, entity, delivery_id, file_name, line_number): somebody who paid into the resident and an employee pension for the same months, and the payments
-- reads:    core_person_quarter, core_person_row, core_pension_payment, core_pension_participation, staged_social_insurance__payment, staged_social_insurance__contribution
-- quarters: this
-- rule:     居保×职保: a contribution to an employee scheme (110, 120) for a month that a payment of one's own (item 1) into the resident pension covers: the months it names; where it names none, those of its year, but only of a person who is paying in both schemes now (whoever changed scheme in the year has paid rightly); refunds are taken off; a month stands on its first contribution, the amount on the resident payment
WITH contributions AS (
    SELECT r.person_key, c.period_month, c.delivery_id, c.file_name, c.line_number
    FROM staged_social_insurance__contribution AS c
    JOIN core_person_row AS r
        ON r.system = 'social_insurance' AND r.entity = 'contribution'
        AND r.delivery_id = c.delivery_id AND r.file_name = c.file_name AND r.line_number = c.line_number
    WHERE c.scheme_code IN ('110', '120') AND coalesce(c.payment_type_code, '10') <> '20'
        AND coalesce(c.personal_amount, c.employer_amount, 1) > 0
),

contributors AS (
    SELECT DISTINCT person_key FROM contributions
),

own AS (
    SELECT r.person_key, p.premium_year, p.delivery_id, p.file_name, p.line_number
    FROM contributors AS w
    JOIN core_person_row AS r ON r.person_key = w.person_key AND r.system = 'social_insurance' AND r.entity = 'payment'
    JOIN core_pension_payment AS p
        ON p.delivery_id = r.delivery_id AND p.file_name = r.file_name AND p.line_number = r.line_number
    WHERE p.payment_item_code = '1'
),

payments AS (
    SELECT o.person_key, o.premium_year, o.delivery_id, o.file_name, o.line_number, s.start_month, s.end_month, s.paid_amount,
        coalesce(s.payment_type_code, '10') = '20' AS is_refund,
        sum(CASE WHEN s.payment_type_code = '20' THEN -1 ELSE 1 END) OVER (PARTITION BY o.person_key, o.premium_year) AS n_paid
    FROM own AS o
    JOIN staged_social_insurance__payment AS s
        ON s.delivery_id = o.delivery_id AND s.file_name = o.file_name AND s.line_number = o.line_number
),

paying AS (
    SELECT r.person_key
    FROM contributors AS w
    JOIN core_person_row AS r ON r.person_key = w.person_key AND r.system = 'social_insurance' AND r.entity = 'participation'
    JOIN core_pension_participation AS p
        ON p.delivery_id = r.delivery_id AND p.file_name = r.file_name AND p.line_number = r.line_number
    WHERE p.participation_state_code = '1' AND p.payment_state_code = '1'
    GROUP BY r.person_key
    HAVING bool_or(p.scheme_code = '170') AND bool_or(p.scheme_code IN ('110', '120'))
),

pairs AS (
    SELECT c.person_key, c.period_month, c.delivery_id, c.file_name, c.line_number,
        p.delivery_id AS payment_delivery_id, p.file_name AS payment_file_name, p.line_number AS payment_line_number, p.paid_amount
    FROM payments AS p
    JOIN contributions AS c ON c.person_key = p.person_key
    LEFT JOIN paying AS a ON a.person_key = p.person_key
    WHERE NOT p.is_refund AND p.n_paid > 0
        AND CASE
            WHEN p.start_month IS NULL OR p.end_month IS NULL
                THEN a.person_key IS NOT NULL AND substr(c.period_month, 1, 4) = CAST(p.premium_year AS VARCHAR)
            ELSE c.period_month >= p.start_month AND c.period_month <= p.end_month
        END
),

months AS (
    SELECT person_key, delivery_id, file_name, line_number,
        row_number() OVER (PARTITION BY person_key, period_month ORDER BY delivery_id, file_name, line_number) AS position
    FROM (SELECT DISTINCT person_key, period_month, delivery_id, file_name, line_number FROM pairs) AS contributed
),

evidence AS (
    SELECT person_key, 'contribution' AS entity, delivery_id, file_name, line_number,
        CASE WHEN position = 1 THEN 1 END AS n_months, CAST(NULL AS DECIMAL(18, 2)) AS finding_amount
    FROM months
    UNION ALL
    SELECT DISTINCT person_key, 'payment', payment_delivery_id, payment_file_name, payment_line_number, NULL, paid_amount
    FROM pairs
)

SELECT
    e.person_key AS subject_code, e.person_key, q.county_code, 'both_schemes' AS finding_code,
    'social_insurance' AS system, e.entity, e.delivery_id, e.file_name, e.line_number,
    CAST(e.n_months AS BIGINT) AS n_months, e.finding_amount
FROM evidence AS e
JOIN core_person_quarter AS q ON q.person_key = e.person_key
