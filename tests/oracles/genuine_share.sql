-- genuine_share 原厂件占比
-- metrics.md: "genuine_share"; "genuine, sales, profit": sales of genuine parts ÷ sales of all parts in the month.
WITH counted AS (
    SELECT
        store,
        CASE WHEN genuine THEN coalesce(sales, 0) ELSE 0 END AS numerator,
        coalesce(sales, 0) AS denominator
    FROM parts_stock
    WHERE month = strftime(getvariable('month_first'), '%Y-%m')
)
SELECT 'store' AS level, store AS subject, sum(numerator) AS numerator, sum(denominator) AS denominator
FROM counted
GROUP BY store
ORDER BY store;
