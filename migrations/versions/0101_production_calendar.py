"""The production calendar is kept here, in versions: which days are worked, by what law, and by which clock a day begins.

Until now the application reckoned working days from a library, and the database could not say whether a legal day was right.
A version is never changed: what is told otherwise makes the next one, and a referral names the one that it was sent under.

Version 0 is that of before: referrals that are stored keep their day, which the application reckoned. Version 1 says of each day
what the application knew until now, so that a process of the version before goes on reckoning the same.
"""

from collections.abc import Iterator
from datetime import date

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TIMESTAMP

from foundation.clock import zone
from foundation.postgres.roles import LOADER
from migrations.walls import SERVICE_ROLES, forbid_change

revision = "0101"
down_revision = "0100"

# Month and day of what is otherwise than its weekday: free by the Labour Code, "m" free and "+" worked by the Government's act
# of that year; before them, where consultant.ru keeps the act.
YEARS = {
    2009: "81981 0101 0102 0105 0106 0107 0108 m0109 +0111 0223 0309 0501 0511 0612 1104",
    2010: "93374 0101 0104 0105 0106 0107 0108 m0222 0223 +0227 0308 0503 0510 0614 1104 m1105 +1113",
    2011: "103530 0103 0104 0105 0106 0107 0110 0223 +0305 m0307 0308 0502 0509 0613 1104",
    2012: "117190 0102 0103 0104 0105 0106 0109 0223 0308 m0309 +0311 +0428 m0430 0501 +0505 m0507 m0508 0509 +0512 "
    "+0609 m0611 0612 1105 +1229 m1231",
    2013: "136654 0101 0102 0103 0104 0107 0108 0308 0501 m0502 m0503 0509 m0510 0612 1104",
    2014: "146983 0101 0102 0103 0106 0107 0108 0501 m0502 0509 0612 m0613 m1103 1104",
    2015: "167928 0101 0102 0105 0106 0107 0108 m0109 0223 0309 0501 m0504 0511 0612 1104",
    2016: "186505 0101 0104 0105 0106 0107 0108 +0220 m0222 0223 m0307 0308 0502 m0503 0509 0613 1104",
    2017: "202871 0102 0103 0104 0105 0106 0223 m0224 0308 0501 m0508 0509 0612 1106",
    2018: "280526 0101 0102 0103 0104 0105 0108 0223 0308 m0309 +0428 m0430 0501 m0502 0509 +0609 m0611 0612 1105 "
    "+1229 m1231",
    2019: "307996 0101 0102 0103 0104 0107 0108 0308 0501 m0502 m0503 0509 m0510 0612 1104",
    2020: "328918 0101 0102 0103 0106 0107 0108 0224 0309 0501 m0504 m0505 0511 0612 1104",
    2021: "365179 0101 0104 0105 0106 0107 0108 +0220 m0222 0223 0308 0503 0510 0614 1104 m1105 m1231",
    2022: "395538 0103 0104 0105 0106 0107 0223 +0305 m0307 0308 0502 m0503 0509 m0510 0613 1104",
    2023: "425407 0102 0103 0104 0105 0106 0223 m0224 0308 0501 m0508 0509 0612 1106",
    2024: "455140 0101 0102 0103 0104 0105 0108 0223 0308 +0427 m0429 m0430 0501 0509 m0510 0612 +1102 1104 +1228 "
    "m1230 m1231",
    2025: "481586 0101 0102 0103 0106 0107 0108 0501 m0502 m0508 0509 0612 m0613 +1101 m1103 1104 m1231",
    2026: "515170 0101 0102 0105 0106 0107 0108 m0109 0223 0309 0501 0511 0612 1104 m1231",
    2027: "544706 0101 0104 0105 0106 0107 0108 +0220 m0222 0223 0308 0503 0510 0614 1104 m1105 m1231",
    2028: "0 0103 0104 0105 0106 0107 0223 0308 0501 0509 0612 1106",
    2029: "0 0101 0102 0103 0104 0105 0108 0223 0308 0501 0509 0612 1105",
    2030: "0 0101 0102 0103 0104 0107 0108 0225 0308 0501 0509 0612 1104",
}
LABOUR_CODE = {
    "basis_en": "Labour Code of the Russian Federation, article 112",
    "basis_ru": "Трудовой кодекс Российской Федерации, статья 112",
}
ACT = {
    "basis_en": "Government of the Russian Federation, act on the days off moved in {year} (consultant.ru, LAW_{act})",
    "basis_ru": "Постановление Правительства Российской Федерации о переносе выходных дней в {year} году "
    "(consultant.ru, LAW_{act})",
}


def upgrade() -> None:
    _tables()
    _versions_stand()
    _of_referrals()
    table = sa.table(
        "calendar_day", *map(sa.column, ("day", "calendar", "working", "territory", *LABOUR_CODE))
    )
    table.schema = "dispatch"
    op.bulk_insert(table, [{"calendar": 1, **row} for row in known_days()])


def known_days() -> Iterator[dict[str, object]]:
    """The days that are otherwise than their weekday, as far as they are known."""
    for year, told in YEARS.items():
        act, *words = told.split()
        for word in words:
            basis = {name: words.format(year=year, act=act) for name, words in ACT.items()}
            month_and_day = word.lstrip("m+")
            yield {
                "day": date(year, int(month_and_day[:2]), int(month_and_day[2:])),
                "working": word.startswith("+"),
                "territory": "RU",
                **(LABOUR_CODE if word == month_and_day else basis),
            }


def _tables() -> None:
    op.create_table(
        "calendar",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("time_zone", sa.Text, nullable=False),
        sa.Column("entered_at", TIMESTAMP(timezone=True), nullable=False, server_default=sa.func.now()),
        schema="dispatch",
    )
    op.create_table(
        "calendar_day",
        sa.Column("day", sa.Date, primary_key=True),
        # From this version on the day is so, until a later one says otherwise.
        sa.Column("calendar", sa.Integer, sa.ForeignKey("dispatch.calendar.number"), primary_key=True),
        sa.Column("working", sa.Boolean, nullable=False),
        sa.Column("territory", sa.Text, nullable=False),
        sa.Column("basis_en", sa.Text, nullable=False),
        sa.Column("basis_ru", sa.Text, nullable=False),
        sa.CheckConstraint(
            "territory <> '' AND basis_en <> '' AND basis_ru <> ''", name="ck_calendar_day_basis"
        ),
        schema="dispatch",
    )
    for table in ("dispatch.calendar", "dispatch.calendar_day"):
        op.execute(f"GRANT SELECT ON {table} TO {', '.join(SERVICE_ROLES)}")
        op.execute(f"GRANT INSERT ON {table} TO {LOADER}")
        forbid_change(table)
    op.execute(
        "CREATE FUNCTION dispatch.current_calendar() RETURNS integer LANGUAGE sql STABLE PARALLEL SAFE "
        "RETURN (SELECT max(number) FROM dispatch.calendar)"
    )


def _versions_stand() -> None:
    """A version is numbered and dated by the database, and holds what it held when it was entered."""
    op.execute(
        """
        CREATE FUNCTION dispatch.number_calendar() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            NEW.number := coalesce(dispatch.current_calendar() + 1, 0);
            NEW.entered_at := now();
            -- Refuses a zone that there is not.
            PERFORM now() AT TIME ZONE NEW.time_zone;
            RETURN NEW;
        END $$
        """
    )
    op.execute(
        """
        CREATE FUNCTION dispatch.add_to_new_calendar() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF NOT EXISTS (
                SELECT FROM dispatch.calendar c WHERE c.number = NEW.calendar
                AND c.number = dispatch.current_calendar() AND c.entered_at = now()
            ) THEN
                RAISE EXCEPTION 'a calendar stays as it was entered: what is told otherwise makes the next version'
                    USING ERRCODE = 'check_violation';
            END IF;
            RETURN NEW;
        END $$
        """
    )
    for table, function in (("calendar", "number_calendar"), ("calendar_day", "add_to_new_calendar")):
        op.execute(
            f"CREATE TRIGGER dispatch_{table}_stands BEFORE INSERT ON dispatch.{table} "
            f"FOR EACH ROW EXECUTE FUNCTION dispatch.{function}()"
        )
    for _ in range(2):
        op.get_bind().execute(
            sa.text("INSERT INTO dispatch.calendar (time_zone) VALUES (:zone)"), {"zone": str(zone())}
        )


def _of_referrals() -> None:
    """What is stored was reckoned by the calendar of before; what comes, by the newest, whoever does not tell."""
    op.execute(
        "ALTER TABLE dispatch.referral ADD COLUMN calendar_version integer NOT NULL DEFAULT 0 "
        "CONSTRAINT fk_referral_calendar REFERENCES dispatch.calendar (number)"
    )
    op.execute(
        "ALTER TABLE dispatch.referral ALTER COLUMN calendar_version SET DEFAULT dispatch.current_calendar()"
    )
