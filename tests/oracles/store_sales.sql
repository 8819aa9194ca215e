-- store_sales 营业收入 (not in the table of metrics.md)
-- metrics.md: "store_month | one store-month | […] sales".
WITH counted AS (
    SELECT store, coalesce(sales, 0) AS numerator
    FROM store_month
    WHERE month = strftime(getvariable('month_first'), '%Y-%m')
)
SELECT 'store' AS level, store AS subject, sum(numerator) AS numerator, NULL AS denominator
FROM counted
GROUP BY store
ORDER BY store;
