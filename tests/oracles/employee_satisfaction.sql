-- employee_satisfaction 员工满意度
-- metrics.md: "employee_satisfaction"; the answers carry no person: satisfied ÷ answers of the month that say whether
-- they are.
WITH counted AS (
    SELECT store, CASE WHEN satisfied THEN 1 ELSE 0 END AS numerator, 1 AS denominator
    FROM employee_survey
    WHERE month = strftime(getvariable('month_first'), '%Y-%m') AND satisfied IS NOT NULL
)
SELECT 'store' AS level, store AS subject, sum(numerator) AS numerator, sum(denominator) AS denominator
FROM counted
GROUP BY store
ORDER BY store;
