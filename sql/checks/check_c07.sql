-- table:    check_c07
-- grain:    one row per (subject_code, finding_code, system, entity, delivery_id, file_name, line_number): somebody to whom two pensions were paid for one month, and the payments
-- reads:    core_person_quarter, core_person_row, staged_social_insurance__benefit
-- quarters: this
-- rule:     重复领取: pensions (110, 120, 170) paid for the same month under two schemes or two personal numbers; a row that stands alone in its quarter covers the months it says were paid, three at most; months and amount stand on every payment but the first, employee schemes before the resident one
WITH paid AS (
    SELECT r.person_key, b.person_number, b.scheme_code, b.benefit_month, b.benefit_amount, b.delivery_id, b.file_name, b.line_number,
        CASE
            WHEN count(*) OVER (PARTITION BY r.person_key, b.person_number, b.scheme_code) = 1 THEN least(greatest(coalesce(b.months_paid, 1), 1), 3)
            ELSE 1
        END AS n_months
    FROM staged_social_insurance__benefit AS b
    JOIN core_person_row AS r
        ON r.system = 'social_insurance' AND r.entity = 'benefit'
        AND r.delivery_id = b.delivery_id AND r.file_name = b.file_name AND r.line_number = b.line_number
    WHERE b.scheme_code IN ('110', '120', '170') AND coalesce(b.benefit_amount, 1) > 0
        AND (b.pay_mark_code = '40' OR (b.pay_mark_code IS NULL AND b.benefit_state_code = '1'))
),

twice AS (
    SELECT person_key, benefit_month, min(n_months) AS n_months
    FROM paid
    GROUP BY person_key, benefit_month
    HAVING count(DISTINCT scheme_code || person_number) > 1
),

placed AS (
    SELECT p.person_key, p.delivery_id, p.file_name, p.line_number, p.benefit_amount, t.n_months,
        row_number() OVER (
            PARTITION BY p.person_key, p.benefit_month
            ORDER BY p.scheme_code, coalesce(p.benefit_amount, 0) DESC, p.delivery_id, p.file_name, p.line_number
        ) AS position
    FROM twice AS t
    JOIN paid AS p ON p.person_key = t.person_key AND p.benefit_month = t.benefit_month
)

SELECT
    p.person_key AS subject_code, p.person_key, q.county_code, 'two_benefits' AS finding_code,
    'social_insurance' AS system, 'benefit' AS entity, p.delivery_id, p.file_name, p.line_number,
    CASE WHEN p.position > 1 THEN CAST(p.n_months AS BIGINT) END AS n_months,
    CASE WHEN p.position > 1 THEN CAST(p.benefit_amount * p.n_months AS DECIMAL(18, 2)) END AS finding_amount
FROM placed AS p
JOIN core_person_quarter AS q ON q.person_key = p.person_key
