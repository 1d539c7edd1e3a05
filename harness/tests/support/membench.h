/* The built membench, run in a directory of its own and asked what it measured.
 *
 * A test gets a fresh `struct membench *run` by `membench_test(NAME)`; after it, the teardown fails
 * the test if a process of the run is alive or a temporary file is left, and removes the directory.
 *
 *     static void rss_is_measured(void **state)
 *     {
 *         struct membench *run = *state;
 *         membench_run(run, "-a", "glibc", "-n", "1", membench_fixture("idle.py"));
 *         membench_expect(run, 0);
 *         assert_true(membench_value(run, "end", "rss") > 0);
 *     }
 *
 * Whatever goes wrong here fails the running test. Texts and paths belong to the run and live as
 * long as it does; all but what membench_run made live through the next membench_run. */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <sys/types.h>

#include "base/text.h"

struct membench_table {
    char ***rows; /* rows[0] is the header; each row ends with a NULL */
    size_t count;
};

struct membench {
    char *home;                   /* holds all that follows, and nothing else */
    char *place;                  /* home/place: the working directory of what is run */
    char *temporary;              /* home/tmp: its TMPDIR; must be empty again at the end */
    struct text_list environment; /* of what is run, "NAME=VALUE"; see membench_set */
    double seconds;               /* after which what is run is killed and the test fails (120) */

    pid_t pid;       /* from membench_start until membench_wait, and a process group; else 0 */
    int exit_status; /* -1 if it died of a signal */
    int signal;      /* that it died of; else 0 */
    char *out, *err; /* what it printed */
    char *directory; /* DIR/<run>, absolute: what the last line of stdout names; NULL if none */
    /* samples.csv and trials.csv without repeated blocks, summary.csv; empty if there are none. */
    struct membench_table samples, trials, summary;
    struct text_list owned;
};

int membench_setup(void **state);
int membench_teardown(void **state);
#define membench_test(function)                                                                    \
    cmocka_unit_test_setup_teardown(function, membench_setup, membench_teardown)

/* ---- before the run ---- */

/* Path of a file in tests/fixtures, a constant; `name` is a literal. (A pointer, because clang-tidy
 * takes two literals in a list of arguments for a forgotten comma.) */
#define membench_fixture(name) (&(MEMBENCH_FIXTURES "/" name)[0])

/* Absolute path of a file in the working directory. */
const char *membench_path(struct membench *run, const char *name);

/* Writes a file there (and the directories that its name holds); returns its absolute path. */
const char *membench_write(struct membench *run, const char *name, const char *text);

/* Sets a variable of the environment. At first that is the test's own, without whatever speaks to
 * Python or to a malloc, and with TMPDIR and HOME inside the run's directory. */
void membench_set(struct membench *run, const char *name, const char *value);

/* ---- the run ---- */

/* Runs membench with these arguments (strings), as `cd place; membench ARGUMENTS </dev/null`, and
 * waits for its end. */
#define membench_run(run, ...) (membench_start(run, __VA_ARGS__), membench_wait(run))

/* Starts it only: for a test that sends signals to run->pid. */
#define membench_start(run, ...)                                                                   \
    membench_start_program(run, (const char *const[]){MEMBENCH_PROGRAM, __VA_ARGS__, NULL})

/* Starts another program, argv[0] being its path, in the same way. */
void membench_start_program(struct membench *run, const char *const *argv);

/* Waits for what was started and reads what it left. */
void membench_wait(struct membench *run);

/* ---- after the run ---- */

/* Fails, and shows what was printed, unless membench left with this exit status. */
void membench_expect(struct membench *run, int exit_status);

/* Fails unless the text (may be NULL) holds the part. */
void membench_expect_text(const char *text, const char *part);

/* Which rows are meant; 0 or NULL is any. */
struct membench_where {
    unsigned trial, cycle, visit;
    const char *workload, *allocator, *object_allocator;
};

/* The value in samples.csv, NAN if it is empty: membench_value(run, "end", "anon", .cycle = 3).
 * Fails unless exactly one row is meant. */
#define membench_value(run, phase, metric, ...)                                                    \
    membench_value_where(run, phase, metric, (struct membench_where){__VA_ARGS__})
double membench_value_where(struct membench *run, const char *phase, const char *metric,
                            struct membench_where where);

/* elapsed_seconds of the sample there. */
#define membench_elapsed(run, phase, ...)                                                          \
    membench_elapsed_where(run, phase, (struct membench_where){__VA_ARGS__})
double membench_elapsed_where(struct membench *run, const char *phase, struct membench_where where);

/* How many rows of samples.csv there are; phase and metric may be NULL: any. */
#define membench_count(run, phase, metric, ...)                                                    \
    membench_count_where(run, phase, metric, (struct membench_where){__VA_ARGS__})
size_t membench_count_where(struct membench *run, const char *phase, const char *metric,
                            struct membench_where where);

/* The phases that a trial was sampled at, in order: "start loaded end settled collected released".
 */
const char *membench_phases(struct membench *run, unsigned trial);

/* A field of trials.csv: membench_field(run, "outcome", .trial = 1). Fails unless exactly one row
 * is meant. */
#define membench_field(run, column, ...)                                                           \
    membench_field_where(run, column, (struct membench_where){__VA_ARGS__})
const char *membench_field_where(struct membench *run, const char *column,
                                 struct membench_where where);

/* What a trial printed (output/trial-NNNN.txt); "" if it printed nothing. */
const char *membench_output(struct membench *run, unsigned trial);

/* How many processes of the run are alive, membench itself among them. Zombies do not count. */
unsigned membench_processes(const struct membench *run);
