-- absorption 服务吸收率
-- metrics.md: "(service + parts gross) ÷ operating expense of the store".
WITH counted AS (
    SELECT
        store,
        coalesce(service_gross, 0) + coalesce(parts_gross, 0) AS numerator,
        coalesce(operating_expense, 0) AS denominator
    FROM store_month
    WHERE month = strftime(getvariable('month_first'), '%Y-%m')
)
SELECT 'store' AS level, store AS subject, sum(numerator) AS numerator, sum(denominator) AS denominator
FROM counted
GROUP BY store
ORDER BY store;
