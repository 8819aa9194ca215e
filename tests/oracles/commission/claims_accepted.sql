-- claims_accepted 索赔通过金额
-- commission.md: "amount of claims that were accepted", for the clerk, in the month of "submitting".
WITH counted AS (
    SELECT store, clerk AS person, coalesce(amount, 0) AS numerator
    FROM claims
    WHERE accepted AND submitted_on >= getvariable('month_first') AND submitted_on < getvariable('next_month_first')
)
SELECT level, subject, sum(numerator) AS numerator, NULL AS denominator
FROM (
    SELECT 'person' AS level, person AS subject, numerator FROM counted WHERE person IS NOT NULL
    UNION ALL
    SELECT 'store', store, numerator FROM counted
)
GROUP BY level, subject
ORDER BY level, subject;
