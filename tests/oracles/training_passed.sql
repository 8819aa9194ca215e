-- training_passed 培训合格率
-- metrics.md: "training_passed"; rulebook.md: "pass rate": courses passed ÷ courses attended, held in the month.
WITH counted AS (
    SELECT store, employee_id AS person, CASE WHEN passed THEN 1 ELSE 0 END AS numerator, 1 AS denominator
    FROM training
    WHERE held_on >= getvariable('month_first') AND held_on < getvariable('next_month_first') AND attended
)
SELECT level, subject, sum(numerator) AS numerator, sum(denominator) AS denominator
FROM (
    SELECT 'person' AS level, person AS subject, numerator, denominator FROM counted WHERE person IS NOT NULL
    UNION ALL
    SELECT 'store', store, numerator, denominator FROM counted
)
GROUP BY level, subject
ORDER BY level, subject;
