-- labour_lost 工时费坏账
-- commission.md: "the same of orders written off that were paid by before: not on account, or paid", in the month
-- of "writing off". Taken as it stands behind the colon: it is not asked whether an order that is not on account
-- was settled, nor whether one on account was paid before the day of writing off or after it.
WITH counted AS (
    SELECT store, advisor AS person, coalesce(labour_amount, 0) AS numerator
    FROM repair_orders
    WHERE kind IS DISTINCT FROM 'internal'
        AND (on_account IS NOT TRUE OR paid_on IS NOT NULL)
        AND bad_debt_on >= getvariable('month_first') AND bad_debt_on < getvariable('next_month_first')
)
SELECT level, subject, sum(numerator) AS numerator, NULL AS denominator
FROM (
    SELECT 'person' AS level, person AS subject, numerator FROM counted WHERE person IS NOT NULL
    UNION ALL
    SELECT 'store', store, numerator FROM counted
)
GROUP BY level, subject
ORDER BY level, subject;
