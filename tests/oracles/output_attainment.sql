-- output_attainment 产值达成率
-- metrics.md: "`output_attainment` etc. = sum ÷ its target"; "targets | subject (person, unit)+metric+month; value". The
-- target of the person for the person, of the store for the store.
WITH counted AS (
    SELECT store, technician AS person, coalesce(labour_amount, 0) + coalesce(parts_amount, 0) AS numerator
    FROM repair_orders
    WHERE finished_at >= getvariable('utc_begin') AND finished_at < getvariable('utc_end')
),
reached AS (
    SELECT level, subject, sum(numerator) AS numerator
    FROM (
        SELECT 'person' AS level, person AS subject, numerator FROM counted WHERE person IS NOT NULL
        UNION ALL
        SELECT 'store', store, numerator FROM counted
    )
    GROUP BY level, subject
)
SELECT reached.level, reached.subject, reached.numerator, target.value AS denominator
FROM reached
JOIN targets AS target
    ON target.subject = reached.subject
    AND target.metric = 'output'
    AND target.month = strftime(getvariable('month_first'), '%Y-%m')
ORDER BY reached.level, reached.subject;
