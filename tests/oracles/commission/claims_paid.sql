-- claims_paid 索赔回款
-- commission.md: "amount paid of claims", for the clerk, in the month of "submitting". What was paid counts,
-- whether the claim is marked as accepted or not.
WITH counted AS (
    SELECT store, clerk AS person, coalesce(paid, 0) AS numerator
    FROM claims
    WHERE submitted_on >= getvariable('month_first') AND submitted_on < getvariable('next_month_first')
)
SELECT level, subject, sum(numerator) AS numerator, NULL AS denominator
FROM (
    SELECT 'person' AS level, person AS subject, numerator FROM counted WHERE person IS NOT NULL
    UNION ALL
    SELECT 'store', store, numerator FROM counted
)
GROUP BY level, subject
ORDER BY level, subject;
