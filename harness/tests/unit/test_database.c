#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "store/database.h"
#include "tests/support/scratch.h"

static void execute(struct database *database, const char *sql)
{
    struct error err = {0};
    if (database_execute(database, sql, &err)) {
        fail_msg("%s", err.message);
    }
}

static void a_new_database_is_ours_and_opens_again(void **state)
{
    struct error err;
    struct database database;
    cleanup_free char *path = scratch_path(state, "new.db");
    assert_int_equal(database_open(&database, path, DATABASE_WRITE, &err), 0);
    database_close(&database);
    assert_int_equal(database_open(&database, path, DATABASE_READ, &err), 0);
    database_close(&database);
}

static void an_empty_file_becomes_a_database(void **state)
{
    struct error err;
    struct database database;
    cleanup_free char *path = scratch_write_text(state, "empty.db", "");
    assert_int_equal(database_open(&database, path, DATABASE_WRITE, &err), 0);
    database_close(&database);
}

/* Opening must fail with this in its message, and must not change a byte of the file. */
static void assert_refused(const char *path, const char *part)
{
    struct stat before, after;
    struct error err = {0};
    struct database database;
    stat(path, &before);
    assert_int_equal(database_open(&database, path, DATABASE_WRITE, &err), -1);
    assert_non_null(strstr(err.message, part));
    assert_true(err.hint[0] != '\0');
    stat(path, &after);
    assert_int_equal(before.st_size, after.st_size);
    assert_int_equal(before.st_mtim.tv_nsec, after.st_mtim.tv_nsec);
}

static void a_file_that_is_no_database_is_refused_untouched(void **state)
{
    cleanup_free char *path =
        scratch_write_text(state, "text.db",
                           "this is no database, but a text that is long enough to be one, so that "
                           "its first hundred bytes are looked at as a header of SQLite");
    assert_refused(path, "not a database");
}

static void a_database_of_another_program_is_refused_untouched(void **state)
{
    cleanup_free char *path = scratch_path(state, "foreign.db");
    sqlite3 *handle;
    sqlite3_open(path, &handle);
    sqlite3_exec(handle, "PRAGMA application_id = 7; CREATE TABLE t (x)", NULL, NULL, NULL);
    sqlite3_close(handle);
    assert_refused(path, "another program");
}

static void tables_without_our_mark_are_another_programs(void **state)
{
    cleanup_free char *path = scratch_path(state, "unmarked.db");
    sqlite3 *handle;
    sqlite3_open(path, &handle);
    sqlite3_exec(handle, "CREATE TABLE t (x)", NULL, NULL, NULL);
    sqlite3_close(handle);
    assert_refused(path, "another program");
}

static void another_version_of_the_schema_is_refused_untouched(void **state)
{
    struct error err;
    struct database database;
    cleanup_free char *path = scratch_path(state, "version.db");
    assert_int_equal(database_open(&database, path, DATABASE_WRITE, &err), 0);
    execute(&database, "PRAGMA user_version = 99");
    database_close(&database);
    assert_refused(path, "version 99");
}

static void a_truncated_database_is_refused(void **state)
{
    struct error err;
    struct database database;
    cleanup_free char *path = scratch_path(state, "cut.db");
    assert_int_equal(database_open(&database, path, DATABASE_WRITE, &err), 0);
    database_close(&database);
    assert_int_equal(truncate(path, 5000), 0);
    assert_int_equal(database_open(&database, path, DATABASE_WRITE, &err), -1);
}

static void values_of_the_wrong_type_are_refused(void **state)
{
    struct error err;
    struct database database;
    cleanup_free char *path = scratch_path(state, "strict.db");
    assert_int_equal(database_open(&database, path, DATABASE_WRITE, &err), 0);
    assert_int_equal(database_run(&database, &err,
                                  "INSERT INTO value VALUES (1, 'rss', 'bytes', ?)", "t",
                                  "not a number"),
                     -1);
    database_close(&database);
}

static void numbers_that_are_absent_are_null(void **state)
{
    struct error err;
    struct database database;
    cleanup_free char *path = scratch_path(state, "null.db");
    assert_int_equal(database_open(&database, path, DATABASE_WRITE, &err), 0);
    cleanup_statement sqlite3_stmt *row =
        database_prepare(&database, &err, "SELECT ?, ?, ?", "rrt", (double)NAN, 1.5, "text");
    assert_int_equal(database_step(&database, row, &err), 1);
    assert_true(isnan(database_number(row, 0)));
    assert_true(database_number(row, 1) == 1.5);
    cleanup_free char *text = database_text(row, 2);
    assert_string_equal(text, "text");
    sqlite3_finalize(row);
    row = NULL;
    database_close(&database);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        scratch_test(a_new_database_is_ours_and_opens_again),
        scratch_test(an_empty_file_becomes_a_database),
        scratch_test(a_file_that_is_no_database_is_refused_untouched),
        scratch_test(a_database_of_another_program_is_refused_untouched),
        scratch_test(tables_without_our_mark_are_another_programs),
        scratch_test(another_version_of_the_schema_is_refused_untouched),
        scratch_test(a_truncated_database_is_refused),
        scratch_test(values_of_the_wrong_type_are_refused),
        scratch_test(numbers_that_are_absent_are_null),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
