/* CSV files: a small writer, and the files that a run leaves in its directory.
 *
 * RFC 4180 in UTF-8: a header, CRLF, quotes where needed; numbers never depend on the locale, and a
 * value that was not measured is an empty field. Text that a spreadsheet would run as a formula (it
 * starts with = + - @, a tab or a line end) gets a leading apostrophe; numbers never do. Control
 * characters and broken UTF-8 in text are replaced, so a record is always one line.
 *
 * Trap: the writer's functions do not fail; the stream remembers the error until it is flushed. */
#pragma once

#include <stdbool.h>
#include <stdio.h>

#include "run/record.h"

struct csv_writer {
    FILE *out;
    bool is_in_row;
};

/* One field each. NULL and METRIC_ABSENT are empty fields. */
void csv_put_text(struct csv_writer *writer, const char *text);
/* A whole number below 2^53 in its exact digits. */
void csv_put_whole(struct csv_writer *writer, double number);
/* A number with up to nine decimals, as the page has it in `data-value`; what is endless is empty.
 */
void csv_put_number(struct csv_writer *writer, double number);
void csv_end_row(struct csv_writer *writer);

struct csv_file {
    char *path;
    FILE *stream;
};

struct csv_files {
    char *run;       /* the run's name, in the first column of all */
    char *directory; /* that they are in */
    struct csv_file samples, curve, trials;
    struct csv_file census; /* made with the first trial that has one */
};

/* Creates samples.csv, curve.csv and trials.csv in `directory` (the run's own; made if missing) and
 * writes their headers, so that a bad path fails before anything is measured. A file that is there
 * already is an error: nothing measured is overwritten. */
int csv_open(struct csv_files *files, const char *directory, const char *run, struct error *err);

/* Appends all rows of one trial to the files and flushes them. */
int csv_add(struct csv_files *files, const struct plan *plan, const struct record *record,
            struct error *err);

/* Closes what is open and frees the rest; also after a failed csv_open. Returns 0, or -1 with the
 * first error. */
int csv_close(struct csv_files *files, struct error *err);
