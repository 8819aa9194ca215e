-- survey_score 满意度得分
-- metrics.md gives the name only; architecture.md: "a mean is sum over count". Sum of scores ÷ answers with a score, of
-- the customers asked in the month.
WITH counted AS (
    SELECT store, advisor AS person, score AS numerator, 1 AS denominator
    FROM surveys
    WHERE asked_on >= getvariable('month_first') AND asked_on < getvariable('next_month_first')
        AND score IS NOT NULL
)
SELECT level, subject, sum(numerator) AS numerator, sum(denominator) AS denominator
FROM (
    SELECT 'person' AS level, person AS subject, numerator, denominator FROM counted WHERE person IS NOT NULL
    UNION ALL
    SELECT 'store', store, numerator, denominator FROM counted
)
GROUP BY level, subject
ORDER BY level, subject;
