-- maintenance_retention 维修保持率
-- metrics.md: "return_rate 回厂率; maintenance_retention 维修保持率 | vehicles in care that came in the last 12 months ÷
-- vehicles in care". Both names carry the one formula.
WITH counted AS (
    SELECT
        care.store,
        care.keeper AS person,
        CASE WHEN EXISTS (
            SELECT 1
            FROM repair_orders AS visit
            WHERE visit.vin = care.vin
                AND timezone(getvariable('time_zone'), visit.opened_at)
                    >= getvariable('month_first') - INTERVAL 11 MONTH
                AND timezone(getvariable('time_zone'), visit.opened_at) < getvariable('next_month_first')
        ) THEN 1 ELSE 0 END AS numerator,
        1 AS denominator
    FROM vehicles_in_care AS care
    WHERE care.month = strftime(getvariable('month_first'), '%Y-%m')
)
SELECT level, subject, sum(numerator) AS numerator, sum(denominator) AS denominator
FROM (
    SELECT 'person' AS level, person AS subject, numerator, denominator FROM counted WHERE person IS NOT NULL
    UNION ALL
    SELECT 'store', store, numerator, denominator FROM counted
)
GROUP BY level, subject
ORDER BY level, subject;
