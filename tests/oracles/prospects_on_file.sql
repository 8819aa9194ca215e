-- prospects_on_file 在档意向客户
-- metrics.md: "prospects_on_file"; rulebook.md: "prospects on file per salesperson […] ≥ 100". On file at month end:
-- registered, came by then, neither won nor lost by then.
WITH counted AS (
    SELECT store, salesperson AS person, 1 AS numerator
    FROM sales_leads
    WHERE came_on < getvariable('next_month_first')
        AND registered
        AND (won_on IS NULL OR won_on >= getvariable('next_month_first'))
        AND (lost_on IS NULL OR lost_on >= getvariable('next_month_first'))
)
SELECT level, subject, sum(numerator) AS numerator, NULL AS denominator
FROM (
    SELECT 'person' AS level, person AS subject, numerator FROM counted WHERE person IS NOT NULL
    UNION ALL
    SELECT 'store', store, numerator FROM counted
)
GROUP BY level, subject
ORDER BY level, subject;
