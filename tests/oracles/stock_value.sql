-- stock_value 库存金额
-- metrics.md: "stock_value"; "parts_stock | one part at month end": value of all parts at month end.
WITH counted AS (
    SELECT store, coalesce(stock_value, 0) AS numerator
    FROM parts_stock
    WHERE month = strftime(getvariable('month_first'), '%Y-%m')
)
SELECT 'store' AS level, store AS subject, sum(numerator) AS numerator, NULL AS denominator
FROM counted
GROUP BY store
ORDER BY store;
