#!/bin/sh
# Brings Temporal's two databases to the schema of this image's version. Safe to run again, and after an upgrade.
set -eu

prepare() { # prepare DATABASE SCHEMA_FOLDER
    tool="temporal-sql-tool --plugin postgres12 --ep $POSTGRES_SEEDS --port $DB_PORT --user $POSTGRES_USER --db $1"
    folder="/etc/temporal/schema/postgresql/v12/$2/versioned"
    if $tool update-schema -d "$folder"; then
        return
    fi
    $tool create # not there yet
    $tool setup-schema -v 0.0
    $tool update-schema -d "$folder"
}

prepare temporal temporal
prepare temporal_visibility visibility
