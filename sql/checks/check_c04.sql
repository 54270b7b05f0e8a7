-- table:    check_c04
-- grain:    one row per (subject_code, finding_code, system, entity, delivery_id, file_name, line_number): somebody with a premium paid by government who was in none of the groups entitled, and the payments
-- reads:    core_person_quarter, core_case, core_source_scope, core_person_row, core_pension_payment, staged_social_insurance__payment, staged_disabled_federation__holder
-- quarters: this, previous
-- rule:     不符合条件代缴: a payment of item 11 for this year, not refunded, of a person who in this quarter and, within the year, in the one before is not lifted (预脱贫 and 返贫 included), on 低保, 特困 or of disability grade 1 or 2; judged when the payment is first seen, since earlier quarters are not seen, and carried while nothing changes; only where register, civil affairs and social insurance have spoken, and of the disability the federation, or the register says there is none
WITH spoken AS (
    SELECT county_code,
        bool_and(has_data) FILTER (WHERE system IN ('poverty_register', 'civil_affairs', 'social_insurance')) AS has_groups,
        bool_or(has_data) FILTER (WHERE system = 'disabled_federation') AS has_disabled
    FROM core_source_scope
    GROUP BY county_code
),

severely_disabled AS (
    SELECT DISTINCT r.person_key
    FROM staged_disabled_federation__holder AS h
    JOIN core_person_row AS r
        ON r.system = 'disabled_federation' AND r.entity = 'holder'
        AND r.delivery_id = h.delivery_id AND r.file_name = h.file_name AND r.line_number = h.line_number
    WHERE h.grade_code IN ('1', '2') AND coalesce(h.state_code, '1') <> '3'
),

-- The year's groups begin in January: nothing is known before.
before AS (
    SELECT person_key, has_premium_subsidy,
        is_minimum_allowance OR is_destitute OR coalesce(poverty_status_code IN ('0', '2', '3'), FALSE) AS was_entitled
    FROM previous.core_person_quarter
    WHERE month($last_day) <> 3
),

still_open AS (
    SELECT person_key
    FROM previous.core_case
    WHERE check_code = 'C04' AND case_state_code IN ('new', 'carried', 'reopened', 'not_checked')
),

suspects AS (
    SELECT q.person_key, q.county_code
    FROM core_person_quarter AS q
    JOIN spoken AS s ON s.county_code = q.county_code
    LEFT JOIN severely_disabled AS d ON d.person_key = q.person_key
    LEFT JOIN before AS w ON w.person_key = q.person_key
    LEFT JOIN still_open AS c ON c.person_key = q.person_key
    WHERE q.has_premium_subsidy AND s.has_groups
        AND NOT q.is_minimum_allowance AND NOT q.is_destitute
        AND NOT coalesce(q.poverty_status_code IN ('0', '2', '3'), FALSE)
        AND d.person_key IS NULL AND (coalesce(s.has_disabled, FALSE) OR coalesce(q.health_code, '4') <> '4')
        AND (c.person_key IS NOT NULL OR NOT coalesce(w.was_entitled OR w.has_premium_subsidy, FALSE))
),

paid AS (
    SELECT u.person_key, u.county_code, p.delivery_id, p.file_name, p.line_number, p.paid_amount,
        coalesce(s.payment_type_code, '10') = '20' AS is_refund,
        sum(CASE WHEN s.payment_type_code = '20' THEN -1 ELSE 1 END) OVER (PARTITION BY u.person_key) AS n_paid
    FROM suspects AS u
    JOIN core_person_row AS r ON r.person_key = u.person_key AND r.system = 'social_insurance' AND r.entity = 'payment'
    JOIN core_pension_payment AS p
        ON p.delivery_id = r.delivery_id AND p.file_name = r.file_name AND p.line_number = r.line_number
    JOIN staged_social_insurance__payment AS s
        ON s.delivery_id = p.delivery_id AND s.file_name = p.file_name AND s.line_number = p.line_number
    WHERE p.payment_item_code = '11' AND p.premium_year = $premium_year
)

SELECT
    person_key AS subject_code, person_key, county_code, 'not_entitled' AS finding_code,
    'social_insurance' AS system, 'payment' AS entity, delivery_id, file_name, line_number,
    CAST(NULL AS BIGINT) AS n_months, paid_amount AS finding_amount
FROM paid
WHERE NOT is_refund AND n_paid > 0
