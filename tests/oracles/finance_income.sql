-- finance_income 金融业务收入
-- commission.md, Side business: "income to the store" of the month's deals of that kind, for who sold them.
WITH counted AS (
    SELECT store, seller AS person, coalesce(income, 0) AS numerator
    FROM side_business
    WHERE kind = 'finance'
        AND dealt_on >= getvariable('month_first') AND dealt_on < getvariable('next_month_first')
)
SELECT level, subject, sum(numerator) AS numerator, NULL AS denominator
FROM (
    SELECT 'person' AS level, person AS subject, numerator FROM counted WHERE person IS NOT NULL
    UNION ALL
    SELECT 'store', store, numerator FROM counted
)
GROUP BY level, subject
ORDER BY level, subject;
