#!/bin/sh
# Checks the database before a release goes live.
set -eu
DB=10.20.30.40
if ! nc -z -w 3 "$DB" 5432; then
  echo "database $DB does not answer" >&2
  exit 1
fi
php /srv/shop/migrate.php --host="$DB"
