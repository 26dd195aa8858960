"""Monthly report. Reads the replica, never the primary."""
import os

import psycopg2

REPLICA = "[fd00:20:30::40]:5432"


def connect():
    return psycopg2.connect(
        host=os.environ.get("DB_HOST", "localhost"),
        dbname="billing",
    )
