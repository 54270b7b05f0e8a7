"""What the offices' views read: one SELECT a view, in the words that both engines read alike."""

from __future__ import annotations

from collections.abc import Mapping

_ROLL = (
    "core_person_row AS r ON r.person_key = m.person_key AND r.system = 'technical_school' AND r.entity = 'roll'"
    " JOIN staged_technical_school__roll AS s ON s.delivery_id = r.delivery_id AND s.file_name = r.file_name AND s.line_number = r.line_number"
)
_STUDENTS = """
    count(DISTINCT m.person_key) AS n_students,
    count(DISTINCT CASE WHEN m.is_full_time_student THEN m.person_key END) AS n_full_time,
    count(DISTINCT CASE WHEN m.is_registered THEN m.person_key END) AS n_registered,
    count(DISTINCT CASE WHEN m.has_yulu THEN m.person_key END) AS n_with_yulu,
    count(DISTINCT CASE WHEN m.yulu_finding_code = 'yulu_pending' THEN m.person_key END) AS n_yulu_pending,
    count(DISTINCT CASE WHEN m.yulu_finding_code = 'roll_without_yulu' THEN m.person_key END) AS n_without_yulu,
    count(DISTINCT CASE WHEN m.yulu_finding_code = 'yulu_without_register' THEN m.person_key END) AS n_yulu_unregistered,
    count(DISTINCT CASE WHEN m.mark_finding_code = 'mark_without_register' THEN m.person_key END) AS n_mark_unregistered,
    count(DISTINCT CASE WHEN m.mark_finding_code = 'register_without_mark' THEN m.person_key END) AS n_registered_unmarked,
    count(DISTINCT CASE WHEN m.yulu_finding_code = 'no_data' THEN m.person_key END) AS n_no_data"""

QUERIES: Mapping[str, str] = {
    # One row per payment item of the premium year; a payment that names no identity has that of the person's insurance.
    "subsidised": """
WITH identities AS (
    SELECT r.person_key, max(i.identity_code) AS identity_code
    FROM staged_social_insurance__participation AS i
    JOIN core_person_row AS r
        ON r.system = 'social_insurance' AND r.entity = 'participation'
        AND r.delivery_id = i.delivery_id AND r.file_name = i.file_name AND r.line_number = i.line_number
    WHERE i.scheme_code = '170'
    GROUP BY r.person_key
)

SELECT q.county_code, q.town_code, p.person_key, p.name, p.id_key, s.premium_year, coalesce(s.identity_code, i.identity_code) AS identity_code, s.pool_code, s.paid_amount, s.booked_date,
    r.delivery_id, r.file_name, r.line_number, q.is_minimum_allowance, q.is_destitute,
    q.is_registered AND coalesce(
        q.poverty_status_code = '0'
        OR (q.poverty_status_code = '3' AND o.is_returned_not_lifted)
        OR (q.poverty_status_code = '2' AND o.is_pre_lifted_not_lifted), FALSE
    ) AS is_not_lifted
FROM staged_social_insurance__payment AS s
JOIN core_person_row AS r
    ON r.system = 'social_insurance' AND r.entity = 'payment'
    AND r.delivery_id = s.delivery_id AND r.file_name = s.file_name AND r.line_number = s.line_number
JOIN core_person AS p ON p.person_key = r.person_key
JOIN core_person_quarter AS q ON q.person_key = r.person_key
LEFT JOIN identities AS i ON i.person_key = r.person_key
LEFT JOIN core_parameter AS k ON k.region_code = q.county_code
LEFT JOIN core_parameter AS o ON o.region_code = coalesce(k.region_code, '36')
WHERE s.payment_item_code = '11' AND s.premium_year = $premium_year
ORDER BY q.county_code, q.town_code, q.household_number, p.person_key, r.delivery_id, r.file_name, r.line_number""",
    "schools": f"""
SELECT coalesce(s.school_code, '') AS school_code, min(s.school_name) AS school_name,{_STUDENTS}
FROM mart_school_yulu AS m JOIN {_ROLL}
WHERE s.roll_state_code = '1'
GROUP BY coalesce(s.school_code, '')
ORDER BY school_code""",
    "school_cities": f"""
SELECT substr(m.county_code, 1, 4) AS city_code,{_STUDENTS}
FROM mart_school_yulu AS m
WHERE m.is_on_roll
GROUP BY substr(m.county_code, 1, 4)
ORDER BY city_code""",
    "yulu_schools": """
SELECT s.school_name, count(DISTINCT r.person_key) AS n_people,
    count(DISTINCT CASE WHEN m.yulu_finding_code = 'yulu_without_roll' THEN r.person_key END) AS n_not_on_roll,
    sum(s.paid_amount) AS paid_amount
FROM staged_yulu__payment AS s
JOIN core_person_row AS r
    ON r.system = 'yulu' AND r.entity = 'payment'
    AND r.delivery_id = s.delivery_id AND r.file_name = s.file_name AND r.line_number = s.line_number
LEFT JOIN mart_school_yulu AS m ON m.person_key = r.person_key
WHERE s.school_year = $school_year AND s.term_code = $term_code AND s.state_code = '3' AND s.school_type_code = '1'
GROUP BY s.school_name
ORDER BY s.school_name""",
    # Somebody who changed the channel is neither new nor lost.
    "employed": """
WITH this_quarter AS (
    SELECT person_key, county_code, channel_code FROM core_person_quarter WHERE is_registered AND is_employed
),

last_quarter AS (
    SELECT person_key, county_code, channel_code FROM previous.core_person_quarter WHERE is_registered AND is_employed
),

both_quarters AS (
    SELECT coalesce(t.county_code, w.county_code) AS county_code,
        CASE WHEN t.person_key IS NOT NULL THEN t.channel_code ELSE w.channel_code END AS channel_code,
        t.person_key IS NOT NULL AS is_employed, w.person_key IS NOT NULL AS was_employed
    FROM this_quarter AS t
    FULL JOIN last_quarter AS w ON w.person_key = t.person_key
)

SELECT county_code, channel_code,
    count(*) FILTER (WHERE is_employed) AS n_employed,
    count(*) FILTER (WHERE is_employed AND NOT was_employed) AS n_new,
    count(*) FILTER (WHERE was_employed AND NOT is_employed) AS n_lost
FROM both_quarters
GROUP BY county_code, channel_code
ORDER BY county_code, channel_code""",
    # Whoever came through two channels counts once in ALL.
    "employed_since_2018": """
WITH jobs AS (
    SELECT q.person_key, q.county_code, s.channel_code
    FROM staged_employment_platform__spell AS s
    JOIN core_person_row AS r
        ON r.system = 'employment_platform' AND r.entity = 'spell'
        AND r.delivery_id = s.delivery_id AND r.file_name = s.file_name AND r.line_number = s.line_number
    JOIN core_person_quarter AS q ON q.person_key = r.person_key
    WHERE q.is_registered AND s.started_date <= $last_day AND (s.ended_date IS NULL OR s.ended_date >= $placement_start_date)
)

SELECT county_code, channel_code, count(DISTINCT person_key) AS n_since_2018 FROM jobs GROUP BY county_code, channel_code
UNION ALL
SELECT county_code, 'ALL', count(DISTINCT person_key) FROM jobs GROUP BY county_code""",
    "to_verify": """
SELECT q.county_code, count(DISTINCT q.person_key) AS n_people,
    count(DISTINCT CASE WHEN s.verified_date >= $first_day AND s.verified_date <= $last_day THEN q.person_key END) AS n_verified
FROM staged_employment_platform__worker AS s
JOIN core_person_row AS r
    ON r.system = 'employment_platform' AND r.entity = 'worker'
    AND r.delivery_id = s.delivery_id AND r.file_name = s.file_name AND r.line_number = s.line_number
JOIN core_person_quarter AS q ON q.person_key = r.person_key
WHERE q.is_registered
GROUP BY q.county_code
ORDER BY q.county_code""",
}
