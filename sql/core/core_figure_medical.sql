-- table:    core_figure_medical
-- grain:    one row per (measure_code, figure_code, region_code, cut, group_code): hospital stays of the registered poor of a county
-- reads:    core_person_row, core_person_quarter, staged_medical_insurance__settlement, staged_medical_insurance__filing
-- quarters: this
-- rule:     for disclosure control each figure has the sum of the record keys of whom it counts, and the largest contribution of one of them (1 in a count); a stay is everything settled under one visit number in the quarter; in the county: treated in the person's county; out of area: in another city or province; in one stop: settled once, online; own pay: total less what the four layers pay, over all settlements of the stay (a later one may repeat the total); filed: a filing in force on the day of admission
WITH settled AS (
    SELECT r.person_key, s.visit_number, s.settlement_kind_code, s.treated_place_code, s.admitted_date, s.total_amount,
        coalesce(s.pooled_amount, 0) + coalesce(s.severe_illness_amount, 0) + coalesce(s.commercial_amount, 0) + coalesce(s.assistance_amount, 0) AS paid_amount
    FROM core_person_row AS r
    JOIN staged_medical_insurance__settlement AS s
        ON r.system = 'medical_insurance' AND r.entity = 'settlement'
        AND s.delivery_id = r.delivery_id AND s.file_name = r.file_name AND s.line_number = r.line_number
    WHERE s.medical_type_code IN ('21', '22', '23', '24', '52')
),

stays AS (
    SELECT s.person_key, s.visit_number, q.county_code, min(s.treated_place_code) AS treated_place_code, min(s.admitted_date) AS admitted_date,
        count(*) = 1 AND bool_and(s.settlement_kind_code = '2') AS is_one_stop,
        bool_or(s.settlement_kind_code = '2') AS is_direct,
        max(s.total_amount) AS total_amount,
        sum(s.paid_amount) AS paid_amount
    FROM settled AS s
    JOIN core_person_quarter AS q ON q.person_key = s.person_key
    WHERE q.is_registered
    GROUP BY s.person_key, s.visit_number, q.county_code
),

filed AS (
    SELECT DISTINCT t.person_key, t.visit_number
    FROM stays AS t
    JOIN core_person_row AS r ON r.person_key = t.person_key AND r.system = 'medical_insurance' AND r.entity = 'filing'
    JOIN staged_medical_insurance__filing AS f ON f.delivery_id = r.delivery_id AND f.file_name = r.file_name AND f.line_number = r.line_number
    WHERE coalesce(f.filing_state_code, '1') <> '2' AND coalesce(f.start_date, f.filed_date) <= coalesce(t.admitted_date, $last_day)
        AND (f.end_date IS NULL OR f.end_date >= coalesce(t.admitted_date, $first_day))
),

judged AS (
    SELECT t.county_code, t.person_key, t.is_one_stop, t.is_direct, t.total_amount, greatest(t.total_amount - t.paid_amount, 0) AS own_amount, f.person_key IS NOT NULL AS is_filed,
        CASE
            WHEN t.treated_place_code = t.county_code THEN 'in_county'
            WHEN left(t.treated_place_code, 4) = left(t.county_code, 4) THEN 'in_city'
            WHEN t.treated_place_code IS NULL THEN 'unknown'
            ELSE 'out_of_area'
        END AS place_group
    FROM stays AS t
    LEFT JOIN filed AS f ON f.person_key = t.person_key AND f.visit_number = t.visit_number
    WHERE t.county_code IS NOT NULL
),

facts AS (
    SELECT 'M15' AS measure_code, 'one_stop' AS figure_code, county_code, person_key, 'total' AS cut, 'all' AS group_code,
        CAST(CASE WHEN is_one_stop THEN 1 ELSE 0 END AS DECIMAL(18, 2)) AS figure_value, CAST(1 AS DECIMAL(18, 2)) AS figure_base
    FROM judged WHERE place_group = 'in_county'
    UNION ALL
    SELECT 'M16', 'own_pay', county_code, person_key, 'total', 'all', own_amount, total_amount FROM judged
    UNION ALL
    SELECT 'M16', 'own_pay', county_code, person_key, 'treated_place', place_group, own_amount, total_amount FROM judged
    UNION ALL
    SELECT 'M17', 'filed', county_code, person_key, 'total', 'all', CASE WHEN is_filed THEN 1 ELSE 0 END, 1 FROM judged WHERE place_group = 'out_of_area'
    UNION ALL
    SELECT 'M17', 'direct', county_code, person_key, 'total', 'all', CASE WHEN is_direct THEN 1 ELSE 0 END, 1 FROM judged WHERE place_group = 'out_of_area'
),

-- Somebody may have been in hospital several times.
by_person AS (
    SELECT measure_code, figure_code, county_code, cut, group_code, record_key(person_key) AS record_key, sum(figure_value) AS figure_value, sum(figure_base) AS figure_base
    FROM facts
    GROUP BY measure_code, figure_code, county_code, cut, group_code, person_key
)

SELECT measure_code, figure_code, county_code AS region_code, cut, group_code,
    CAST(sum(figure_value) AS DECIMAL(18, 2)) AS figure_value, CAST(sum(figure_base) AS DECIMAL(18, 2)) AS figure_base,
    sum(CASE WHEN figure_value > 0 THEN record_key ELSE 0 END) AS figure_key, CAST(max(figure_value) AS DECIMAL(18, 2)) AS figure_largest,
    sum(CASE WHEN figure_base > 0 THEN record_key ELSE 0 END) AS base_key, CAST(max(figure_base) AS DECIMAL(18, 2)) AS base_largest
FROM by_person
GROUP BY measure_code, figure_code, county_code, cut, group_code
