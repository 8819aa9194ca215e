-- market_share 市场占有率
-- metrics.md: "market_share"; "registrations_in_area, cars_sold": cars sold ÷ registrations in the area.
WITH counted AS (
    SELECT store, coalesce(cars_sold, 0) AS numerator, coalesce(registrations_in_area, 0) AS denominator
    FROM store_month
    WHERE month = strftime(getvariable('month_first'), '%Y-%m')
)
SELECT 'store' AS level, store AS subject, sum(numerator) AS numerator, sum(denominator) AS denominator
FROM counted
GROUP BY store
ORDER BY store;
