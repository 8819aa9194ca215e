-- fill_rate 满足率
-- metrics.md: "fill_rate 满足率"; "demand_lines, filled_lines": filled ÷ demanded lines of the month.
WITH counted AS (
    SELECT store, coalesce(filled_lines, 0) AS numerator, coalesce(demand_lines, 0) AS denominator
    FROM parts_stock
    WHERE month = strftime(getvariable('month_first'), '%Y-%m')
)
SELECT 'store' AS level, store AS subject, sum(numerator) AS numerator, sum(denominator) AS denominator
FROM counted
GROUP BY store
ORDER BY store;
