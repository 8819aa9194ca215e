-- exam_score 培训考试成绩
-- metrics.md: "exam_score"; architecture.md: "a mean is sum over count": scores ÷ courses with a score, held in the
-- month.
WITH counted AS (
    SELECT store, employee_id AS person, exam_score AS numerator, 1 AS denominator
    FROM training
    WHERE held_on >= getvariable('month_first') AND held_on < getvariable('next_month_first')
        AND exam_score IS NOT NULL
)
SELECT level, subject, sum(numerator) AS numerator, sum(denominator) AS denominator
FROM (
    SELECT 'person' AS level, person AS subject, numerator, denominator FROM counted WHERE person IS NOT NULL
    UNION ALL
    SELECT 'store', store, numerator, denominator FROM counted
)
GROUP BY level, subject
ORDER BY level, subject;
