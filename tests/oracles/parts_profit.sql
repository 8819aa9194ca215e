-- parts_profit 配件毛利 (not in the table of metrics.md)
-- rulebook.md 2: "parts: genuine, price, service rate, speed of supply, sales, profit"; parts_stock has `profit`.
WITH counted AS (
    SELECT store, coalesce(profit, 0) AS numerator
    FROM parts_stock
    WHERE month = strftime(getvariable('month_first'), '%Y-%m')
)
SELECT 'store' AS level, store AS subject, sum(numerator) AS numerator, NULL AS denominator
FROM counted
GROUP BY store
ORDER BY store;
