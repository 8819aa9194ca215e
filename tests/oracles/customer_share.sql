-- customer_share 顾客占有率 (not in the table of metrics.md)
-- rulebook.md 2: "market share, share of customers 市场占有率 顾客占有率 […] measured". The words give no formula. Taken: of
-- the vehicles in care that the house sold (sold_on known), those that came in the last 12 months.
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
    WHERE care.month = strftime(getvariable('month_first'), '%Y-%m') AND care.sold_on IS NOT NULL
)
SELECT level, subject, sum(numerator) AS numerator, sum(denominator) AS denominator
FROM (
    SELECT 'person' AS level, person AS subject, numerator, denominator FROM counted WHERE person IS NOT NULL
    UNION ALL
    SELECT 'store', store, numerator, denominator FROM counted
)
GROUP BY level, subject
ORDER BY level, subject;
