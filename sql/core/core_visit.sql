-- table:    core_visit
-- grain:    one row per (delivery_id, file_name, line_number): what a visit found, as its office wrote it down
-- reads:    staged_verification_feedback__finding, core_case_number, core_case, core_person
-- quarters: this, previous
-- rule:     one code for each kind of answer, Hunan's among them (domain.md §5.3: N left, N10 to N15 covered elsewhere, A settled, P pending, E error, X other); a list that went out shows no whole ID number: then the case's number says of whom it is; who does not say when was there in the quarter
SELECT
    f.delivery_id, f.file_name, f.line_number, coalesce(n.case_code, f.issue_number) AS issue_number, coalesce(f.check_code, c.check_code) AS check_code,
    coalesce(f.id_key, p.id_key) AS id_key, coalesce(f.name, '') AS name, f.death_month, coalesce(f.verified_date, $first_day) AS found_date,
    CASE f.category_code
        WHEN '200' THEN 'N10'
        WHEN '201' THEN 'N12'
        WHEN '202' THEN 'N13'
        WHEN '203' THEN 'N07'
        WHEN '204' THEN 'N06'
        WHEN '205' THEN 'N05'
        WHEN '206' THEN 'N08'
        WHEN '207' THEN 'N01'
        WHEN '208' THEN 'X99'
        WHEN '011' THEN CASE f.outcome_code WHEN '1' THEN 'N15' ELSE 'P01' END
        ELSE f.category_code
    END AS category_code
FROM staged_verification_feedback__finding AS f
LEFT JOIN core_case_number AS n ON n.issue_number = f.issue_number
LEFT JOIN previous.core_case AS c ON c.case_code = n.case_code
LEFT JOIN previous.core_person AS p ON p.person_key = c.person_key
