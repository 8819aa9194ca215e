-- aged_stock 呆滞率
-- metrics.md: "aged_stock 呆滞率"; "stock_value, […] aged_days". Value of parts that lay longer than half a year (180 days)
-- ÷ value of all parts at month end. The words state no number of days.
WITH counted AS (
    SELECT
        store,
        CASE WHEN aged_days > 180 THEN coalesce(stock_value, 0) ELSE 0 END AS numerator,
        coalesce(stock_value, 0) AS denominator
    FROM parts_stock
    WHERE month = strftime(getvariable('month_first'), '%Y-%m')
)
SELECT 'store' AS level, store AS subject, sum(numerator) AS numerator, sum(denominator) AS denominator
FROM counted
GROUP BY store
ORDER BY store;
