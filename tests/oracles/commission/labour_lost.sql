-- labour_lost 坏账工时费
-- commission.md: "labour, parts of receipts […] that say written off", for the advisor, in the month of "the receipt".
WITH counted AS (
    SELECT store, advisor AS person, coalesce(labour_amount, 0) AS numerator
    FROM collections
    WHERE kind = 'lost'
        AND collected_on >= getvariable('month_first') AND collected_on < getvariable('next_month_first')
)
SELECT level, subject, sum(numerator) AS numerator, NULL AS denominator
FROM (
    SELECT 'person' AS level, person AS subject, numerator FROM counted WHERE person IS NOT NULL
    UNION ALL
    SELECT 'store', store, numerator FROM counted
)
GROUP BY level, subject
ORDER BY level, subject;
