-- appearance 仪容
-- metrics.md: "attendance_rate, appearance, […] | | higher | 98 %, 100 %": a share, better when higher. Person-months
-- without an appearance fault ÷ person-months whose appearance was checked.
WITH counted AS (
    SELECT
        store,
        employee_id AS person,
        CASE WHEN appearance_faults = 0 THEN 1 ELSE 0 END AS numerator,
        1 AS denominator
    FROM attendance
    WHERE month = strftime(getvariable('month_first'), '%Y-%m') AND appearance_faults IS NOT NULL
)
SELECT level, subject, sum(numerator) AS numerator, sum(denominator) AS denominator
FROM (
    SELECT 'person' AS level, person AS subject, numerator, denominator FROM counted WHERE person IS NOT NULL
    UNION ALL
    SELECT 'store', store, numerator, denominator FROM counted
)
GROUP BY level, subject
ORDER BY level, subject;
