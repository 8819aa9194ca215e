-- receivable_days 应收账款天数
-- metrics.md: "receivable_days"; "receivables, sales": 30 × receivables ÷ the month's sales.
WITH counted AS (
    SELECT store, 30 * coalesce(receivables, 0) AS numerator, coalesce(sales, 0) AS denominator
    FROM store_month
    WHERE month = strftime(getvariable('month_first'), '%Y-%m')
)
SELECT 'store' AS level, store AS subject, sum(numerator) AS numerator, sum(denominator) AS denominator
FROM counted
GROUP BY store
ORDER BY store;
