-- accessories_margin 精品毛利率
-- metrics.md: "accessories_margin"; "amount, cost": (amount − cost) ÷ amount of the month's sales.
WITH counted AS (
    SELECT
        store,
        seller AS person,
        coalesce(amount, 0) - coalesce(cost, 0) AS numerator,
        coalesce(amount, 0) AS denominator
    FROM accessories
    WHERE sold_on >= getvariable('month_first') AND sold_on < getvariable('next_month_first')
)
SELECT level, subject, sum(numerator) AS numerator, sum(denominator) AS denominator
FROM (
    SELECT 'person' AS level, person AS subject, numerator, denominator FROM counted WHERE person IS NOT NULL
    UNION ALL
    SELECT 'store', store, numerator, denominator FROM counted
)
GROUP BY level, subject
ORDER BY level, subject;
