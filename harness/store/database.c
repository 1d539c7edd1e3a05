#include "store/database.h"

#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"

/* "mbch": tells a membench database from any other SQLite file (PRAGMA application_id). */
static const int application_id = 0x6d626368;
/* Of schema.sql (PRAGMA user_version). */
static const int schema_version = 3;
/* A second run beside this one holds the lock for milliseconds; a minute is a stuck one. */
static const int busy_milliseconds = 90 * 1000;

/* schema.sql, made part of the program by the build. */
extern const char schema_source[];

static int fail(struct database *database, const char *what, struct error *err)
{
    const char *hint = NULL;
    switch (sqlite3_errcode(database->handle)) {
    case SQLITE_FULL:
    case SQLITE_IOERR:
        hint = "is the disk full?";
        break;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        hint = "another program holds it locked; close that one";
        break;
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
        hint = "give another place with --db or --out";
        break;
    case SQLITE_NOTADB:
    case SQLITE_CORRUPT:
        hint = "it is no database of membench, or it is damaged; give another file with --db";
        break;
    }
    error_set(err, "%s '%s': %s", what, database->path, sqlite3_errmsg(database->handle));
    return hint ? error_hint(err, "%s", hint) : -1;
}

static int pragma(struct database *database, const char *name, int *value, struct error *err)
{
    cleanup_free char *sql = text_format("PRAGMA %s", name);
    cleanup_statement sqlite3_stmt *statement = database_prepare(database, err, sql, "");
    if (!statement || database_step(database, statement, err) < 0) {
        return -1;
    }
    *value = sqlite3_column_int(statement, 0);
    return 0;
}

/* An exclusive transaction, so that of two runs that start together one makes the schema. */
static int create_schema(struct database *database, struct error *err)
{
    int objects = 0;
    if (database_execute(database, "BEGIN IMMEDIATE", err)) {
        return -1;
    }
    cleanup_statement sqlite3_stmt *statement =
        database_prepare(database, err, "SELECT count(*) FROM sqlite_schema", "");
    if (!statement || database_step(database, statement, err) < 0) {
        return -1;
    }
    objects = sqlite3_column_int(statement, 0);
    sqlite3_reset(statement);
    if (objects > 0) {
        return database_execute(database, "ROLLBACK", err);
    }
    cleanup_free char *marks =
        text_format("PRAGMA application_id = %d; PRAGMA user_version = %d; COMMIT", application_id,
                    schema_version);
    return database_execute(database, schema_source, err) || database_execute(database, marks, err)
               ? -1
               : 0;
}

static int check_marks(struct database *database, struct error *err)
{
    int application = 0, version = 0;
    if (pragma(database, "application_id", &application, err) ||
        pragma(database, "user_version", &version, err)) {
        return -1;
    }
    if (application != application_id) {
        error_set(err, "'%s' is a database of another program", database->path);
        return error_hint(err, "it was left untouched; give another file with --db");
    }
    if (version != schema_version) {
        error_set(err, "'%s' has version %d of the schema, and this membench knows version %d",
                  database->path, version, schema_version);
        return error_hint(err, "it was left untouched; use the membench that made it, or give "
                               "another file with --db");
    }
    return 0;
}

static int prepare_for_use(struct database *database, enum database_access mode, struct error *err)
{
    int application = 0;
    sqlite3_busy_timeout(database->handle, busy_milliseconds);
    if (pragma(database, "application_id", &application, err)) {
        return -1;
    }
    /* New, or left empty by a run that was killed at this very moment. */
    if (mode == DATABASE_WRITE && application == 0 && create_schema(database, err)) {
        return -1;
    }
    if (check_marks(database, err)) {
        return -1;
    }
    const char *sql =
        mode == DATABASE_WRITE ? "PRAGMA foreign_keys = ON" : "PRAGMA query_only = ON";
    return database_execute(database, sql, err);
}

int database_open(struct database *database, const char *path, enum database_access mode,
                  struct error *err)
{
    *database = (struct database){.path = text_copy(path)};
    int flags =
        mode == DATABASE_WRITE ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READONLY;
    if (sqlite3_open_v2(path, &database->handle, flags, NULL) != SQLITE_OK) {
        fail(database, "cannot open the database", err);
    } else if (prepare_for_use(database, mode, err) == 0) {
        return 0;
    }
    database_close(database);
    return -1;
}

void database_close(struct database *database)
{
    sqlite3_close(database->handle);
    free(database->path);
    *database = (struct database){0};
}

int database_execute(struct database *database, const char *sql, struct error *err)
{
    if (sqlite3_exec(database->handle, sql, NULL, NULL, NULL) != SQLITE_OK) {
        return fail(database, "cannot use the database", err);
    }
    return 0;
}

static void bind(sqlite3_stmt *statement, const char *types, va_list arguments)
{
    for (int i = 1; *types; i++, types++) {
        switch (*types) {
        case 't': {
            sqlite3_bind_text(statement, i, va_arg(arguments, const char *), -1, SQLITE_TRANSIENT);
            break;
        }
        case 'i':
            sqlite3_bind_int64(statement, i, va_arg(arguments, int64_t));
            break;
        case 'r': {
            double value = va_arg(arguments, double);
            if (!isnan(value)) {
                sqlite3_bind_double(statement, i, value);
            }
            break;
        }
        case 'b': {
            const void *bytes = va_arg(arguments, const void *);
            int length = va_arg(arguments, int);
            sqlite3_bind_blob(statement, i, length ? bytes : "", length, SQLITE_TRANSIENT);
            break;
        }
        default:
            abort(); /* a slip in this program's own text */
        }
    }
}

static sqlite3_stmt *prepare(struct database *database, struct error *err, const char *sql,
                             const char *types, va_list arguments)
{
    sqlite3_stmt *statement = NULL;
    if (sqlite3_prepare_v2(database->handle, sql, -1, &statement, NULL) != SQLITE_OK) {
        fail(database, "cannot use the database", err);
        return NULL;
    }
    bind(statement, types, arguments);
    return statement;
}

sqlite3_stmt *database_prepare(struct database *database, struct error *err, const char *sql,
                               const char *types, ...)
{
    va_list arguments;
    va_start(arguments, types);
    sqlite3_stmt *statement = prepare(database, err, sql, types, arguments);
    va_end(arguments);
    return statement;
}

int database_run(struct database *database, struct error *err, const char *sql, const char *types,
                 ...)
{
    va_list arguments;
    va_start(arguments, types);
    cleanup_statement sqlite3_stmt *statement = prepare(database, err, sql, types, arguments);
    va_end(arguments);
    int row = statement ? 1 : -1;
    while (row > 0) {
        row = database_step(database, statement, err);
    }
    return row;
}

int database_step(struct database *database, sqlite3_stmt *statement, struct error *err)
{
    switch (sqlite3_step(statement)) {
    case SQLITE_ROW:
        return 1;
    case SQLITE_DONE:
        return 0;
    default:
        return fail(database, "cannot use the database", err);
    }
}

char *database_text(sqlite3_stmt *statement, int column)
{
    const char *text = (const char *)sqlite3_column_text(statement, column);
    return text_copy(text ? text : "");
}

double database_number(sqlite3_stmt *statement, int column)
{
    return sqlite3_column_type(statement, column) == SQLITE_NULL
               ? NAN
               : sqlite3_column_double(statement, column);
}
