-- bay_turns 工位周转
-- metrics.md gives the name only ("bay_turns, […] …"): orders finished in the month ÷ (bays × working days), the turns
-- of one bay in a day; `working_days` stands in store_month for this.
WITH counted AS (
    SELECT store, 1 AS numerator, 0 AS denominator
    FROM repair_orders
    WHERE finished_at >= getvariable('utc_begin') AND finished_at < getvariable('utc_end')
    UNION ALL
    SELECT store, 0, coalesce(bays * working_days, 0)
    FROM store_month
    WHERE month = strftime(getvariable('month_first'), '%Y-%m')
)
SELECT 'store' AS level, store AS subject, sum(numerator) AS numerator, sum(denominator) AS denominator
FROM counted
GROUP BY store
ORDER BY store;
