-- visits_per_day 日均拜访数
-- metrics.md: "visits_per_day"; "Counts of distinct things […] do not add up over people and units: they are computed
-- per level, never rolled up". Visits of the month ÷ days with a visit, by person and by store.
WITH counted AS (
    SELECT store, salesperson AS person, visited_on
    FROM visits
    WHERE visited_on >= getvariable('month_first') AND visited_on < getvariable('next_month_first')
)
SELECT level, subject, count(*) AS numerator, count(DISTINCT visited_on) AS denominator
FROM (
    SELECT 'person' AS level, person AS subject, visited_on FROM counted WHERE person IS NOT NULL
    UNION ALL
    SELECT 'store', store, visited_on FROM counted
)
GROUP BY level, subject
ORDER BY level, subject;
