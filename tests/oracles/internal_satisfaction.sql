-- internal_satisfaction 内部客户满意度
-- metrics.md: "internal_satisfaction"; rulebook.md: "satisfaction of internal customers": satisfied ÷ answers of the
-- month that say whether they are.
WITH counted AS (
    SELECT store, employee_id AS person, CASE WHEN satisfied THEN 1 ELSE 0 END AS numerator, 1 AS denominator
    FROM internal_feedback
    WHERE month = strftime(getvariable('month_first'), '%Y-%m') AND satisfied IS NOT NULL
)
SELECT level, subject, sum(numerator) AS numerator, sum(denominator) AS denominator
FROM (
    SELECT 'person' AS level, person AS subject, numerator, denominator FROM counted WHERE person IS NOT NULL
    UNION ALL
    SELECT 'store', store, numerator, denominator FROM counted
)
GROUP BY level, subject
ORDER BY level, subject;
