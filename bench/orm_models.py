"""The evidence as models of an HR suite in Django's ORM on SQLite: exact integers, indexes for every question asked.

Instants are seconds since 1970, money is in fen, hours and shares are hundredths and thousandths.
"""

from __future__ import annotations

import sys
from pathlib import Path

import django
from django.conf import settings
from django.db import connection, models

from bench.rows import connect, current

if not settings.configured:
    settings.configure(
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": sys.argv[2] + "/orm.sqlite3"}},
        INSTALLED_APPS=[],
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        USE_TZ=True,
    )
    django.setup()


class Order(models.Model):
    """One visit of a vehicle."""

    store = models.CharField(max_length=20)
    ro_no = models.CharField(max_length=20)
    vin = models.CharField(max_length=17)
    opened_at = models.BigIntegerField()
    first_promised_at = models.BigIntegerField(null=True)
    finished_at = models.BigIntegerField(null=True)
    delivered_at = models.BigIntegerField(null=True)
    advisor = models.CharField(max_length=20)
    labour_amount = models.BigIntegerField()
    parts_amount = models.BigIntegerField()

    class Meta:
        """Indexes: an advisor's orders by when they were finished or opened, a vehicle's by when they were opened."""

        app_label = "bench"
        indexes = (
            models.Index(fields=["advisor", "finished_at"], name="order_finished"),
            models.Index(fields=["advisor", "opened_at"], name="order_opened"),
            models.Index(fields=["vin", "opened_at"], name="order_vin"),
            models.Index(fields=["delivered_at"], name="order_delivered"),
        )


class JobLine(models.Model):
    """One technician's share of a job on an order."""

    order = models.ForeignKey(Order, on_delete=models.CASCADE)
    line = models.IntegerField()
    technician = models.CharField(max_length=20)
    fault_system = models.CharField(max_length=20)
    finished_at = models.BigIntegerField(null=True)
    share = models.IntegerField()
    billed_hours = models.BigIntegerField()
    clocked_hours = models.BigIntegerField()
    labour_amount = models.BigIntegerField()

    class Meta:
        """Index: a technician's jobs by when they were finished; those of an order have theirs from the key."""

        app_label = "bench"
        indexes = (models.Index(fields=["technician", "finished_at"], name="line_finished"),)


class Survey(models.Model):
    """One follow-up."""

    advisor = models.CharField(max_length=20)
    asked_on = models.DateField()
    reached = models.BooleanField()
    satisfied = models.BooleanField()

    class Meta:
        """Index: an advisor's follow-ups by day."""

        app_label = "bench"
        indexes = (models.Index(fields=["advisor", "asked_on"], name="survey_asked"),)


class Complaint(models.Model):
    """One complaint."""

    responsible = models.CharField(max_length=20)
    received_at = models.BigIntegerField()
    valid = models.BooleanField()

    class Meta:
        """Index: a person's complaints by time."""

        app_label = "bench"
        indexes = (models.Index(fields=["responsible", "received_at"], name="complaint_received"),)


class Attendance(models.Model):
    """One person-month."""

    employee = models.CharField(max_length=20)
    month = models.CharField(max_length=7)
    scheduled = models.BigIntegerField()
    attended = models.BigIntegerField()

    class Meta:
        """Index: a person's months."""

        app_label = "bench"
        indexes = (models.Index(fields=["employee", "month"], name="attendance_month"),)


_LINES = """
SELECT l._id, line, coalesce(technician, ''), coalesce(fault_system, ''), epoch(l.finished_at)::BIGINT,
  (coalesce(share, 1) * 1000)::BIGINT, (billed_hours * 100)::BIGINT, (clocked_hours * 100)::BIGINT,
  (l.labour_amount * 100)::BIGINT, o._id
FROM ({job_lines}) l JOIN ({repair_orders}) o USING (store, ro_no)"""
_FILL: tuple[tuple[type[models.Model], str, str], ...] = (
    (
        Order,
        "repair_orders",
        "_id, store, ro_no, vin, epoch(opened_at)::BIGINT, epoch(first_promised_at)::BIGINT,"
        " epoch(finished_at)::BIGINT, epoch(delivered_at)::BIGINT, advisor, (labour_amount * 100)::BIGINT,"
        " coalesce((parts_amount * 100)::BIGINT, 0)",
    ),
    (Survey, "surveys", "_id, advisor, asked_on::VARCHAR, reached, coalesce(satisfied, false)"),
    (Complaint, "complaints", "_id, responsible, epoch(received_at)::BIGINT, valid"),
    (
        Attendance,
        "attendance",
        "_id, employee_id, month, (scheduled_hours * 100)::BIGINT, (attended_hours * 100)::BIGINT",
    ),
)


def fill(folder: Path) -> None:
    """Make the tables and fill them from the ledger, in bulk and unmeasured."""
    Path(f"{folder}/orm.sqlite3").unlink(missing_ok=True)
    with connection.schema_editor() as editor:
        for model in (Order, JobLine, Survey, Complaint, Attendance):
            editor.create_model(model)
    with connect() as rows, connection.cursor() as cursor:
        cursor.execute("BEGIN")
        for model, name, select in _FILL:
            _copy(cursor, model, rows.sql(current(folder, name, select)).fetchall())
        both = {name: current(folder, name) for name in ("job_lines", "repair_orders")}
        _copy(cursor, JobLine, rows.sql(_LINES.format(**both)).fetchall())
        cursor.execute("COMMIT")
        cursor.execute("ANALYZE")


def _copy(cursor: object, model: type[models.Model], rows: list[tuple[object, ...]]) -> None:
    table, columns = model._meta.db_table, [each.column for each in model._meta.fields]
    # a key to another table comes last in the rows, whatever Django makes of it
    columns.sort(key=lambda name: name == "order_id")
    marks = ", ".join(["%s"] * len(columns))
    cursor.executemany(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})", rows)  # type: ignore[attr-defined]
