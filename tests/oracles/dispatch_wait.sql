-- dispatch_wait 派工等待
-- metrics.md gives the name only: mean seconds from opened to dispatched, of the orders opened in the month that were
-- dispatched.
WITH counted AS (
    SELECT store, date_diff('second', opened_at, dispatched_at) AS numerator, 1 AS denominator
    FROM repair_orders
    WHERE opened_at >= getvariable('utc_begin') AND opened_at < getvariable('utc_end')
        AND dispatched_at IS NOT NULL
)
SELECT 'store' AS level, store AS subject, sum(numerator) AS numerator, sum(denominator) AS denominator
FROM counted
GROUP BY store
ORDER BY store;
