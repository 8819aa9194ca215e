-- on_time_delivery 准时交车率
-- metrics.md: "finished_at ≤ first_promised_at ÷ finished (a late collection is not late work; a moved promise does not
-- cure)". "÷ finished": every order finished in the month is in the denominator.
WITH counted AS (
    SELECT
        store,
        advisor AS person,
        CASE WHEN finished_at <= first_promised_at THEN 1 ELSE 0 END AS numerator,
        1 AS denominator
    FROM repair_orders
    WHERE finished_at >= getvariable('utc_begin') AND finished_at < getvariable('utc_end')
)
SELECT level, subject, sum(numerator) AS numerator, sum(denominator) AS denominator
FROM (
    SELECT 'person' AS level, person AS subject, numerator, denominator FROM counted WHERE person IS NOT NULL
    UNION ALL
    SELECT 'store', store, numerator, denominator FROM counted
)
GROUP BY level, subject
ORDER BY level, subject;
