/* membench compare: one run against another, or against a baseline. */
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "cli/against.h"
#include "cli/command_line.h"
#include "cli/commands.h"
#include "cli/exit_status.h"
#include "cli/run_options.h"
#include "cli/terminal.h"
#include "report/contrast_csv.h"

static int set_db(struct options *options, const char *value, struct error *err)
{
    (void)err;
    options->db = value;
    return 0;
}

static int set_out(struct options *options, const char *value, struct error *err)
{
    (void)err;
    options->out = value;
    return 0;
}

static int set_control(struct options *options, const char *value, struct error *err)
{
    (void)err;
    options->control = value;
    return 0;
}

static int set_csv(struct options *options, const char *value, struct error *err)
{
    (void)err;
    options->csv = value;
    return 0;
}

static int set_bisect(struct options *options, const char *value, struct error *err)
{
    (void)value;
    (void)err;
    options->bisect = true;
    return 0;
}

static int set_no_color(struct options *options, const char *value, struct error *err)
{
    (void)value;
    (void)err;
    options->no_color = true;
    return 0;
}

static int set_help(struct options *options, const char *value, struct error *err)
{
    (void)value;
    (void)err;
    options->help = true;
    return 0;
}

static const struct option_info table[] = {
    {0, "control", "ALLOCATOR",
     "between different hosts, what the ratio is taken to (the gate's; else the first that both "
     "have)",
     set_control},
    {0, "csv", "FILE", "write the comparisons to a CSV file as well", set_csv},
    {'o', "out", "DIR", "where the runs are (./results)", set_out},
    {0, "db", "FILE", "the database that keeps the runs (membench.db in the --out directory)",
     set_db},
    {0, "bisect", NULL, "exit status for 'git bisect run': 0, 1 or 125 only", set_bisect},
    {0, "no-color", NULL, "no colours", set_no_color},
    {'h', "help", NULL, "this text", set_help},
};
enum { TABLE_COUNT = sizeof table / sizeof *table };

static void print_help(void)
{
    unsigned width = terminal_width(stdout);
    fputs("usage: membench compare [OPTIONS] BEFORE NOW\n\n", stdout);
    command_line_wrap(
        "Compares what was measured now with what was measured before. Each is the id of a stored "
        "run (or the beginning of one, or 'last'), DATABASE:RUN for a run in the database of "
        "another machine, a baseline's file, or the name of one in DIR/baselines. Memory and time "
        "of hosts of different classes are compared as the ratio to the control allocator of the "
        "same run only.",
        stdout, 0, 0, width);
    fputc('\n', stdout);
    command_line_print(table, TABLE_COUNT, stdout, width);
    fputs(
        "\nExit status: 0 nothing is worse, 1 something is, 3 something is unknown, 125 something\n"
        "could not be compared. The gates of the plan decide; without any: anon, tracked_objects,\n"
        "allocated_blocks and live_bytes at 'end' and 'settled'.\n",
        stdout);
}

static int compare(const struct options *options, int *status, struct error *err)
{
    struct against against;
    if (against_sides(&against, options->workloads.items[0], options->workloads.items[1], options,
                      err)) {
        return -1;
    }
    *status = against_status(&against);
    int failed = against_print(&against, options->no_color, err) || against_publish(&against, err);
    if (!failed && options->csv) {
        failed = contrast_csv_write(&against.contrast, against.candidate_name, options->csv, err);
    }
    against_clear(&against);
    return failed ? -1 : 0;
}

int command_compare(int argc, char **argv)
{
    struct options options;
    struct error err;
    options_init(&options);
    int status = EXIT_WRONG_USAGE;
    if (command_line_parse(table, TABLE_COUNT, argc, argv, &options, &err)) {
        error_print(&err, stderr);
    } else if (options.help) {
        print_help();
        status = EXIT_DONE;
    } else if (options.workloads.count != 2) {
        error_set(&err, "compare takes two: what was before, and what is now");
        error_hint(&err, "'membench list runs' shows the runs; 'last' is the newest");
        error_print(&err, stderr);
    } else if (compare(&options, &status, &err)) {
        error_print(&err, stderr);
        status = EXIT_NOT_MEASURED;
    }
    if (options.bisect) {
        status = exit_status_for_bisect(status);
    }
    options_clear(&options);
    return status;
}
