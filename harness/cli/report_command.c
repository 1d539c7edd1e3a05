/* membench report: a stored run, rendered again. */
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "cli/command_line.h"
#include "cli/commands.h"
#include "cli/exit_status.h"
#include "cli/render.h"
#include "cli/run_options.h"
#include "cli/sitting.h"
#include "cli/terminal.h"

static const char *const report_options[] = {"db",       "out",  "baseline", "bisect",
                                             "no-color", "help", NULL};

static void print_help(void)
{
    fputs("usage: membench report [OPTIONS] RUN\n\n"
          "Renders a stored run again: its table, and its files in the run's directory.\n"
          "RUN is an id of 'membench list runs', or 'last'.\n\n",
          stdout);
    run_options_print_some(report_options, stdout, terminal_width(stdout));
}

/* `status` becomes the exit status. */
static int report(const struct options *options, int *status, struct error *err)
{
    struct database database = {0};
    struct stored_run run;
    if (sitting_open_store(&database, options, DATABASE_READ, err)) {
        return -1;
    }
    if (store_load(&database, options->workloads.items[0], &run, err)) {
        database_close(&database);
        return -1;
    }
    int failed = render_run(&run, &database, options, status, err);
    if (run.info.finished[0] == '\0') {
        fprintf(stderr, "membench: the run '%s' has not finished\nhint: go on with --resume %s\n",
                run.info.id, run.info.id);
    }
    database_close(&database);
    stored_run_clear(&run);
    return failed;
}

int command_report(int argc, char **argv)
{
    struct options options;
    struct error err;
    options_init(&options);
    options.bisect = command_line_has(argc, argv, "--bisect");
    int status = EXIT_WRONG_USAGE;
    if (run_options_parse(argc, argv, &options, &err) ||
        run_options_allow(&options, "report", report_options, &err)) {
        error_print(&err, stderr);
    } else if (options.help) {
        print_help();
        status = EXIT_DONE;
    } else if (options.workloads.count != 1) {
        error_set(&err, "report takes the id of one run");
        error_hint(&err, "'membench list runs' shows all; 'last' is the newest");
        error_print(&err, stderr);
    } else if (report(&options, &status, &err)) {
        error_print(&err, stderr);
        status = EXIT_NOT_MEASURED;
    }
    if (options.bisect) {
        status = exit_status_for_bisect(status);
    }
    options_clear(&options);
    return status;
}
