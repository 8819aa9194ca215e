-- cost_per_visit 次均拜访费用 (given in prose)
-- metrics.md: "minutes/revenue/cost per visit": cost ÷ visits of the month.
WITH counted AS (
    SELECT store, salesperson AS person, coalesce(cost, 0) AS numerator, 1 AS denominator
    FROM visits
    WHERE visited_on >= getvariable('month_first') AND visited_on < getvariable('next_month_first')
)
SELECT level, subject, sum(numerator) AS numerator, sum(denominator) AS denominator
FROM (
    SELECT 'person' AS level, person AS subject, numerator, denominator FROM counted WHERE person IS NOT NULL
    UNION ALL
    SELECT 'store', store, numerator, denominator FROM counted
)
GROUP BY level, subject
ORDER BY level, subject;
