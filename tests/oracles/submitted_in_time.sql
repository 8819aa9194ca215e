-- submitted_in_time 数据按时报送率
-- metrics.md: "submitted_in_time (figures handed on by their deadline)": submitted by due_at ÷ figures to hand on for
-- the month.
WITH counted AS (
    SELECT
        store,
        employee_id AS person,
        CASE WHEN submitted_at <= due_at THEN 1 ELSE 0 END AS numerator,
        1 AS denominator
    FROM submissions
    WHERE month = strftime(getvariable('month_first'), '%Y-%m')
)
SELECT level, subject, sum(numerator) AS numerator, sum(denominator) AS denominator
FROM (
    SELECT 'person' AS level, person AS subject, numerator, denominator FROM counted WHERE person IS NOT NULL
    UNION ALL
    SELECT 'store', store, numerator, denominator FROM counted
)
GROUP BY level, subject
ORDER BY level, subject;
