-- parts_collected 配件费挂账回款
-- commission.md: "the same of orders on account alone", in the month of "being paid". "The same" are orders but
-- internal ones. Whether the bill was settled is not asked.
WITH counted AS (
    SELECT store, advisor AS person, coalesce(parts_amount, 0) AS numerator
    FROM repair_orders
    WHERE kind IS DISTINCT FROM 'internal'
        AND on_account
        AND paid_on >= getvariable('month_first') AND paid_on < getvariable('next_month_first')
)
SELECT level, subject, sum(numerator) AS numerator, NULL AS denominator
FROM (
    SELECT 'person' AS level, person AS subject, numerator FROM counted WHERE person IS NOT NULL
    UNION ALL
    SELECT 'store', store, numerator FROM counted
)
GROUP BY level, subject
ORDER BY level, subject;
