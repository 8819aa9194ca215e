-- accessories 精品销售
-- commission.md: "amount of accessories sold", for the seller, in the month of the "sale".
WITH counted AS (
    SELECT store, seller AS person, coalesce(amount, 0) AS numerator
    FROM accessories
    WHERE sold_on >= getvariable('month_first') AND sold_on < getvariable('next_month_first')
)
SELECT level, subject, sum(numerator) AS numerator, NULL AS denominator
FROM (
    SELECT 'person' AS level, person AS subject, numerator FROM counted WHERE person IS NOT NULL
    UNION ALL
    SELECT 'store', store, numerator FROM counted
)
GROUP BY level, subject
ORDER BY level, subject;
