/* SQLite, said once: opening, the schema, statements with typed columns, transactions.
 *
 * One file, STRICT tables, journal mode DELETE (the one that also holds on network file systems)
 * and a busy timeout, so that two runs can write to one database. */
#pragma once

#include <stdint.h>

#include <sqlite3.h>

#include "base/error.h"

struct database {
    sqlite3 *handle;
    char *path;
};

enum database_access { DATABASE_READ, DATABASE_WRITE };

/* Opens, for DATABASE_WRITE creates, a database of this schema version. A file that is no database,
 * is another program's, or of another version, is refused and left untouched. */
int database_open(struct database *database, const char *path, enum database_access access,
                  struct error *err);
void database_close(struct database *database);

/* Runs one statement that returns no rows. */
int database_execute(struct database *database, const char *sql, struct error *err);

/* A statement whose parameters are bound in order: 't' text (NULL is NULL), 'i' int64_t, 'r' double
 * (NAN is NULL), 'b' blob as pointer and int length. NULL on an error. */
sqlite3_stmt *database_prepare(struct database *database, struct error *err, const char *sql,
                               const char *types, ...);

/* Prepares, steps to the end and finalises. Returns 0 or -1. */
int database_run(struct database *database, struct error *err, const char *sql, const char *types,
                 ...);

/* The next row: 1, 0 at the end, -1 on an error. */
int database_step(struct database *database, sqlite3_stmt *statement, struct error *err);

/* A text column as new memory ("" for NULL), a number column (NAN for NULL). */
char *database_text(sqlite3_stmt *statement, int column);
double database_number(sqlite3_stmt *statement, int column);

static inline void database_finalize(sqlite3_stmt **statement)
{
    sqlite3_finalize(*statement);
}
#define cleanup_statement __attribute__((cleanup(database_finalize)))
