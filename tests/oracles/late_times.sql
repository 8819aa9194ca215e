-- late_times 迟到早退次数 (not in the table of metrics.md)
-- metrics.md: "attendance | one person-month | […] late_times".
WITH counted AS (
    SELECT store, employee_id AS person, coalesce(late_times, 0) AS numerator
    FROM attendance
    WHERE month = strftime(getvariable('month_first'), '%Y-%m')
)
SELECT level, subject, sum(numerator) AS numerator, NULL AS denominator
FROM (
    SELECT 'person' AS level, person AS subject, numerator FROM counted WHERE person IS NOT NULL
    UNION ALL
    SELECT 'store', store, numerator FROM counted
)
GROUP BY level, subject
ORDER BY level, subject;
