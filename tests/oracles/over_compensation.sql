-- over_compensation 过度赔付
-- metrics.md: "over_compensation | store | lower"; rulebook.md: "over-compensation 过度赔付". Yuan paid above what was due
-- to the customer, over the complaints received in the month; paying less elsewhere does not make up for it.
WITH counted AS (
    SELECT store, greatest(compensation_paid - compensation_due, 0) AS numerator
    FROM complaints
    WHERE received_at >= getvariable('utc_begin') AND received_at < getvariable('utc_end')
        AND compensation_paid IS NOT NULL AND compensation_due IS NOT NULL
)
SELECT 'store' AS level, store AS subject, sum(numerator) AS numerator, NULL AS denominator
FROM counted
GROUP BY store
ORDER BY store;
