-- training_done 培训计划完成率
-- metrics.md: "training_done"; rulebook.md: "training-plan completion": planned courses attended ÷ planned courses held
-- in the month.
WITH counted AS (
    SELECT store, employee_id AS person, CASE WHEN attended THEN 1 ELSE 0 END AS numerator, 1 AS denominator
    FROM training
    WHERE held_on >= getvariable('month_first') AND held_on < getvariable('next_month_first') AND planned
)
SELECT level, subject, sum(numerator) AS numerator, sum(denominator) AS denominator
FROM (
    SELECT 'person' AS level, person AS subject, numerator, denominator FROM counted WHERE person IS NOT NULL
    UNION ALL
    SELECT 'store', store, numerator, denominator FROM counted
)
GROUP BY level, subject
ORDER BY level, subject;
