-- paint_material_cost 单面辅料成本 (not in the table of metrics.md)
-- Paint materials issued in the month, to whoever took them, over the panels finished in the month by the technician's
-- share.
WITH counted AS (
    SELECT store, taken_by AS person, coalesce(amount, 0) AS numerator, 0 AS denominator
    FROM paint_materials
    WHERE issued_on >= getvariable('month_first') AND issued_on < getvariable('next_month_first')
    UNION ALL
    SELECT store, technician, 0, coalesce(panels * coalesce(share, 1), 0)
    FROM job_lines
    WHERE finished_at >= getvariable('utc_begin') AND finished_at < getvariable('utc_end')
)
SELECT level, subject, sum(numerator) AS numerator, sum(denominator) AS denominator
FROM (
    SELECT 'person' AS level, person AS subject, numerator, denominator FROM counted WHERE person IS NOT NULL
    UNION ALL
    SELECT 'store', store, numerator, denominator FROM counted
)
GROUP BY level, subject
ORDER BY level, subject;
