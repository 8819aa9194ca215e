-- service_profit 售后利润 (not in the table of metrics.md)
-- metrics.md, absorption: "(service + parts gross)": the store's gross profit of service and of parts.
WITH counted AS (
    SELECT store, coalesce(service_gross, 0) + coalesce(parts_gross, 0) AS numerator
    FROM store_month
    WHERE month = strftime(getvariable('month_first'), '%Y-%m')
)
SELECT 'store' AS level, store AS subject, sum(numerator) AS numerator, NULL AS denominator
FROM counted
GROUP BY store
ORDER BY store;
