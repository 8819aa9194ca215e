-- contract_visits_done 合同上门巡检完成率
-- metrics.md: "contract_visits | one planned call or visit | contract+due_on; kind (call, visit), done_on, by": visits
-- done ÷ visits due in the month.
WITH counted AS (
    SELECT store, "by" AS person, CASE WHEN done_on IS NOT NULL THEN 1 ELSE 0 END AS numerator, 1 AS denominator
    FROM contract_visits
    WHERE due_on >= getvariable('month_first') AND due_on < getvariable('next_month_first') AND kind = 'visit'
)
SELECT level, subject, sum(numerator) AS numerator, sum(denominator) AS denominator
FROM (
    SELECT 'person' AS level, person AS subject, numerator, denominator FROM counted WHERE person IS NOT NULL
    UNION ALL
    SELECT 'store', store, numerator, denominator FROM counted
)
GROUP BY level, subject
ORDER BY level, subject;
