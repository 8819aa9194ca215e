-- claim_recovery 索赔回款率
-- metrics.md: "claim_recovery"; "amount, paid": paid ÷ claimed, of the claims submitted in the month.
WITH counted AS (
    SELECT store, clerk AS person, coalesce(paid, 0) AS numerator, coalesce(amount, 0) AS denominator
    FROM claims
    WHERE submitted_on >= getvariable('month_first') AND submitted_on < getvariable('next_month_first')
)
SELECT level, subject, sum(numerator) AS numerator, sum(denominator) AS denominator
FROM (
    SELECT 'person' AS level, person AS subject, numerator, denominator FROM counted WHERE person IS NOT NULL
    UNION ALL
    SELECT 'store', store, numerator, denominator FROM counted
)
GROUP BY level, subject
ORDER BY level, subject;
